"""Which encoding a table is in: by its first bytes, else UTF-8 where it can be, else the likely code pages."""

from auditor.trail.resources import table


def decode(data: bytes) -> str:
    """Text of a whole small file by the encoding that fits it."""
    return decoded(data)[0][0]


def decoded(data: bytes) -> list[tuple[str, str]]:
    """Texts that a sample may be, the likeliest first, each with its encoding."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [(data[: len(data) & ~1].decode("utf-16", "replace"), "utf-16")]
    zeros = data[:2000:2].count(0), data[1:2000:2].count(0)
    if max(zeros) > 0.3 * min(1000, len(data) / 2):
        name = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        return [(data[: len(data) & ~1].decode(name, "replace"), name)]
    data = data.replace(b"\x00", b"")
    try:
        return [(data.decode("utf-8-sig"), "utf-8")]
    except UnicodeDecodeError as error:
        if error.start > len(data) - 4:
            return [(data.decode("utf-8-sig", "ignore"), "utf-8")]
    if _mostly_utf8(data):
        return [(data.decode("utf-8-sig", "replace"), "utf-8")]
    texts = []
    for name in table("encodings")["tried"]:
        try:
            texts.append((data[: data.rfind(b"\n") + 1].decode(name), name))
        except UnicodeDecodeError:
            continue
    return texts or [(data.decode("cp1252", "replace"), "cp1252")]


def _mostly_utf8(data: bytes) -> bool:
    """Whether most lines with letters beyond ASCII are UTF-8: then the others are the damage."""
    lines = [line for line in data.split(b"\n")[:2000] if not line.isascii()]
    good = sum(1 for line in lines if line.decode("utf-8", "ignore").encode() == line)
    return good > len(lines) / 2

"""The organs of a PDF: its attached files, what it states of itself, and to what each of its objects belongs."""

import io
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

_XREF = re.compile(rb"xref\n0 (\d+)\n((?:\d{10} \d{5} [nf] ?\r?\n)+)")
_ACTIONS = ("/OpenAction", "/AA", "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/RichMedia")


def open_pdf(pdf: bytes) -> Any:
    """The PDF, mended as far as it can be; raises pikepdf.PdfError for what is none."""
    import pikepdf

    return pikepdf.open(io.BytesIO(pdf))


def files_in(opened: Any) -> dict[str, bytes]:
    """The attached files that can be read, by name."""
    import pikepdf

    found = {}
    for name, spec in opened.attachments.items():
        try:
            found[str(name)] = spec.get_file().read_bytes()
        except (pikepdf.PdfError, KeyError, ValueError):
            continue
    return found


def notes_on(opened: Any) -> list[int]:
    """How many annotations, fields included, each page bears."""
    return [len(page.get("/Annots", ())) for page in opened.pages]


def actions_in(pdf: bytes) -> list[str]:
    """Names of things in the file that would act when it is opened or clicked."""
    return [name.lstrip("/") for name in _ACTIONS if re.search(re.escape(name).encode() + rb"\b", pdf)]


def place_of(pdf: bytes, offset: int) -> str:
    """To what the byte at `offset` belongs, in words; for a whole PDF with a plain table of its objects."""
    offsets = _offsets(pdf)
    starts = sorted(offsets)
    index = bisect_right(starts, offset) - 1
    if index < 0 or offset >= pdf.rfind(b"xref"):
        return "the frame of the file"
    with open_pdf(pdf) as opened:
        return _owners(opened).get(offsets[starts[index]], "the frame of the file")


def _offsets(pdf: bytes) -> Mapping[int, int]:
    found = _XREF.search(pdf)
    lines = found.group(2).splitlines() if found else []
    return {int(line[:10]): number for number, line in enumerate(lines) if line[17:18] == b"n"}


def _owners(opened: Any) -> dict[int, str]:
    """The number of each object, and what it belongs to; what comes first keeps an object that several use."""
    owners: dict[int, str] = {}
    for label, start in _organs(opened):
        waiting = [start]
        while waiting:
            thing = waiting.pop()
            number = thing.objgen[0] if hasattr(thing, "objgen") else 0
            if number in owners:
                continue
            if number:
                owners[number] = label
            waiting += [one for key, one in _children(thing) if key not in ("/Parent", "/P", "/Pg", "/Obj", "/Font")]
    return owners


def _organs(opened: Any) -> Iterator[tuple[str, Any]]:
    root = opened.Root
    names = root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", [])
    for index in range(0, len(names) - 1, 2):
        yield f"the attached {names[index + 1].get('/UF', 'file')}", names[index + 1]
    for page in opened.pages:
        for _, font in page.get("/Resources", {}).get("/Font", {}).items():
            yield "a font", font
    for number, page in enumerate(opened.pages, 1):
        yield f"page {number}", page.obj
    for key, label in (
        ("/StructTreeRoot", "the tags that screen readers use"),
        ("/Outlines", "the bookmarks"),
        ("/Metadata", "the description of the file"),
        ("/OutputIntents", "the colour profile"),
    ):
        if key in root:
            yield label, root[key]
    if "/Info" in opened.trailer:
        yield "the description of the file", opened.trailer.Info


def _children(thing: Any) -> list[tuple[str, Any]]:
    import pikepdf

    if isinstance(thing, pikepdf.Stream):
        return list(thing.stream_dict.items())
    if isinstance(thing, pikepdf.Dictionary):
        return list(thing.items())
    return [("", one) for one in thing] if isinstance(thing, pikepdf.Array) else []

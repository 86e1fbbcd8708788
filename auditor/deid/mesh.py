"""Surface models: the header of STL, the comments and names of OBJ and MTL."""

from auditor.deid.documents import Redacted, TextCleaner

_HEADER = 80
_TRIANGLE = 50
_NAMING = ("#", "o ", "g ", "usemtl ", "newmtl ", "mtllib ", "map_")


def stl(content: bytes) -> Redacted:
    """Binary STL with its 80-byte header blanked; in text form the solid's name is dropped."""
    count = int.from_bytes(content[_HEADER : _HEADER + 4], "little") if len(content) >= _HEADER + 4 else -1
    if 0 <= len(content) - (_HEADER + 4 + count * _TRIANGLE) <= 1 and count >= 0:
        triangles = bytearray(content[_HEADER + 4 : _HEADER + 4 + count * _TRIANGLE])
        for start in range(48, len(triangles), _TRIANGLE):
            triangles[start : start + 2] = b"\0\0"  # the attribute count of a triangle can carry a text piecewise
        return Redacted(b"\0" * _HEADER + content[_HEADER : _HEADER + 4] + bytes(triangles))
    if not content.lstrip().startswith(b"solid"):
        return Redacted(b"", "the model is neither binary nor text STL")
    lines = content.split(b"\n")
    kept = [b"solid" if line.strip().startswith(b"solid") else line for line in lines]
    return Redacted(b"\n".join(b"endsolid" if line.strip().startswith(b"endsolid") else line for line in kept))


def text(content: bytes, cleaner: TextCleaner) -> Redacted:
    """OBJ or MTL with comments dropped and every name cleaned."""
    lines = content.decode("utf-8", "replace").split("\n")
    kept = [cleaner.text(line) if line.startswith(_NAMING) else line for line in lines if not line.startswith("#")]
    return Redacted("\n".join(kept).encode("utf-8"))

"""Damaged files made whole: what cannot be read is cut out, missing pixels are dark, and the rest is as it was."""

from dataclasses import dataclass

from auditor.deid.types import types_of
from auditor.dicomio.element import Element, Reason
from auditor.dicomio.limits import Limits
from auditor.dicomio.read import DicomFile, read
from auditor.dicomio.stream import Blob
from auditor.dicomio.walk import Walker
from auditor.dicomio.walked import Walk

NOTE = "Some files were damaged: what could not be read in them was left out, and pixels that were missing are dark."
_TURNS = 8
_PIXELS, _ROWS, _PHOTOMETRIC, _SOP_CLASS = 0x7FE00010, 0x00280010, 0x00280004, 0x00080016
_SEARCHED = 64 << 20
_MOST_MISSING = 1 << 30
_END = {"little": b"\xfe\xff\xdd\xe0\0\0\0\0", "big": b"\xff\xfe\xe0\xdd\0\0\0\0"}


@dataclass(frozen=True, slots=True)
class _Part:
    """`length` bytes of a blob from `offset`, or of `fill` repeated when there is no blob."""

    blob: Blob | None
    offset: int
    length: int
    fill: bytes = b"\0"


class Patched:
    """A blob put together from parts of another one and bytes of its own. Closing it closes the other."""

    damaged = False

    def __init__(self, blob: Blob, parts: list[_Part]) -> None:
        self._blob = blob
        self._parts = parts
        self.size = sum(part.length for part in parts)

    def pread(self, offset: int, count: int) -> bytes:
        """Return up to `count` bytes from `offset`."""
        found, base = [], 0
        for part in self._parts:
            first, last = max(0, offset - base), min(part.length, offset + count - base)
            if first < last:
                found.append(_piece(part, first, last))
            base += part.length
        return b"".join(found)

    def close(self) -> None:
        """Close what it was made of."""
        self._blob.close()


def mended(file: DicomFile, walk: Walk, walker: Walker, limits: Limits) -> tuple[DicomFile, Walk] | None:
    """`file` without its damage and the walk over it, or None when it cannot be made whole.

    Elements before the damage and, where it can be told where they begin again, those after it stay.
    """
    for _ in range(_TURNS):
        if walk.stop is None:
            return file, walk
        parts = _parts(file, walk) if file.stream is file.blob else None
        if parts is None:
            return None
        file = read(Patched(file.blob, parts), limits)
        walk = walker.walk(file)
    return None


def _parts(file: DicomFile, walk: Walk) -> list[_Part] | None:
    bulk = walk.pixels
    assert walk.stop is not None  # noqa: S101 - asked only then
    if bulk is not None and walk.stop.reason is Reason.TRUNCATED and bulk.element[5] == file.stream.size:
        return _fragments(file, walk) if bulk.encapsulated else _filled(file, walk)
    return _without(file, walk)


def _filled(file: DicomFile, walk: Walk) -> list[_Part] | None:
    """Native pixel data as long as their header says."""
    assert walk.pixels is not None  # noqa: S101 - asked only then
    order = "little" if file.syntax.little else "big"
    stated = int.from_bytes(file.stream.pread(walk.pixels.offset - 4, 4), order)  # type: ignore[arg-type]
    missing = stated - walk.pixels.length
    if not 0 < missing <= _MOST_MISSING:
        return None
    return [_Part(file.blob, 0, file.blob.size), _Part(None, 0, missing)]


def _fragments(file: DicomFile, walk: Walk) -> list[_Part] | None:
    """Compressed pixel data up to the last whole fragment, with a delimiter."""
    assert walk.pixels is not None  # noqa: S101 - asked only then
    order = "little" if file.syntax.little else "big"
    end, whole = walk.pixels.offset, 0
    for offset, length in walk.pixels.fragments:
        stated = int.from_bytes(file.stream.pread(offset - 4, 4), order)  # type: ignore[arg-type]
        if stated != length:
            break
        end, whole = offset + length, whole + 1
    if whole < 2:  # the offset table, and nothing to look at
        return None
    return [_Part(file.blob, 0, end), _Part(None, 0, len(_END[order]), _END[order])]


def _without(file: DicomFile, walk: Walk) -> list[_Part] | None:
    """The file without the outermost element that is damaged, and without what hides behind it."""
    assert walk.stop is not None  # noqa: S101 - asked only then
    tops = [one for one in walk.elements if one[3] is walk.root and one[4] >= 0]
    before = [one for one in tops if one[4] <= walk.stop.offset]
    if not before:
        return None
    damaged = before[-1]
    later = [one for one in tops if one[4] > walk.stop.offset]
    end = later[0][4] if later else _pixels_after(file, damaged[4])
    if end is None and not _is_picture(tops):
        end = file.blob.size
    if end is None or damaged[0] == _PIXELS:
        return None
    return [_Part(file.blob, 0, damaged[4]), _Part(file.blob, end, file.blob.size - end)]


def _is_picture(tops: list[Element]) -> bool:
    """Whether the IOD has pixel data; without them nothing would be left worth having."""
    named = next((value or b"" for tag, _, value, *_ in tops if tag == _SOP_CLASS), b"")
    needs = types_of(named.decode("latin-1").strip(" \0")).of(0, _PHOTOMETRIC)[0] == "1"
    return needs or any(tag == _ROWS for tag, *_ in tops)


def _pixels_after(file: DicomFile, start: int) -> int | None:
    """Where pixel data begin that end with the file, or just before it."""
    order = "little" if file.syntax.little else "big"
    mark = b"\xe0\x7f\x10\x00" if file.syntax.little else b"\x7f\xe0\x00\x10"
    held = file.blob.pread(start, _SEARCHED)
    place = held.find(mark, 1)
    while place >= 0:
        vr, head = held[place + 4 : place + 6], 12 if file.syntax.explicit else 8
        if not file.syntax.explicit or vr in (b"OW", b"OB"):
            length = int.from_bytes(held[place + head - 4 : place + head], order)  # type: ignore[arg-type]
            rest = file.blob.size - (start + place + head) - length
            if length == 0xFFFFFFFF or 0 <= rest <= length // 16 + 1024:
                return start + place
        place = held.find(mark, place + 1)
    return None


def _piece(part: _Part, first: int, last: int) -> bytes:
    if part.blob is not None:
        return part.blob.pread(part.offset + first, last - first)
    repeated = part.fill * ((last - first) // len(part.fill) + 2)
    skip = first % len(part.fill)
    return repeated[skip : skip + last - first]

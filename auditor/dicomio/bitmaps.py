"""Where pictures lie in a file: pixel data, overlay planes and icon images."""

from __future__ import annotations

from auditor.dicomio.charset import decode
from auditor.dicomio.dictionary import vr_of
from auditor.dicomio.element import Element, Scope, locator
from auditor.dicomio.heads import PIXEL_TAGS
from auditor.dicomio.place import Bitmap, BitmapKind
from auditor.dicomio.read import DicomFile
from auditor.dicomio.walked import Walk

_ROWS, _COLUMNS, _FRAMES, _BITS, _SAMPLES = 0x00280010, 0x00280011, 0x00280008, 0x00280100, 0x00280002
_OVERLAY_ROWS, _OVERLAY_COLUMNS, _OVERLAY_FRAMES, _OVERLAY_DATA = 0x0010, 0x0011, 0x0015, 0x3000
_SHAPE = frozenset({_ROWS, _COLUMNS, _FRAMES, _BITS, _SAMPLES})


def bitmaps(file: DicomFile, walk: Walk) -> tuple[Bitmap, ...]:
    """Return every bitmap of a file in file order. Needs a walk without a memo, which leaves nothing out."""
    shapes = _shapes(file, walk)
    fragments = {bulk.element[4]: bulk.offset for bulk in walk.bulk}
    found = []
    for element in walk.elements:
        tag, _, value, scope, start, end = element
        kind = _kind(tag, scope)
        if kind is None:
            continue
        offset = fragments.get(start, end - len(value) if value else end)
        found.append(_bitmap(kind, element, offset, shapes))
    return tuple(found)


def _kind(tag: int, scope: Scope) -> BitmapKind | None:
    if tag in PIXEL_TAGS:
        return BitmapKind.PIXELS if scope.parent is None else BitmapKind.ICON
    if tag >> 24 == 0x60 and tag & 0xFFFF == _OVERLAY_DATA:
        return BitmapKind.OVERLAY
    return None


def _shapes(file: DicomFile, walk: Walk) -> dict[tuple[Scope, int], int]:
    numbers: dict[tuple[Scope, int], int] = {}
    order = "little" if file.syntax.little else "big"
    for tag, _, value, scope, _, _ in walk.elements:
        if value and (tag in _SHAPE or tag >> 24 == 0x60):
            numbers.setdefault((scope, tag), _number(tag, value, order))
    return numbers


def _number(tag: int, value: bytes, order: str) -> int:
    if vr_of(tag) == "US" and len(value) >= 2:
        return int.from_bytes(value[:2], "little" if order == "little" else "big")
    text = decode(value[:16], b"").strip(" \0")
    return int(text) if text.isdecimal() else 0


def _bitmap(kind: BitmapKind, element: Element, offset: int, numbers: dict[tuple[Scope, int], int]) -> Bitmap:
    tag, _, _, scope, _, end = element
    group = tag & 0xFFFF0000
    tags = (_ROWS, _COLUMNS, _FRAMES, _BITS, _SAMPLES)
    if kind is BitmapKind.OVERLAY:
        tags = (group | _OVERLAY_ROWS, group | _OVERLAY_COLUMNS, group | _OVERLAY_FRAMES, 0, 0)
    rows, columns, frames, bits, samples = (numbers.get((scope, each), 0) for each in tags)
    one = kind is BitmapKind.OVERLAY
    return Bitmap(
        kind,
        locator(element),
        tag,
        offset,
        end - offset,
        rows,
        columns,
        frames or 1,
        1 if one else bits,
        1 if one else samples or 1,
    )

"""Icons made anew from cleaned pixels (PS3.3 F.7, PS3.15 E.3.1): an icon shows what the picture showed before."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from auditor.deid.encoding import Syntax
from auditor.pixels.frames import Undecodable, decode
from auditor.pixels.region import Region

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ICON = 0x00880200
_LONGEST = 64  # pixels on the longer side, as F.7 advises
_MOST = 256  # of an icon whose size is kept
_ONE, _EIGHT = 1, 8


def icon(dataset: Any, regions: Sequence[Region], syntax: Syntax) -> bytes | None:
    """The value of Icon Image Sequence for the first frame of `dataset` with `regions` dark; None if it cannot be read.

    One item, grey, eight bits, native also where the pixels are compressed. It has the size of the icon in
    whose place it comes, or at most 64 pixels on a side; the picture keeps its proportions.
    """
    try:
        picture = decode(dataset, 0)
    except Undecodable:
        return None
    small = _smaller(_blanked(picture, regions), _size(dataset))
    rows, columns = small.shape
    numbers = (
        (0x00280002, _ONE),
        (0x00280010, rows),
        (0x00280011, columns),
        (0x00280100, _EIGHT),
        (0x00280101, _EIGHT),
        (0x00280102, _EIGHT - 1),
        (0x00280103, 0),
    )
    order = "little" if syntax.little else "big"
    made = {tag: syntax.element(tag, "US", value.to_bytes(2, order)) for tag, value in numbers}  # type: ignore[arg-type]
    made[0x00280004] = syntax.element(0x00280004, "CS", b"MONOCHROME2")
    made[0x7FE00010] = syntax.element(0x7FE00010, "OB" if syntax.explicit else "OW", small.tobytes())
    return syntax.items([b"".join(made[tag] for tag in sorted(made))])


def _blanked(picture: "NDArray[np.uint8]", regions: Sequence[Region]) -> "NDArray[np.uint8]":
    copy = picture.copy()
    for region in regions:
        x0, y0, x1, y1 = region.box
        copy[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = 0
    return copy


def _size(dataset: Any) -> tuple[int, int] | None:
    """Rows and columns of the icon that is there, if they can be those of one."""
    items: Any = dataset[ICON].value if ICON in dataset else None
    try:
        rows, columns = int(items[0].Rows), int(items[0].Columns)
    except (TypeError, ValueError, AttributeError, IndexError):
        return None
    return (rows, columns) if 0 < rows <= _MOST and 0 < columns <= _MOST else None


def _smaller(picture: "NDArray[np.uint8]", wanted: tuple[int, int] | None) -> "NDArray[np.uint8]":
    import cv2
    import numpy as np

    rows, columns = picture.shape
    high, wide = wanted or (_LONGEST, _LONGEST)
    times = min(high / rows, wide / columns, 1.0)
    size = (max(1, round(columns * times)), max(1, round(rows * times)))
    small = np.ascontiguousarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    if wanted is None:
        return small
    framed = np.zeros(wanted, np.uint8)
    top, left = (high - small.shape[0]) // 2, (wide - small.shape[1]) // 2
    framed[top : top + small.shape[0], left : left + small.shape[1]] = small
    return framed

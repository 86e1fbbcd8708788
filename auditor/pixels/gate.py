"""A cheap look at a picture: can it hold text at all, and where. Costs a hundredth of reading it."""

from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.pixels.region import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CONTRAST = 36
_CONTRASTS = (_CONTRAST, 64, 96, 140)  # noise joins strokes at the low ones, faint text has none at the high ones
_TALLEST = 72
_SMALLEST = 4
_FEWEST = 2
_NOISE = 6
_MARGIN = 24


def may_hold_text(picture: "NDArray[np.uint8]") -> bool:
    """Whether two glyph-like strokes stand in one line, bright on dark or dark on bright, upright or turned."""
    import cv2

    if min(picture.shape) < _SMALLEST or int(picture.max()) - int(picture.min()) < _CONTRAST:
        return False
    for operation in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT):
        side = 9 if min(picture.shape) < 512 else 15
        strokes = cv2.morphologyEx(picture, operation, np.ones((side, side), np.uint8))
        if any(_lines(strokes > contrast) for contrast in _CONTRASTS):
            return True
    return False


def changed(before: "NDArray[np.uint8]", after: "NDArray[np.uint8]") -> Box | None:
    """The box around everything that differs between two pictures of one size, with a margin; None if nothing does."""
    rows, columns = np.nonzero(np.abs(before.astype(np.int16) - after) > _NOISE)
    if not len(rows):
        return None
    left, right = int(columns.min()), int(columns.max()) + 1
    top, bottom = int(rows.min()), int(rows.max()) + 1
    height, width = after.shape
    return max(0, left - _MARGIN), max(0, top - _MARGIN), min(width, right + _MARGIN), min(height, bottom + _MARGIN)


def _lines(mask: "NDArray[np.bool_]") -> bool:
    import cv2

    _, _, stats, centres = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    width, height, area = stats[1:, 2], stats[1:, 3], stats[1:, 4]
    size = np.maximum(width, height)
    glyph = (size >= _SMALLEST) & (size <= _TALLEST) & (area >= _SMALLEST)
    wide = (height >= _SMALLEST) & (height <= _TALLEST) & (width > _TALLEST)  # letters that touch
    if bool(wide.any()):
        return True
    places, sizes = np.asarray(centres[1:][glyph], np.float64), size[glyph]
    if len(places) < _FEWEST:
        return False
    return any(_neighbours(places[:, axis], places[:, 1 - axis], sizes) for axis in (1, 0))


def _neighbours(across: "NDArray[np.float64]", along: "NDArray[np.float64]", sizes: "NDArray[Any]") -> bool:
    """Whether two strokes of like size stand next to one another in one line."""
    order = np.lexsort((along, np.round(across / 6)))
    apart = np.abs(np.diff(along[order]))
    level = np.abs(np.diff(across[order]))
    size = np.maximum(sizes[order][1:], sizes[order][:-1])
    return bool(((apart < 2.5 * size) & (level < 0.5 * size)).any())

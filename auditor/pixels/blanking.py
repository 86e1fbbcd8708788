"""Blanks regions of decoded pixels: every frame, every sample."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.pixels.region import Region

if TYPE_CHECKING:
    from numpy.typing import NDArray


def blank(
    array: "NDArray[Any]",
    regions: Iterable[Region],
    *,
    frames: int = 1,
    samples: int = 1,
    value: int | tuple[int, ...] | None = None,
) -> "NDArray[Any]":
    """A copy of `array` in which every pixel of the regions has `value`, on the frames each region names.

    `array` is `(frames, rows, columns[, samples])`, without the first axis if `frames` is 1 and without the last if
    `samples` is 1. Without `value` the array's smallest value is taken (for each sample its own), which is black for
    MONOCHROME2 and RGB; a caller with MONOCHROME1, a palette or YBR gives the value that is dark there. Boxes are
    clipped to the picture. Raises ValueError when the shape does not fit `frames` and `samples`.
    """
    shape = _shape(array, frames, samples)
    copy = np.array(array, copy=True).reshape(shape)
    fill = _fill(copy, value)
    for region in regions:
        x0, y0, x1, y1 = region.box
        left, top = max(0, x0), max(0, y0)
        last = frames - 1 if region.last < 0 else min(region.last, frames - 1)
        copy[max(0, region.first) : last + 1, top : max(top, y1), left : max(left, x1)] = fill
    return copy.reshape(array.shape)


def _shape(array: "NDArray[Any]", frames: int, samples: int) -> tuple[int, int, int, int]:
    rest = array.shape[1:] if frames > 1 else array.shape[-(3 if samples > 1 else 2) :]
    if len(rest) < 2 or frames * rest[0] * rest[1] * samples != array.size:
        raise ValueError(f"an array of shape {array.shape} does not hold {frames} frames of {samples} samples")
    return frames, rest[0], rest[1], samples


def _fill(array: "NDArray[Any]", value: int | tuple[int, ...] | None) -> "NDArray[Any]":
    if value is None:
        return np.asarray(array.min(axis=(0, 1, 2)), array.dtype)
    return np.asarray(value, array.dtype)

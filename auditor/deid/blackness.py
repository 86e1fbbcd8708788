"""What is dark in stored pixel values, by photometric interpretation (PS3.3 C.7.6.3.1.2)."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PALETTE = (0x00281201, 0x00281202, 0x00281203)
_PARTIAL_BLACK = 16  # YBR_PARTIAL keeps luminance between 16 and 235


def dark(frame: "NDArray[Any]", photometric: str, stored: int, palette: int = 0) -> "NDArray[Any]":
    """The value that fills a blanked region of `frame`: one number, or one a sample, in the type of the frame.

    `frame` is (rows, columns) or (rows, columns, samples) of stored values with `stored` bits each. Grey pictures
    get the darkest value that can be stored, signed ones the darkest that the frame has. `palette` is the index
    of the darkest colour, for PALETTE COLOR.
    """
    middle, signed = 1 << (stored - 1), frame.dtype.kind == "i"
    if photometric == "PALETTE COLOR":
        return np.asarray(palette, frame.dtype)
    if photometric == "MONOCHROME1":
        return np.asarray(frame.max() if signed else (1 << stored) - 1, frame.dtype)
    if photometric.startswith("YBR_PARTIAL"):
        return np.asarray((_PARTIAL_BLACK << (stored - 8), middle, middle), frame.dtype)
    if photometric.startswith("YBR_FULL"):
        return np.asarray((0, middle, middle), frame.dtype)
    if photometric == "CMYK":
        return np.asarray((0, 0, 0, (1 << stored) - 1), frame.dtype)
    if frame.ndim == 3:
        return np.zeros(frame.shape[-1], frame.dtype)
    return np.asarray(frame.min() if signed else 0, frame.dtype)


def darkest_index(values: "dict[int, bytes]", little: bool) -> int:
    """The index of the darkest colour of a palette, from the raw values of its tables and descriptors (C.7.6.3.1.5).

    0 where the tables are segmented or cannot be read.
    """
    order = "<" if little else ">"
    total: NDArray[np.int64] | None = None
    first = 0
    for tag in _PALETTE:
        table, descriptor = values.get(tag, b""), values.get(tag - 0x100, b"")
        if not table or len(descriptor) < 6:
            return 0
        number, first, bits = (int(value) for value in np.frombuffer(descriptor[:6], f"{order}u2"))
        number = number or 65536
        kind = "u1" if bits <= 8 and len(table) < 2 * number else f"{order}u2"
        colours = np.frombuffer(table[: len(table) // np.dtype(kind).itemsize * np.dtype(kind).itemsize], kind)[:number]
        if total is None:
            total = np.zeros(number, np.int64)
        if len(colours) != len(total):
            return 0
        total += colours
    return first + int(total.argmin()) if total is not None and first < 0x8000 else 0

"""Blanks regions of native pixel data as they stream by, frame after frame."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.deid.blackness import dark, darkest_index
from auditor.dicomio.read import DicomFile
from auditor.dicomio.walked import Bulk, Walk
from auditor.pixels.region import Region

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LARGEST_FRAME = 256 << 20
_LARGEST_BITMAP = 512 << 20
_LARGEST_EXTRA = 16 << 20
_NUMBERS = {"US": 2, "SS": 2}


@dataclass(frozen=True, slots=True)
class Shape:
    """How native pixel data are laid out. `palette` is the index of the darkest colour."""

    rows: int
    columns: int
    samples: int
    allocated: int
    stored: int
    signed: bool
    planar: bool
    frames: int
    photometric: str
    palette: int
    order: str

    @property
    def paired(self) -> bool:
        """Whether two pixels share their colour (PS3.3 C.7.6.3.1.2, YBR_FULL_422 without compression)."""
        return self.photometric.endswith("_422")

    @property
    def frame(self) -> int:
        """Bytes of a frame."""
        return self.rows * self.columns * (2 if self.paired else self.samples) * self.allocated // 8

    @property
    def kind(self) -> Any:
        """The type of one stored value."""
        return np.dtype(f"{self.order}{'i' if self.signed else 'u'}{self.allocated // 8}")


def shape_of(file: DicomFile, walk: Walk) -> Shape | None:
    """The layout the header tells, or None where it tells none that can be patched."""
    order = "<" if file.syntax.little else ">"
    numbers: dict[int, int] = {}
    texts: dict[int, str] = {}
    raw: dict[int, bytes] = {}
    for tag, vr, value, scope, _, _ in walk.elements:
        if scope.parent is None and value and tag >> 16 == 0x28:
            raw[tag] = value
            if vr in _NUMBERS:
                numbers[tag] = int(np.frombuffer(value[:2].ljust(2, b"\0"), f"{order}u2")[0])
            elif vr in ("CS", "IS"):
                texts[tag] = value.decode("latin-1").strip(" \0")
    allocated = numbers.get(0x00280100, 8)
    photometric, frames = texts.get(0x00280004, "MONOCHROME2"), texts.get(0x00280008) or "1"
    if allocated not in (1, 8, 16, 32) or photometric.endswith("_420") or not frames.isdecimal():
        return None
    if photometric.endswith("_422") and allocated != 8:
        return None
    return Shape(
        numbers.get(0x00280010, 0),
        numbers.get(0x00280011, 0),
        numbers.get(0x00280002, 1),
        allocated,
        numbers.get(0x00280101, allocated),
        numbers.get(0x00280103, 0) == 1,
        numbers.get(0x00280006, 0) == 1,
        int(frames),
        photometric,
        darkest_index(raw, file.syntax.little) if photometric == "PALETTE COLOR" else 0,
        order,
    )


def chunks(file: DicomFile, pixels: Bulk, shape: Shape, regions: Sequence[Region]) -> Iterator[bytes] | None:
    """The pixel data with `regions` dark in every frame, in pieces; None when they are not as the header says."""
    if shape.allocated == 1:
        return _bitmaps(file, pixels, shape, regions)
    if not 0 < shape.frame <= _LARGEST_FRAME or shape.frame * shape.frames > pixels.length + 1:
        return None
    return _frames(file, pixels, shape, regions)


def _frames(file: DicomFile, pixels: Bulk, shape: Shape, regions: Sequence[Region]) -> Iterator[bytes]:
    for number in range(shape.frames):
        frame = bytearray(file.stream.pread(pixels.offset + number * shape.frame, shape.frame))
        (_fill_pairs if shape.paired else _fill)(frame, shape, regions)
        yield bytes(frame)
    rest = pixels.length - shape.frame * shape.frames
    if rest:
        yield bytes(rest)  # padding, in which nothing may hide


def stuffed(file: DicomFile, walk: Walk) -> bool:
    """Whether native pixel data go on after the last frame with anything but zeros."""
    pixels, shape = walk.pixels, shape_of(file, walk)
    if pixels is None or shape is None or file.syntax.encapsulated or shape.allocated == 1:
        return False
    used = shape.frame * shape.frames
    extra = pixels.length - used
    return (
        used > 0
        and extra > 1
        and bool(file.stream.pread(pixels.offset + used, min(extra, _LARGEST_EXTRA)).strip(b"\0"))
    )


def _fill(frame: bytearray, shape: Shape, regions: Sequence[Region]) -> None:
    values = np.frombuffer(frame, shape.kind)
    picture: NDArray[Any]
    if shape.samples == 1:
        picture = values.reshape(shape.rows, shape.columns)
    elif shape.planar:
        picture = values.reshape(shape.samples, shape.rows, shape.columns).transpose(1, 2, 0)
    else:
        picture = values.reshape(shape.rows, shape.columns, shape.samples)
    fill(picture, regions, dark(picture, shape.photometric, shape.stored, shape.palette))


def fill(picture: "NDArray[Any]", regions: Sequence[Region], value: "NDArray[Any]") -> None:
    """Give every pixel of the regions `value`, in place; boxes are clipped to the picture."""
    for region in regions:
        x0, y0, x1, y1 = region.box
        picture[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = value


def _fill_pairs(frame: bytearray, shape: Shape, regions: Sequence[Region]) -> None:
    """Y1 Y2 Cb Cr for each pair of pixels: a region grows to whole pairs."""
    pairs = np.frombuffer(frame, np.uint8).reshape(shape.rows, shape.columns // 2, 4)
    low = 16 if "PARTIAL" in shape.photometric else 0
    for region in regions:
        x0, y0, x1, y1 = region.box
        pairs[max(0, y0) : max(0, y1), max(0, x0) // 2 : (max(0, x1) + 1) // 2] = (low, low, 128, 128)


def _bitmaps(file: DicomFile, pixels: Bulk, shape: Shape, regions: Sequence[Region]) -> Iterator[bytes] | None:
    """Pixels of one bit, whose frames need not begin with a byte (PS3.5 8.1.1)."""
    size = shape.rows * shape.columns
    if pixels.length > _LARGEST_BITMAP // 8 or size * shape.frames > pixels.length * 8:
        return None
    data = np.frombuffer(file.stream.pread(pixels.offset, pixels.length), np.uint8)
    bits = np.unpackbits(data, bitorder="little")
    frames = bits[: size * shape.frames].reshape(shape.frames, shape.rows, shape.columns)
    light = np.asarray(shape.photometric == "MONOCHROME1", np.uint8)
    for frame in frames:
        fill(frame, regions, light)
    return iter((np.packbits(bits, bitorder="little").tobytes(),))

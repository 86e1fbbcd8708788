"""Blanks regions: native pixel data are patched as they stream by, compressed ones decoded and encoded again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from auditor.dicomio.edits import Edit, Insert, Replace, ReplaceBulk
from auditor.dicomio.element import Element
from auditor.dicomio.read import DicomFile
from auditor.dicomio.walked import Walk
from auditor.pixels.region import Region

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
_RLE = "1.2.840.10008.1.2.5"
_J2K_LOSSLESS = "1.2.840.10008.1.2.4.90"
_SYNTAX = 0x00020010
_PHOTOMETRIC, _PLANAR = 0x00280004, 0x00280006
_LARGEST_FRAME = 256 << 20
_DECODING = (NotImplementedError, RuntimeError, ValueError, TypeError, AttributeError, KeyError)
_CANNOT = "burned-in text was found in pixels that cannot be rewritten"


@dataclass(frozen=True, slots=True)
class Blanked:
    """Edits that blank; `covered` tags are set by them, `notes` say what a recipient must know."""

    edits: tuple[Edit, ...]
    covered: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
    withhold: str = ""


def blanked(file: DicomFile, walk: Walk, dataset: Any, regions: Sequence[Region]) -> Blanked:
    """Blank `regions` in every frame; the transfer syntax stays where a lossless encoder for it is at hand."""
    pixels = walk.pixels
    if pixels is None:
        return Blanked((), withhold=_CANNOT)
    if not file.syntax.encapsulated:
        return _native(file, walk, regions)
    return _encapsulated(file, walk, dataset, regions)


def _native(file: DicomFile, walk: Walk, regions: Sequence[Region]) -> Blanked:
    pixels = walk.pixels
    shape = _shape(walk, file)
    if (
        pixels is None
        or shape is None
        or shape.frame * shape.frames > pixels.length + 1
        or shape.frame > _LARGEST_FRAME
    ):
        return Blanked((), withhold=_CANNOT)

    def chunks() -> Iterator[bytes]:
        for number in range(shape.frames):
            frame = bytearray(file.stream.pread(pixels.offset + number * shape.frame, shape.frame))
            for region in regions:
                _fill(frame, shape, region)
            yield bytes(frame)
        rest = pixels.length - shape.frame * shape.frames
        if rest:
            yield file.stream.pread(pixels.offset + shape.frame * shape.frames, rest)

    return Blanked((ReplaceBulk(pixels.element, chunks(), pixels.length),), frozenset((pixels.element[0],)))


@dataclass(frozen=True, slots=True)
class _Shape:
    rows: int
    columns: int
    samples: int
    width: int
    planar: bool
    frames: int
    dark: bytes

    @property
    def frame(self) -> int:
        return self.rows * self.columns * self.samples * self.width


def _shape(walk: Walk, file: DicomFile) -> "_Shape | None":
    order = "little" if file.syntax.little else "big"
    numbers: dict[int, int] = {}
    texts: dict[int, str] = {}
    for tag, vr, value, scope, _, _ in walk.elements:
        if scope.parent is None and value and tag >> 16 == 0x28:
            if vr == "US":
                numbers[tag] = int.from_bytes(value[:2], order)  # type: ignore[arg-type]
            elif vr in ("CS", "IS"):
                texts[tag] = value.decode("latin-1").strip(" \0")
    bits, samples = numbers.get(0x00280100, 8), numbers.get(0x00280002, 1)
    frames = texts.get(0x00280008, "1")
    photometric = texts.get(_PHOTOMETRIC, "MONOCHROME2")
    if bits not in (8, 16, 32) or photometric.endswith(("_422", "_420")) or not frames.isdigit():
        return None
    signed = numbers.get(0x00280103, 0) == 1
    stored = numbers.get(0x00280101, bits)
    dark = _dark(photometric, bits, stored, signed, order)
    return _Shape(
        numbers.get(0x00280010, 0),
        numbers.get(0x00280011, 0),
        samples,
        bits // 8,
        numbers.get(_PLANAR, 0) == 1,
        int(frames),
        dark,
    )


def _dark(photometric: str, bits: int, stored: int, signed: bool, order: str) -> bytes:
    """The darkest value that can be stored; in MONOCHROME1 that is the largest."""
    low = 1 << (stored - 1) if signed and photometric != "MONOCHROME1" and stored < bits else 0
    high = (1 << (stored - (1 if signed else 0))) - 1
    value = high if photometric == "MONOCHROME1" else low if bits > 8 and not signed else 0
    return value.to_bytes(bits // 8, order)  # type: ignore[arg-type]


def _fill(frame: bytearray, shape: _Shape, region: Region) -> None:
    x0, y0, x1, y1 = region.box
    x0, x1 = max(0, x0), min(shape.columns, x1)
    step = shape.width if shape.planar else shape.width * shape.samples
    planes = shape.samples if shape.planar else 1
    row_bytes = shape.columns * step
    run = shape.dark * ((x1 - x0) * step // shape.width)
    for plane in range(planes):
        base = plane * shape.rows * row_bytes
        for row in range(max(0, y0), min(shape.rows, y1)):
            start = base + row * row_bytes + x0 * step
            frame[start : start + len(run)] = run


def _encapsulated(file: DicomFile, walk: Walk, dataset: Any, regions: Sequence[Region]) -> Blanked:
    from auditor.pixels.frames import count

    pixels = walk.pixels
    number = count(dataset)
    try:
        first = _frame(dataset, 0, regions)
    except _DECODING:
        return Blanked((), withhold=_CANNOT)
    if pixels is None or first.nbytes > _LARGEST_FRAME:
        return Blanked((), withhold=_CANNOT)
    covered = frozenset((pixels.element[0],))
    encoded = _encoder(str(dataset.file_meta.TransferSyntaxUID), dataset, first)
    if encoded is not None:
        fragments = (encoded(_frame(dataset, index, regions)) for index in range(number))
        return Blanked((ReplaceBulk(pixels.element, chain((b"",), fragments), encapsulated=True),), covered)
    length = first.nbytes * number
    raw = (_little(_frame(dataset, index, regions)) for index in range(number))
    padding = (b"\0",) if length % 2 else ()
    edits: list[Edit] = [ReplaceBulk(pixels.element, chain(raw, padding), length + length % 2)]
    edits += _described(walk, dataset, first)
    notes = ("Compressed pixels were decompressed to be cleaned; their lossy history stays recorded.",)
    return Blanked(tuple(edits), covered | {_SYNTAX, _PHOTOMETRIC, _PLANAR}, notes)


def _frame(dataset: Any, index: int, regions: Sequence[Region]) -> Any:
    """One frame decoded (colour as RGB) and blanked."""
    import warnings

    from pydicom.pixels.utils import pixel_array

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = pixel_array(dataset, index=index).copy()
    inverted = str(dataset.PhotometricInterpretation) == "MONOCHROME1"
    for region in regions:
        x0, y0, x1, y1 = region.box
        frame[max(0, y0) : y1, max(0, x0) : x1] = frame.max() if inverted else frame.min()
    return frame


def _little(frame: Any) -> bytes:
    raw: bytes = frame.astype(frame.dtype.newbyteorder("<")).tobytes()
    return raw


def _encoder(uid: str, dataset: Any, first: Any) -> Callable[[Any], bytes] | None:
    """Encodes a frame in the file's own lossless syntax; None where no encoder for it is at hand."""
    if uid not in (_RLE, _J2K_LOSSLESS):
        return None
    from pydicom.pixels.encoders.base import get_encoder

    photometric = str(dataset.PhotometricInterpretation)
    if first.ndim == 3 and photometric != "RGB":
        return None
    encoder = get_encoder(uid)
    options: Any = {
        "rows": int(dataset.Rows),
        "columns": int(dataset.Columns),
        "samples_per_pixel": int(dataset.SamplesPerPixel),
        "bits_allocated": int(dataset.BitsAllocated),
        "bits_stored": int(dataset.BitsStored),
        "pixel_representation": int(dataset.PixelRepresentation),
        "photometric_interpretation": photometric,
        "number_of_frames": 1,
        "planar_configuration": 0,
    }

    def encode(frame: Any) -> bytes:
        fragment: bytes = encoder.encode(_little(frame), **options)
        return fragment

    try:
        encode(first)
    except _DECODING:
        return None
    return encode


def _described(walk: Walk, dataset: Any, frame: Any) -> list[Edit]:
    there = {element[0]: element for element in walk.elements if element[3].parent is None}
    edits: list[Edit] = [_set(walk, there, _SYNTAX, "UI", EXPLICIT_LITTLE.encode("ascii"))]
    if frame.ndim == 3 and str(dataset.PhotometricInterpretation).startswith("YBR"):
        edits.append(_set(walk, there, _PHOTOMETRIC, "CS", b"RGB"))
    if frame.ndim == 3:
        edits.append(_set(walk, there, _PLANAR, "US", b"\0\0"))
    return edits


def _set(walk: Walk, there: dict[int, Element], tag: int, vr: str, value: bytes) -> Edit:
    return Replace(there[tag], value) if tag in there else Insert(walk.root, tag, vr, value)

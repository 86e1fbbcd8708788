"""Bitmaps beside the pixels: overlays of groups 6000 to 601E (PS3.3 C.9.2) and icon images (F.7), at every depth."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.pixels.frames import Undecodable, decode

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

_GROUPS = range(0x6000, 0x6020, 2)
_ICON = 0x00880200
_PIXELS = 0x7FE00010
_DEEPEST = 12
_LARGEST = 100_000_000


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture to read: which place it is, its tag path, the picture or the reason why there is none."""

    place: str
    locator: str
    grey: "NDArray[np.uint8] | None"
    reason: str = ""
    frame: int = 0


def pictures(dataset: "Dataset", prefix: str = "", depth: int = 0) -> Iterator[Picture]:
    """Every overlay bitmap and icon in the data set and in its sequences, lazily."""
    yield from _overlays(dataset, prefix)
    if depth >= _DEEPEST:
        return
    for element in _sequences(dataset):
        for number, item in enumerate(element.value):
            path = f"{prefix}({element.tag.group:04X},{element.tag.element:04X})[{number}]."
            if int(element.tag) == _ICON:
                yield _icon(item, dataset, path)
            else:
                yield from pictures(item, path, depth + 1)


def _sequences(dataset: "Dataset") -> Iterator[Any]:
    for tag in list(dataset.keys()):
        if getattr(dataset.get_item(tag), "VR", None) not in ("SQ", "UN", None):
            continue
        try:
            element = dataset[tag]
        except Exception:  # noqa: S112 - an element that cannot be read is the walker's finding, not a picture
            continue
        if element.VR == "SQ" and element.value is not None:
            yield element


def _icon(item: "Dataset", parent: "Dataset", path: str) -> Picture:
    locator = f"{path}(7FE0,0010)"
    if _PIXELS not in item:
        return Picture("icon", locator, None, "the icon has no pixel data")
    try:
        return Picture("icon", locator, decode(_standalone(item, parent), 0))
    except Undecodable as error:
        return Picture("icon", locator, None, str(error))


def _standalone(item: "Dataset", parent: "Dataset") -> "Dataset":
    """The icon as a data set of its own. An icon without encapsulated fragments is native whatever the file is."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

    alone = Dataset()
    for element in item:
        alone.add(element)
    meta = FileMetaDataset()
    syntax = getattr(getattr(parent, "file_meta", None), "TransferSyntaxUID", None)
    wrapped = bytes(item[_PIXELS].value or b"")[:4] == b"\xfe\xff\x00\xe0"
    if wrapped and syntax is not None:
        meta.TransferSyntaxUID = syntax
    else:
        meta.TransferSyntaxUID = ExplicitVRBigEndian if syntax == ExplicitVRBigEndian else ExplicitVRLittleEndian
    alone.file_meta = meta
    return alone


def _overlays(dataset: "Dataset", prefix: str) -> Iterator[Picture]:
    for group in _GROUPS:
        locator = f"{prefix}({group:04X},3000)"
        if (group, 0x0010) not in dataset or (group, 0x0011) not in dataset:
            continue
        try:
            bits = _bits(dataset, group)
        except Undecodable as error:
            yield Picture("overlay", locator, None, str(error))
            continue
        for number, plane in enumerate(bits):
            yield Picture("overlay", locator, plane * np.uint8(255), frame=number)


def _bits(dataset: "Dataset", group: int) -> "NDArray[np.uint8]":
    """All frames of one overlay as 0 and 1, from its own data or from the unused bits of the pixels (C.9.2.1.1)."""
    try:
        rows, columns = int(dataset[group, 0x0010].value), int(dataset[group, 0x0011].value)
        frames = int(dataset[group, 0x0015].value) if (group, 0x0015) in dataset else 1
        allocated = int(dataset[group, 0x0100].value) if (group, 0x0100) in dataset else 1
        position = int(dataset[group, 0x0102].value) if (group, 0x0102) in dataset else 0
    except (TypeError, ValueError, AttributeError) as error:
        raise Undecodable("rows, columns or frames of the overlay are no numbers") from error
    size = rows * columns * frames
    if not 0 < size <= _LARGEST:
        raise Undecodable("the overlay has an impossible size")
    if (group, 0x3000) not in dataset:
        return _embedded(dataset, allocated, position)
    data = np.frombuffer(_bytes(dataset[group, 0x3000]), np.uint8)
    bits = np.unpackbits(data, bitorder="little")
    if len(bits) < size:
        raise Undecodable("the overlay data are shorter than its rows and columns say")
    return bits[:size].reshape(frames, rows, columns)


def _bytes(element: Any) -> bytes:
    value = element.value
    if not isinstance(value, bytes):
        raise Undecodable("the overlay data are no bytes")
    return value


def _embedded(dataset: "Dataset", allocated: int, position: int) -> "NDArray[np.uint8]":
    from pydicom.pixels.utils import pixel_array

    try:
        raw = pixel_array(dataset, index=0, raw=True)
    except Exception as error:  # codecs raise whatever they like for hostile streams
        raise Undecodable(f"the overlay lies in pixels that cannot be decoded ({type(error).__name__})") from error
    if raw.ndim != 2 or not 0 <= position < allocated <= 32:
        raise Undecodable("the overlay lies in the pixels at an impossible bit")
    return ((raw.astype(np.int64) >> position) & 1).astype(np.uint8)[np.newaxis]

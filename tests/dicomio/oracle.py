"""What pydicom reads of a file, in the words of the walker: the oracle it is held to."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pydicom
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.values import convert_SQ

from auditor.dicomio import Walk, locator, vr_of

Row = tuple[str, str, bytes | None]
ITEMS = (b"\xfe\xff\x00\xe0", b"\xff\xfe\xe0\x00")


def files_of_pydicom() -> list[Path]:
    """Every DICOM file that comes with pydicom and with pydicom-data."""
    from pydicom.data import get_testdata_files

    found = sorted({Path(name) for name in get_testdata_files()})
    return [path for path in found if path.is_file()]


def read_rows(path: Path) -> list[Row]:
    """(locator, VR, raw value) of every element pydicom reads before the pixel data."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(_rows(pydicom.dcmread(path, stop_before_pixels=True, force=True), ""))


def _rows(dataset: Dataset, prefix: str) -> Iterator[Row]:
    for tag in sorted(dataset._dict):
        element = dataset.get_item(tag)
        where = f"{prefix}({tag >> 16:04X},{tag & 0xFFFF:04X})"
        if isinstance(element, DataElement) and element.VR == "SQ":
            yield from _sequence(element.value, where)
        elif isinstance(element, DataElement):
            yield where, str(element.VR), _written(element)
        elif _is_sequence(element, dataset):
            yield from _sequence(_converted(element), where)
        else:
            yield where, _vr(element, dataset), element.value or b""


def _sequence(items: object, where: str) -> Iterator[Row]:
    yield where, "SQ", None
    for number, item in enumerate(items):
        yield from _rows(item, f"{where}[{number}].")


def _written(element: DataElement) -> bytes:
    """Raw value of the few text elements that pydicom has already converted while it read them."""
    value = element.value
    parts = [] if value is None else [value] if isinstance(value, str) else list(value)
    raw = "\\".join(str(part) for part in parts).encode("ascii")
    return raw + (b"\0" if element.VR == "UI" else b" ") * (len(raw) % 2)


def _converted(element: RawDataElement) -> object:
    implicit = element.is_implicit_VR or element.VR == "UN"
    return convert_SQ(element.value or b"", implicit, element.is_little_endian)


def _vr(element: RawDataElement, dataset: Dataset) -> str:
    tag = int(element.tag)
    if element.VR is not None:
        return known_vr(tag, str(element.VR))
    block = dataset._dict.get((tag & 0xFFFF0000) | (tag >> 8) & 0xFF) if tag & 0x10000 else None
    creator = getattr(block, "value", None) or b""
    return vr_of(tag, creator.strip(b" \0").decode("latin-1"))


def known_vr(tag: int, vr: str) -> str:
    """The VR, or for a standard attribute written as UN the one PS3.6 gives it, as pydicom does."""
    return vr_of(tag) if vr == "UN" and not tag & 0x10000 else vr


def _is_sequence(element: RawDataElement, dataset: Dataset) -> bool:
    vr = _vr(element, dataset)
    return vr == "SQ" or (vr == "UN" and (element.value or b"")[:4] in ITEMS and len(element.value) >= 8)


def walked_rows(walk: Walk, meta: int) -> list[Row]:
    """The same of a walk: the data set before the pixel data, of each tag the last, in order of tags."""
    last: dict[str, Row] = {}
    for element in walk.elements[meta:]:
        tag, vr, value, scope, _, _ = element
        if scope.parent is None and 0x7FE00008 <= tag <= 0x7FE00010:
            break
        last[locator(element)] = (locator(element), known_vr(tag, vr), value)
    return sorted(last.values())

"""What pydicom can still read where the walker had to stop."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from pydicom import dcmread
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.values import convert_SQ

from auditor.dicomio.dictionary import is_creator, is_private, vr_of
from auditor.dicomio.element import Element, Reason, Scope, Sequence
from auditor.dicomio.limits import Limits
from auditor.dicomio.read import DicomFile
from auditor.dicomio.walked import Walk

_NOT_UNDERSTOOD = (Reason.STRUCTURE, Reason.LENGTH)
_NOWHERE = -1
_Path = tuple[tuple[int, int], ...]


def hand_over(file: DicomFile, walk: Walk, limits: Limits, with_slots: bool) -> None:
    """Add to `walk` those elements that pydicom reads and the walk did not meet.

    Only where the walk stopped at bytes it did not understand. Their offsets are -1, since pydicom does not
    tell them, and the file still counts as partly read. `with_slots` when the walk had a memo.
    """
    if walk.stop is None or walk.stop.reason not in _NOT_UNDERSTOOD:
        return
    met = {(scope.path, tag) for tag, _, _, scope, _, _ in walk.elements}
    room = max(0, limits.elements - len(walk.elements))
    for number, (path, element) in enumerate(_read(file, walk.root, limits)):
        if number >= room:
            return
        if (path, element[0]) not in met:
            walk.elements.append(element)
            if with_slots:
                walk.slots.append(None)


def _read(file: DicomFile, root: Scope, limits: Limits) -> Iterator[tuple[_Path, Element]]:
    """Every element pydicom finds before the pixel data; ends at the first thing pydicom cannot bear."""
    if file.stream is not file.blob:
        return
    data = BytesIO(file.blob.pread(0, limits.header))
    with _quiet():
        try:
            dataset = dcmread(data, stop_before_pixels=True, force=True)
            yield from _elements(dataset, root, (), limits.depth)
        except Exception:
            return


def _elements(dataset: Dataset, scope: Scope, path: _Path, depth: int) -> Iterator[tuple[_Path, Element]]:
    for tag in dataset._dict:
        element = dataset.get_item(tag)
        if isinstance(element, RawDataElement) and _vr(element, scope) != "SQ":
            value = element.value if isinstance(element.value, bytes) else b""
            _note(int(tag), value, scope)
            yield path, (int(tag), _vr(element, scope), value, scope, _NOWHERE, _NOWHERE)
        elif depth and (isinstance(element, RawDataElement) or element.VR == "SQ"):
            yield path, (int(tag), "SQ", None, scope, _NOWHERE, _NOWHERE)
            sequence = Sequence(int(tag), _NOWHERE, _NOWHERE, False)
            for index, item in enumerate(_items(element)):
                inner = Scope(scope, sequence, index, _NOWHERE, _NOWHERE, False)
                yield from _elements(item, inner, (*path, (int(tag), index)), depth - 1)


def _items(element: RawDataElement | DataElement) -> Iterator[Dataset]:
    if isinstance(element, DataElement):
        yield from element.value or ()
    elif element.value:
        yield from convert_SQ(element.value, element.is_implicit_VR, element.is_little_endian)


def _vr(element: RawDataElement, scope: Scope) -> str:
    tag = int(element.tag)
    if element.VR:
        return str(element.VR)
    return vr_of(tag, scope.creator(tag) if is_private(tag) else "")


def _note(tag: int, value: bytes, scope: Scope) -> None:
    if is_creator(tag) and scope.parent is not None:
        scope.creators = {**(scope.creators or {}), tag: value}


@contextmanager
def _quiet() -> Iterator[None]:
    """pydicom's warnings quote values, which must not reach a log."""
    logger = logging.getLogger("pydicom")
    before = logger.disabled
    logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = before

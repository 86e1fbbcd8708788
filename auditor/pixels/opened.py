"""A file as pydicom sees it, for looking at its pictures: made of what the walk met, pixel data left on the disk."""

from io import BufferedReader, RawIOBase
from typing import TYPE_CHECKING, Any

from auditor.dicomio.element import Element, Scope
from auditor.dicomio.heads import PIXEL_TAGS
from auditor.dicomio.read import DicomFile
from auditor.dicomio.stream import Blob
from auditor.dicomio.walked import Walk

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_SEQUENCE = "SQ"
_LARGEST = 64 << 20  # of a value other than the pixel data
_BUFFER = 1 << 16


def opened(file: DicomFile, walk: Walk) -> "Dataset":
    """The data set of `file`, whatever else in it is damaged. `walk` must be made without a memo.

    Pixel data are a stream that pydicom reads frame by frame, so that memory does not grow with the file. Values
    longer than 64 MB that are no pixel data are left out.
    """
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import UID

    root = Dataset()
    made: dict[Scope, Dataset] = {walk.root: root}
    bulks = {bulk.element[4]: bulk for bulk in walk.bulk}
    for element in walk.elements:
        scope = element[3]
        if scope is file.meta_scope or _root(scope) is file.meta_scope:
            continue
        target = _of(scope, made)
        bulk = bulks.get(element[4])
        if bulk is not None and element[0] in PIXEL_TAGS and scope.parent is None:
            _add_stream(target, element, BufferedReader(_Span(file.stream, bulk.offset, bulk.length), _BUFFER), file)
        elif bulk is not None:
            if bulk.length <= _LARGEST:
                _add(target, element, file.stream.pread(bulk.offset, bulk.length), file, bulk.encapsulated)
        elif element[1] == _SEQUENCE or element[2] is None:
            _add_sequence(target, element)
        else:
            _add(target, element, element[2], file)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(file.syntax.uid or _plain(file))
    root.file_meta = meta
    root.set_original_encoding(not file.syntax.explicit, file.syntax.little)
    return root


def _plain(file: DicomFile) -> str:
    from pydicom import uid

    if not file.syntax.explicit:
        return uid.ImplicitVRLittleEndian
    return uid.ExplicitVRLittleEndian if file.syntax.little else uid.ExplicitVRBigEndian


def _root(scope: Scope) -> Scope:
    return list(scope)[-1]


def _of(scope: Scope, made: dict[Scope, Any]) -> Any:
    """The data set that stands for `scope`, made with the sequences above it where it is met first."""
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence

    found = made.get(scope)
    if found is not None:
        return found
    item = made[scope] = Dataset()
    if scope.parent is not None and scope.sequence is not None:
        outer = _of(scope.parent, made)
        if scope.sequence.tag not in outer or outer[scope.sequence.tag].VR != _SEQUENCE:
            outer.add_new(scope.sequence.tag, _SEQUENCE, Sequence())
        outer[scope.sequence.tag].value.append(item)
    return item


def _add(target: Any, element: Element, value: bytes, file: DicomFile, encapsulated: bool = False) -> None:
    from pydicom.dataelem import RawDataElement
    from pydicom.tag import BaseTag

    tag, vr, *_ = element
    length = 0xFFFFFFFF if encapsulated else len(value)
    raw = RawDataElement(BaseTag(tag), vr or None, length, value, 0, not vr, file.syntax.little)
    target._dict[BaseTag(tag)] = raw


def _add_sequence(target: Any, element: Element) -> None:
    from pydicom.sequence import Sequence

    if element[1] == _SEQUENCE and element[0] not in target:
        target.add_new(element[0], _SEQUENCE, Sequence())


def _add_stream(target: Any, element: Element, stream: BufferedReader, file: DicomFile) -> None:
    from pydicom.dataelem import DataElement

    vr = element[1] if element[1] in ("OB", "OW", "OF", "OD") else "OW"
    made = DataElement(element[0], vr, stream, already_converted=True)
    made.is_undefined_length = file.syntax.encapsulated
    target.add(made)


class _Span(RawIOBase):
    """A part of a blob as a stream."""

    def __init__(self, blob: Blob, offset: int, length: int) -> None:
        super().__init__()
        self._blob = blob
        self._offset = offset
        self._length = length
        self._place = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place within the part."""
        base = (0, self._place, self._length)[whence]
        self._place = min(max(0, base + offset), self._length)
        return self._place

    def tell(self) -> int:
        """The place within the part."""
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Read on from the place."""
        piece = self._blob.pread(self._offset + self._place, min(len(buffer), self._length - self._place))
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

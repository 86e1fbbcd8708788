"""Every place in a file that can hold text or an identifier, and every bitmap that can show one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.dicomio.binary import texts_in_bytes
from auditor.dicomio.charset import decode
from auditor.dicomio.codestream import comments
from auditor.dicomio.element import Element, Scope
from auditor.dicomio.expand import expand
from auditor.dicomio.limits import DEFAULT_LIMITS, Limits
from auditor.dicomio.place import Origin, Text
from auditor.dicomio.read import DicomFile
from auditor.dicomio.stream import Blob
from auditor.dicomio.walked import Bulk, Walk
from auditor.dicomio.within import Seen, Within

_TRAILING_READ = 4 << 20
_SEAM = 1024  # bytes that two parts of a long stretch share
_CONCEPT_NAME, _CODE_MEANING = 0x0040A043, 0x00080104


def places(file: DicomFile, walk: Walk, locator: str = "", limits: Limits = DEFAULT_LIMITS) -> Iterator[Text]:
    """Yield every text of a file: what stands outside the elements first, then each element in file order.

    `locator` is the file's path below its root. SR content carries its concept name as label.
    """
    yield from outside(file, walk, locator, limits)
    labels = concept_names(walk)
    for element in walk.elements:
        label = labels.get(element[3], "") if labels else ""
        for text in expand(element, limits):
            yield text._replace(label=label) if label and not text.label else text
    for bulk in walk.bulk:
        yield from bulk_texts(file, bulk, limits)


def outside(file: DicomFile, walk: Walk, locator: str = "", limits: Limits = DEFAULT_LIMITS) -> tuple[Text, ...]:
    """Texts outside the elements: preamble, bytes after the data set or within a damaged one, folder and file names."""
    found: list[Text] = []
    if file.preamble.strip(b"\0"):
        found += _loose(file.preamble, Origin.PREAMBLE, "preamble", walk.root, limits)
    for offset, length in (*walk.gaps, walk.trailing):
        for data in _parts(file.stream, offset, length, _TRAILING_READ):
            if data.strip(b"\0"):
                found += _loose(data, Origin.TRAILING, "trailing", walk.root, limits)
    for data in _parts(file.blob, file.rest, file.blob.size - file.rest if file.rest else 0, _TRAILING_READ):
        if data.strip(b"\0"):
            found += _loose(data, Origin.TRAILING, "trailing", walk.root, limits)
    return (*found, *path_texts(locator, walk.root))


def path_texts(locator: str, scope: Scope) -> Iterator[Text]:
    """Yield one text for each folder, archive and file name of a path below the root."""
    parts = [part for part in locator.replace("!", "/").split("/") if part]
    for number, part in enumerate(parts):
        raw = part.encode("utf-8", "surrogateescape")
        place: Element = (0, "", raw, scope, 0, len(raw))
        label = "file" if number == len(parts) - 1 else "folder"
        yield Text(raw.decode("utf-8", "replace"), place, Origin.FILENAME, where="filename", number=number, label=label)


def _loose(data: bytes, origin: Origin, name: str, scope: Scope, limits: Limits) -> Iterator[Text]:
    place: Element = (0, "", data, scope, 0, len(data))
    for text in texts_in_bytes(data, Within(place, origin, Seen(limits))):
        yield text._replace(where=f"{name}#{text.where}" if text.where else name)


def bulk_texts(file: DicomFile, bulk: Bulk, limits: Limits = DEFAULT_LIMITS) -> Iterator[Text]:
    """Texts of a value that was not loaded, part by part; or the comments within compressed pixel data."""
    tag, vr, _, scope, start, end = bulk.element
    if tag >> 16 == 0x7FE0:
        yield from comments(file.stream, bulk)
        return
    for value in _parts(file.stream, bulk.offset, bulk.length, limits.value):
        yield from expand((tag, vr, value, scope, start, end), limits)


def _parts(blob: Blob, offset: int, length: int, size: int) -> Iterator[bytes]:
    """A stretch of bytes in parts of `size`, each with the beginning of the next, so that nothing is lost between."""
    for first in range(0, length, size):
        yield blob.pread(offset + first, min(size + _SEAM, length - first))


def concept_names(walk: Walk) -> Mapping[Scope, str]:
    """Code meaning of the Concept Name Code Sequence of each content item and the scopes below it (PS3.3 C.17.3)."""
    names: dict[Scope, str] = {}
    for tag, _, value, scope, _, _ in walk.elements:
        if tag == _CODE_MEANING and value and scope.sequence and scope.sequence.tag == _CONCEPT_NAME and scope.parent:
            names.setdefault(scope.parent, decode(value, scope.charset).strip(" \0"))
    return names

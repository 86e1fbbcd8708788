"""DICOMDIR: file IDs follow the new names, records of unreleased files go, offsets are put right (PS3.3 F)."""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from auditor.dicomio.edits import Edit, RemoveItem, Replace
from auditor.dicomio.element import Element, Scope
from auditor.dicomio.limits import Limits
from auditor.dicomio.read import read
from auditor.dicomio.stream import BytesBlob
from auditor.dicomio.walk import Walker
from auditor.dicomio.walked import Walk

RECORDS = 0x00041220
FILE_ID = 0x00041500
_FIRST, _LAST = 0x00041200, 0x00041202
_NEXT, _LOWER = 0x00041400, 0x00041420
_RECORD_TYPE = 0x00041430
_OFFSETS = (_FIRST, _LAST, _NEXT, _LOWER)


@dataclass(frozen=True, slots=True)
class Renamed:
    """Where files went: `root` is the folder of the DICOMDIR, `path_of` gives the copy's path of a source locator."""

    root: str
    path_of: Callable[[str], str | None]

    def file_id(self, old: str, prefix: int) -> str | None:
        """The new file ID (components joined by backslashes), or None when the file was not released."""
        locator = str(PurePosixPath(self.root, *old.split("\\")))
        path = self.path_of(locator)
        return "\\".join(PurePosixPath(path).parts[prefix:]) if path else None


def file_edits(walk: Walk, renamed: Renamed, prefix: int) -> list[Edit]:
    """Edits of the file IDs; `prefix` components of a copy's path lie above the DICOMDIR."""
    edits: list[Edit] = []
    for element in walk.elements:
        tag, _, value, scope, _, _ = element
        if tag != FILE_ID or not value:
            continue
        new = renamed.file_id(value.decode("latin-1").rstrip(" \0"), prefix)
        edits.append(Replace(element, new.encode("ascii")) if new else RemoveItem(scope))
    return edits


def divided(walk: Walk) -> list[tuple[dict[int, bytes], list[Element]]]:
    """The elements by patient: the values of each patient's record, and all elements of the records below it.

    What belongs to no patient comes first, with no values.
    """
    values: dict[int, dict[int, bytes]] = {}
    for tag, _, value, scope, _, _ in walk.elements:
        if scope.sequence is not None and scope.sequence.tag == RECORDS:
            values.setdefault(scope.start, {})[tag] = value or b""
    owners: dict[int, int] = {}
    for start, record in values.items():
        if record.get(_RECORD_TYPE, b"").strip(b" \0") == b"PATIENT":
            _own(start, start, values, owners)
    parts: dict[int, list[Element]] = {}
    for element in walk.elements:
        record_start = next((one.start for one in element[3] if one.sequence and one.sequence.tag == RECORDS), 0)
        parts.setdefault(owners.get(record_start, 0), []).append(element)
    return [(values.get(owner, {}), elements) for owner, elements in sorted(parts.items())]


def _own(owner: int, start: int, values: Mapping[int, Mapping[int, bytes]], owners: dict[int, int]) -> None:
    waiting = [start]
    while waiting:
        current = waiting.pop()
        if current in owners or current not in values:
            continue
        owners[current] = owner
        waiting.append(_pointed(values[current], _LOWER))
        if current != owner:
            waiting.append(_pointed(values[current], _NEXT))


def _pointed(record: Mapping[int, bytes], tag: int) -> int:
    raw = record.get(tag, b"")
    return int(struct.unpack("<I", raw)[0]) if len(raw) == 4 else 0


def rebuild(target: BinaryIO, before: Walk, gone: frozenset[int], limits: Limits) -> None:
    """Put the record offsets of a rewritten DICOMDIR right. `gone` are the starts of the records that were dropped.

    The records keep their order, so the n-th record left over from the source is the n-th of the copy.
    """
    target.seek(0)
    after = Walker(limits).walk(read(BytesBlob(target.read()), limits))
    old = [scope.start for scope in _records(before) if scope.start not in gone]
    moved = dict(zip(old, (scope.start for scope in _records(after)), strict=True))
    following = {scope.start: _offset(before, scope, _NEXT) for scope in _records(before)}
    stated = [one for one in before.elements if one[0] in _OFFSETS and one[3].start not in gone]
    written = [one for one in after.elements if one[0] in _OFFSETS]
    for was, now in zip(stated, written, strict=True):
        if was[2] and len(was[2]) == 4:
            (pointed,) = struct.unpack("<I", was[2])
            target.seek(now[5] - 4)
            target.write(struct.pack("<I", _resolved(pointed, moved, following)))
    _last(target, before, after, moved, following)


def _resolved(pointed: int, moved: Mapping[int, int], following: Mapping[int, int]) -> int:
    seen: set[int] = set()
    while pointed and pointed not in moved and pointed not in seen:
        seen.add(pointed)
        pointed = following.get(pointed, 0)
    return moved.get(pointed, 0)


def _last(target: BinaryIO, before: Walk, after: Walk, moved: Mapping[int, int], following: Mapping[int, int]) -> None:
    """The last root record: follow the chain from the first one, since the one that was last may be gone."""
    first = next((one for one in before.elements if one[0] == _FIRST), None)
    last = next((one for one in after.elements if one[0] == _LAST), None)
    if first is None or last is None or not first[2]:
        return
    back = {new: old for old, new in moved.items()}
    (pointed,) = struct.unpack("<I", first[2])
    current = _resolved(pointed, moved, following)
    while current and (later := _resolved(following.get(back[current], 0), moved, following)):
        current = later
    target.seek(last[5] - 4)
    target.write(struct.pack("<I", current))


def _records(walk: Walk) -> Iterator[Scope]:
    seen: set[int] = set()
    for element in walk.elements:
        for scope in element[3]:
            if scope.sequence is not None and scope.sequence.tag == RECORDS and scope.start not in seen:
                seen.add(scope.start)
                yield scope


def _offset(walk: Walk, scope: Scope, tag: int) -> int:
    element: Element | None = next((one for one in walk.elements if one[0] == tag and one[3] is scope), None)
    return int(struct.unpack("<I", element[2])[0]) if element and element[2] and len(element[2]) == 4 else 0

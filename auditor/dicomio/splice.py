"""Turns edits into splices of a stream: what is cut, what is put there, and which lengths change with it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from auditor.dicomio.dictionary import LONG_VRS, VR_CODES
from auditor.dicomio.edits import Edit, Insert, Remove, RemoveItem, Replace, ReplaceBulk
from auditor.dicomio.element import UNDEFINED, Element, Scope
from auditor.dicomio.encoding import encode_element, encode_header, item_header, padded
from auditor.dicomio.heads import SEQUENCE_END
from auditor.dicomio.stream import Blob
from auditor.dicomio.syntax import Syntax

_NEAR = 1 << 16


class Splice(NamedTuple):
    """Bytes from `start` to `end` give way to `content`, which is `size` bytes long. `tag` orders insertions."""

    start: int
    end: int
    content: Iterable[bytes]
    size: int
    tag: int = 0

    @property
    def delta(self) -> int:
        """By how much the stream grows."""
        return self.size - (self.end - self.start)


class Splicer:
    """Collects the splices of one stream: the file meta, or the data set."""

    def __init__(self, stream: Blob, syntax: Syntax, elements: Sequence[Element], root: Scope) -> None:
        self._stream = stream
        self._near = b""
        self._syntax = syntax
        self._elements = elements
        self._root = root
        self._order = "little" if syntax.little else "big"
        self._made: list[tuple[Splice, Scope, int]] = []
        self._rows: dict[Scope, list[tuple[int, int]]] = {}
        self._kinds: dict[type, Callable[..., tuple[Splice, Scope, int]]] = {
            Replace: self._replace,
            Remove: self._remove,
            RemoveItem: self._remove_item,
            Insert: self._insert,
            ReplaceBulk: self._replace_bulk,
        }

    def add(self, edit: Edit) -> None:
        """Take one edit; raises ValueError when the new value does not fit its VR."""
        self._made.append(self._kinds[type(edit)](edit))

    def splices(self) -> list[Splice]:
        """All splices in order, lengths of what encloses them included; those within a removed part fall away."""
        if not self._made:
            return []
        kept = _outermost(self._made)
        grown: dict[int, int] = defaultdict(int)
        groups = {(own[3], own[0] >> 16): (own[4], own[5]) for own in self._elements if not own[0] & 0xFFFF}
        for splice, scope, tag in kept:
            if (groups or scope.sequence is not None) and splice.delta:
                self._enclosing(splice.delta, scope, tag, grown, groups)
        made = [splice for splice, _, _ in kept]
        lengthened: list[Splice] = []
        starts = [splice.start for splice in made]
        for place, delta in grown.items():
            before = bisect_right(starts, place) - 1
            if delta and (before < 0 or place >= made[before].end):
                lengthened.append(self._lengthened(place, delta))
        if not lengthened:
            return made
        made += lengthened
        return sorted(made, key=lambda splice: (splice.start, splice.end > splice.start, splice.tag))

    def _enclosing(
        self,
        delta: int,
        scope: Scope,
        tag: int,
        grown: dict[int, int],
        groups: dict[tuple[Scope, int], tuple[int, int]],
    ) -> None:
        """Add `delta` to every length written above a change: group, item, sequence, and so on to the root."""
        for each in scope:
            group = groups.get((each, tag >> 16))
            if group and tag & 0xFFFF and group[1] - group[0] in (12, 16):
                grown[group[1] - 4] += delta
            if each.sequence is None:
                return
            if not each.undefined:
                grown[each.start + 4] += delta
            if not each.sequence.undefined:
                grown[each.sequence.body - 4] += delta
            tag = each.sequence.tag

    def _lengthened(self, place: int, delta: int) -> Splice:
        value = int.from_bytes(self._read(place, 4), self._order) + delta  # type: ignore[arg-type]
        return Splice(place, place + 4, (value.to_bytes(4, self._order),), 4)  # type: ignore[arg-type]

    def _form(self, start: int) -> str:
        """The VR the element at `start` is written with; empty where none is written."""
        return VR_CODES.get(self._read(start + 4, 2), "") if self._syntax.explicit else ""

    def _read(self, start: int, count: int) -> bytes:
        """A few bytes of the stream. Headers lie together at its beginning, which is read once."""
        if start + count > _NEAR:
            return self._stream.pread(start, count)
        if not self._near:
            self._near = self._stream.pread(0, _NEAR)
        return self._near[start : start + count]

    def _replace(self, edit: Replace) -> tuple[Splice, Scope, int]:
        tag, vr, _, scope, start, end = edit.element
        written = self._form(start)
        content = encode_element(tag, edit.vr or written or vr, edit.value, bool(written), self._syntax.little)
        return Splice(start, end, (content,), len(content)), scope, tag

    def _remove(self, edit: Remove) -> tuple[Splice, Scope, int]:
        tag, _, _, scope, start, end = edit.element
        return Splice(start, end, (), 0), scope, tag

    def _remove_item(self, edit: RemoveItem) -> tuple[Splice, Scope, int]:
        scope = edit.scope
        if scope.parent is None or scope.sequence is None:
            raise ValueError("a root is no item")
        end = scope.end + 8 if scope.undefined and self._ends_written(scope) else scope.end
        return Splice(scope.start, end, (), 0), _Within(scope), 0xFFFF

    def _ends_written(self, scope: Scope) -> bool:
        mark = self._read(scope.end, 4)
        return mark == item_header(0, self._syntax.little, 0xFFFEE00D)[:4]

    def _insert(self, edit: Insert) -> tuple[Splice, Scope, int]:
        rows = self._rows.get(edit.scope)
        if rows is None:
            rows = self._rows[edit.scope] = [(own[0], own[4]) for own in self._elements if own[3] is edit.scope]
        explicit = bool(self._form(rows[0][1])) if rows else self._syntax.explicit
        place = next((start for tag, start in rows if tag > edit.tag), edit.scope.end)
        content = encode_element(edit.tag, edit.vr, edit.value, explicit, self._syntax.little)
        return Splice(place, place, (content,), len(content), edit.tag), edit.scope, edit.tag

    def _replace_bulk(self, edit: ReplaceBulk) -> tuple[Splice, Scope, int]:
        tag, vr, _, scope, start, end = edit.element
        written = self._form(start)
        vr, explicit = edit.vr or written or vr, bool(written)
        if explicit and vr not in LONG_VRS:
            raise ValueError(f"VR {vr} cannot hold a value of this kind")
        little = self._syntax.little
        if edit.encapsulated:
            fragments = [padded(chunk, "OB") for chunk in edit.chunks]
            header = encode_header(tag, vr, UNDEFINED, explicit, little)
            size = len(header) + sum(8 + len(fragment) for fragment in fragments) + 8
            return Splice(start, end, _framed(header, fragments, little), size), scope, tag
        length = edit.length + edit.length % 2
        header = encode_header(tag, vr, length, explicit, little)
        return Splice(start, end, _exactly(header, edit.chunks, edit.length), len(header) + length), scope, tag


class _Within(Scope):
    """Where an item stood: its own length is gone, those of its sequence and above are left to put right."""

    def __init__(self, item: Scope) -> None:
        super().__init__(item.parent, item.sequence, item.index, item.start, item.body, True)


def _framed(header: bytes, fragments: list[bytes], little: bool) -> Iterator[bytes]:
    yield header
    for fragment in fragments:
        yield item_header(len(fragment), little)
        yield fragment
    yield item_header(0, little, SEQUENCE_END)


def _exactly(header: bytes, chunks: Iterable[bytes], length: int) -> Iterator[bytes]:
    yield header
    given = 0
    for chunk in chunks:
        given += len(chunk)
        yield chunk
    if given != length:
        raise ValueError(f"{given} bytes were given for a value of {length}")
    if length % 2:
        yield b"\0"


def _outermost(made: list[tuple[Splice, Scope, int]]) -> list[tuple[Splice, Scope, int]]:
    """Leave out what lies within another splice; raises ValueError when one element is edited twice."""
    order = sorted((each[0][0], each[0][1] > each[0][0], -each[0][1], each[0][4], at) for at, each in enumerate(made))
    kept: list[tuple[Splice, Scope, int]] = []
    begun = reached = -1
    for start, _, end, _, at in order:
        if start < reached:
            if -end > reached or (start, -end) == (begun, reached):
                raise ValueError("one element is edited twice, or edits overlap")
            continue
        kept.append(made[at])
        begun, reached = start, -end
    return kept


class Shift:
    """By how much an offset of the old stream moves."""

    def __init__(self, splices: Sequence[Splice], before: int = 0) -> None:
        self._ends = [splice.end for splice in splices]
        self._moved = [before]
        for splice in splices:
            self._moved.append(self._moved[-1] + splice.delta)

    def __call__(self, offset: int) -> int:
        """The new place of what stood at `offset`."""
        return offset + self._moved[bisect_right(self._ends, offset)]

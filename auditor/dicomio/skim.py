"""A glance at the top level of a data set, for what must be known before it is walked."""

from __future__ import annotations

from typing import NamedTuple

from auditor.dicomio.element import UNDEFINED
from auditor.dicomio.heads import DELIMITER, NONE, NOTED, PIXELS, PLAIN, SEQUENCE, Heads
from auditor.dicomio.read import DicomFile

_SHORTEST = 48
_MOST = 4096
_DEEPEST = 16
_FURTHER = 1 << 20


class Stride(NamedTuple):
    """Elements that stood one after the other in the file before: their bytes, and the values asked for in them."""

    raw: bytes
    values: tuple[tuple[int, bytes], ...]


_STEP = Stride(b"", ())  # an element that differs from file to file


class Glance:
    """Picks values of the top level; strides over what is the same as in the file before, with the values in it.

    For one set of tags, and one byte order and VR form, those of `heads`.
    """

    def __init__(self, tags: frozenset[int], heads: Heads) -> None:
        self._tags = tags
        self._highest = max(tags, default=0)
        self._heads = heads
        self._strides: dict[bytes, Stride] = {}

    def at(self, file: DicomFile) -> dict[int, bytes]:
        """Raw values of those of the tags that stand at the top level; the first of each."""
        found, short = self._within(file.first, file.data_start)
        if short and len(file.first) < file.stream.size:
            found, _ = self._within(file.first + file.stream.pread(len(file.first), _FURTHER), file.data_start)
        return found

    def _within(self, held: bytes, start: int) -> tuple[dict[int, bytes], bool]:
        """The values in `held`, and whether these bytes end too early to tell all of them."""
        tags, found = self._tags, dict[int, bytes]()
        highest, table = self._highest, self._heads.table
        pos = start
        met: list[tuple[int, bytes]] = []
        pause = len(held)
        end = pos + 8
        while pos + 8 <= len(held):
            if pos == start:
                stride, pause = self._stride(held, pos)
                if stride is not None:
                    for tag, value in stride.values:
                        found.setdefault(tag, value)
                    pos = start = pos + len(stride.raw)
                    continue
            head = table.get(held[pos : pos + 8])
            plain = head and head[0] == PLAIN
            tag, body, end = (head[1], pos + 8, pos + head[3]) if head and plain else self._element(held, pos)
            if tag > highest:
                end = pos
            if not pos < end <= len(held):
                break
            if end > pause:
                self._keep(held, start, pos, met)
                start, met = end, []
            if tag in tags:
                found.setdefault(tag, held[body:end])
                if start != end:
                    met.append((tag, held[body:end]))
            pos = end
        self._keep(held, start, pos, met)
        return found, max(pos + 8, end) > len(held)

    def _element(self, held: bytes, pos: int, depth: int = 0) -> tuple[int, int, int]:
        """Tag, offset of the value and end of the element at `pos`; the end is 0 where no further step can be made.

        It lies beyond `held` where the bytes end first.
        """
        heads = self._heads
        head = held[pos : pos + 8]
        kind, tag, _, size = heads.table.get(head) or heads.learn(head)
        body = pos + 8
        if kind in (PLAIN, NOTED):
            return tag, body, pos + size
        body = pos + size
        if kind in (PIXELS, DELIMITER, NONE):
            return tag, body, 0
        if body > len(held):
            return tag, body, body
        length = heads.length(held, body - 4)[0]
        if length != UNDEFINED:
            return tag, body, body + length
        return tag, body, self._past_items(held, body, depth) if kind == SEQUENCE and depth < _DEEPEST else 0

    def _past_items(self, held: bytes, pos: int, depth: int) -> int:
        """Where a sequence of undefined length ends whose first item is at `pos` (PS3.5 7.5.1)."""
        heads = self._heads
        while pos + 8 <= len(held):
            mark = held[pos : pos + 4]
            if mark == heads.sequence_end:
                return pos + 8
            if mark != heads.item:
                return 0
            length = heads.length(held, pos + 4)[0]
            pos = pos + 8 + length if length != UNDEFINED else self._past_item(held, pos + 8, depth)
            if not pos:
                return 0
        return pos + 8

    def _past_item(self, held: bytes, pos: int, depth: int) -> int:
        """Where an item of undefined length ends whose first element is at `pos`."""
        while pos + 8 <= len(held):
            if held[pos : pos + 4] == self._heads.item_end:
                return pos + 8
            _, _, end = self._element(held, pos, depth + 1)
            if not end:
                return 0
            pos = end
        return pos + 8

    def _stride(self, held: bytes, pos: int) -> tuple[Stride | None, int]:
        """The stride that begins at `pos`, if it is whole there, and where it goes another way than last time."""
        head = held[pos : pos + 8]
        stride = self._strides.get(head)
        if stride is None:
            return None, len(held)
        if not stride.raw:
            return None, pos
        if held.startswith(stride.raw, pos):
            return stride, len(held)
        same = common_length(stride.raw, held[pos : pos + len(stride.raw)])
        _, _, end = self._element(held, pos)
        if pos + same < end:
            self._strides[head] = _STEP
        return None, pos + same

    def _keep(self, held: bytes, start: int, end: int, met: list[tuple[int, bytes]]) -> None:
        if end - start >= _SHORTEST:
            if len(self._strides) > _MOST:
                self._strides.clear()
            self._strides[held[start : start + 8]] = Stride(held[start:end], tuple(met))


def common_length(one: bytes, other: bytes) -> int:
    """How many bytes two values begin with in common, at least one."""
    low, high = 1, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


def peek(file: DicomFile, tags: frozenset[int]) -> dict[int, bytes]:
    """Raw values of those of `tags` that stand at the top level; the first of each.

    Looks no further than a megabyte, pixel data, something that is no element, or the highest tag asked for,
    whichever comes first. `Walker.peek` gives the same and costs less.
    """
    return Glance(tags, Heads(file.syntax.explicit, file.syntax.little, {})).at(file)

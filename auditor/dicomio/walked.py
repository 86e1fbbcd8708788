"""What a walk gives."""

from __future__ import annotations

from collections.abc import Sequence as Row
from dataclasses import dataclass, field
from typing import TypeAlias

from auditor.dicomio.element import Element, Scope, Stop, tag_text
from auditor.dicomio.heads import PIXEL_TAGS
from auditor.dicomio.memo import Pairs, Table
from auditor.model.outcome import Disposition

Known: TypeAlias = tuple[Scope, Pairs]
Slot: TypeAlias = tuple[Table, bytes]


@dataclass(frozen=True, slots=True)
class Bulk:
    """A value that was located and not loaded; offsets count in the stream of the data set.

    `fragments` are (offset, length) of the items of encapsulated pixel data, the offset table first.
    """

    element: Element
    offset: int
    length: int
    fragments: tuple[tuple[int, int], ...] = ()
    encapsulated: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A sequence that was walked: which of the elements and of the known ones lie within it."""

    scope: Scope
    first: int
    last: int
    known_first: int
    known_last: int

    def pairs(self, walk: Walk, verdicts: Row[object]) -> Pairs:
        """The true verdicts within the sequence, with locators relative to the scope it stands in."""
        found: list[tuple[str, object]] = []
        for place in range(self.first, self.last):
            if verdicts[place]:
                tag, _, _, scope, _, _ = walk.elements[place]
                found.append((scope.below(self.scope) + tag_text(tag), verdicts[place]))
        for scope, pairs in walk.known[self.known_first : self.known_last]:
            prefix = scope.below(self.scope)
            found += [(prefix + relative, verdict) for relative, verdict in pairs]
        return tuple(found)


@dataclass(slots=True)
class Walk:
    """What a walk met, in file order. See the package docstring.

    `slots` (where a memo keeps each element; empty without one) and `spans` belong to `Memo.keep`.
    `end` is the offset after the last element of the data set and `trailing` (offset, length) what lies
    beyond it. `gaps` are (offset, length) of damaged stretches within it that could not be read as elements.
    `read_bytes` is how much of the header was read.
    """

    root: Scope
    elements: list[Element] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    bulk: list[Bulk] = field(default_factory=list)
    slots: list[Slot | None] = field(default_factory=list)
    spans: list[tuple[Slot, Span]] = field(default_factory=list)
    end: int = 0
    trailing: tuple[int, int] = (0, 0)
    gaps: list[tuple[int, int]] = field(default_factory=list)
    stop: Stop | None = None
    read_bytes: int = 0

    @property
    def disposition(self) -> Disposition:
        """READ, or PARTLY_READ when the walk stopped early; `stop` says where and why."""
        return Disposition.PARTLY_READ if self.stop else Disposition.READ

    @property
    def pixels(self) -> Bulk | None:
        """The pixel data of the data set, located."""
        return next((bulk for bulk in self.bulk if bulk.element[0] in PIXEL_TAGS), None)

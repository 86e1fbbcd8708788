"""The words of the walk: elements, the scopes they stand in, and where a walk stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

UNDEFINED = 0xFFFFFFFF


class Sequence:
    """A sequence element met by the walk: where its header, its first item and what follows it stand."""

    __slots__ = ("body", "end", "start", "tag", "undefined")

    def __init__(self, tag: int, start: int, body: int, undefined: bool) -> None:
        self.tag = tag
        self.start = start
        self.body = body
        self.undefined = undefined
        self.end = body


class Scope:
    """One data set within a file: the file meta, the data set, or one item of a sequence.

    `parent` is the enclosing scope and `sequence`, `index` say which item of which sequence this is; a
    root has neither. `start` is the offset of the item's header, `body` of its first element and `end` of
    what follows its last one (before an item delimiter). `undefined` tells how its length is written.
    Both lookups, `charset` and `creator`, hold however the elements are ordered, once the walk is over.
    """

    __slots__ = ("body", "charset_value", "creators", "end", "index", "parent", "sequence", "start", "undefined")

    def __init__(
        self, parent: Scope | None, sequence: Sequence | None, index: int, start: int, body: int, undefined: bool
    ) -> None:
        self.parent = parent
        self.sequence = sequence
        self.index = index
        self.start = start
        self.body = body
        self.undefined = undefined
        self.end = body
        self.charset_value: bytes | None = None
        self.creators: dict[int, bytes] | None = None

    def __iter__(self) -> Iterator[Scope]:
        """This scope and those that enclose it, innermost first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    @property
    def path(self) -> tuple[tuple[int, int], ...]:
        """(sequence tag, item index) from the root down."""
        return tuple((scope.sequence.tag, scope.index) for scope in self if scope.sequence)[::-1]

    @property
    def depth(self) -> int:
        """Number of enclosing sequences."""
        return len(self.path)

    @property
    def charset(self) -> bytes:
        """Raw value of Specific Character Set in force here; items inherit it (PS3.5 6.1.2)."""
        return next((scope.charset_value for scope in self if scope.charset_value is not None), b"")

    @property
    def locator(self) -> str:
        """Path of this scope with a trailing dot, ``(0040,0275)[0].``, or an empty string for a root."""
        return self.below(None)

    def below(self, ancestor: Scope | None) -> str:
        """Path of this scope relative to `ancestor`, which is one of those that enclose it."""
        parts = []
        for scope in self:
            if scope is ancestor or scope.sequence is None:
                break
            parts.append(f"{tag_text(scope.sequence.tag)}[{scope.index}].")
        return "".join(reversed(parts))

    def creator(self, tag: int) -> str:
        """Private creator that reserved the block of private element `tag` in this scope, or an empty string."""
        raw = self.creators.get(creator_tag(tag)) if self.creators else None
        return raw.strip(b" \0").decode("latin-1") if raw else ""


# (tag, VR, value, scope, start, end): `tag` is gggg << 16 | eeee; `value` is the raw value, None where it was
# not loaded (a sequence, pixel data, a value beyond Limits.value); `start` is the offset of the element's
# header and `end` the offset of what follows its value, both in the stream of its root scope.
Element: TypeAlias = tuple[int, str, bytes | None, Scope, int, int]


class Reason(StrEnum):
    """Why a walk could not go on, or a value was not loaded."""

    TRUNCATED = "the file ends within an element"
    LENGTH = "an element is longer than what encloses it"
    DEPTH = "sequences are nested too deeply"
    ELEMENTS = "there are too many elements"
    SIZE = "the header is too large"
    FRAGMENTS = "pixel data have too many fragments"
    STRUCTURE = "bytes are not an element"
    INFLATE = "compressed bytes are damaged or end early"
    BOMB = "compressed bytes inflate beyond the bounds"
    VANISHED = "the file changed or vanished while it was read"


@dataclass(frozen=True, slots=True)
class Stop:
    """Where and why a walk stopped early. `locator` is a tag path, `offset` a byte offset in the stream."""

    reason: Reason
    locator: str
    offset: int

    def __str__(self) -> str:
        return f"{self.reason} (at byte {self.offset}{', ' + self.locator if self.locator else ''})"


def tag_text(tag: int) -> str:
    """``(0010,0020)``, in upper-case hex."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def creator_tag(tag: int) -> int:
    """Tag of the Private Creator element for the block of private element `tag` (PS3.5 7.8.1)."""
    return (tag & 0xFFFF0000) | ((tag >> 8) & 0xFF)


def locator(element: Element) -> str:
    """Tag path of an element: ``(0040,0275)[0].(0008,1030)``."""
    return element[3].locator + tag_text(element[0])

"""Extents within a file: sequences that were dealt with as a whole, and private blocks that hold nothing any more."""

from collections.abc import Iterator

from auditor.dicomio.element import Element, Scope, creator_tag


class Span:
    """The extent of one sequence in the file."""

    __slots__ = ("end", "root")

    def __init__(self) -> None:
        self.end = -1
        self.root: Scope | None = None

    def set(self, element: Element) -> None:
        """Take the extent of a sequence element."""
        self.end, self.root = element[5], root_of(element[3])

    def holds(self, element: Element) -> bool:
        """Whether an element that starts before `end` lies in the same stream."""
        return root_of(element[3]) is self.root


class Blocks:
    """Private creators whose blocks hold nothing any more (PS3.5 7.8.1)."""

    def __init__(self) -> None:
        self._creators: list[Element] = []
        self._used: set[tuple[int, int]] = set()

    def creator(self, element: Element) -> None:
        """A Private Creator element was met."""
        self._creators.append(element)

    def kept(self, element: Element) -> None:
        """An element stays; if it is private, so does its block."""
        tag = element[0]
        if tag & 0x10000:
            self._used.add((id(element[3]), creator_tag(tag)))

    def orphans(self) -> Iterator[Element]:
        """Creators of blocks of which nothing stays."""
        return (element for element in self._creators if (id(element[3]), element[0]) not in self._used)


def root_of(scope: Scope) -> Scope:
    """The file meta or data set a scope lies in."""
    while scope.parent is not None:
        scope = scope.parent
    return scope

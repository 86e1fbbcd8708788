"""Extents within a file: sequences that were dealt with as a whole, and private blocks that hold nothing any more."""

from collections.abc import Iterator

from auditor.dicomio.element import Element, Scope, creator_tag


class Span:
    """The extent of one sequence in the file."""

    __slots__ = ("end", "root")

    def __init__(self) -> None:
        self.end = -1
        self.root: Scope | None = None

    def take(self, element: Element) -> None:
        """Take the extent of an element if it is a sequence."""
        if element[1] == "SQ":
            self.end, self.root = element[5], root_of(element[3])

    def over(self, element: Element) -> bool:
        """Whether an element lies within the extent."""
        return element[4] < self.end and root_of(element[3]) is self.root


class Blocks:
    """Private creators whose blocks hold nothing any more (PS3.5 7.8.1)."""

    def __init__(self) -> None:
        self._creators: list[Element] = []
        self._used: set[tuple[int, int]] = set()

    def creator(self, element: Element) -> None:
        """A Private Creator element was met."""
        self._creators.append(element)

    def kept(self, element: Element) -> None:
        """A private element stays, and so does its block."""
        self._used.add((id(element[3]), creator_tag(element[0])))

    def orphans(self) -> Iterator[Element]:
        """Creators of blocks of which nothing stays."""
        return (element for element in self._creators if (id(element[3]), element[0]) not in self._used)


def root_of(scope: Scope) -> Scope:
    """The file meta or data set a scope lies in."""
    while scope.parent is not None:
        scope = scope.parent
    return scope

"""What judging an element gives: finds, and the verdict that gathers them."""

from typing import NamedTuple

from auditor.dicomio.dictionary import knows_creator
from auditor.dicomio.place import Origin, Text
from auditor.dicomio.safe_private import has_safe_private
from auditor.identifiers.hit import Hit
from auditor.identifiers.kind import Kind
from auditor.identifiers.protector import mask

LIMITED = frozenset((Kind.DATE, Kind.AGE, Kind.PLACE))


class Find(NamedTuple):
    """One identifier in one element. `fact` is an attribute group, or an origin ending in `_direct` or `_dates`."""

    fact: str
    value: str
    letter: str
    attribute: str
    detector: str
    suffix: str = ""


class Verdict:
    """What an element gives away; compared by identity, and made once for equal content.

    `is_block` says that there is nothing but a private element, which stands for the block it is in.
    """

    __slots__ = ("finds", "is_block", "says")

    def __init__(self, finds: tuple[Find, ...], says: tuple[tuple[str, str], ...]) -> None:
        self.finds = finds
        self.says = says
        self.is_block = not says and len(finds) == 1 and finds[0].fact == "private_unsafe"


def private_find(creator: str) -> Find:
    """What is told of a private block that is not known to be safe."""
    return Find("private_unsafe", "", "R", shown_creator(creator) or "no creator", "listed")


def shown_creator(creator: str) -> str:
    """A private creator as it may be told: masked, unless it is one that is known, since it may be a name."""
    return creator if knows_creator(creator) or has_safe_private(creator) else mask(creator)


def find_of(text: Text, hit: Hit, name: str, suffix: str) -> Find:
    """One hit in a text, as a find of the fact that the text's origin and the kind of hit lead to."""
    base = "text" if text.origin in (Origin.ELEMENT, Origin.ICON) else str(text.origin)
    side = "dates" if hit.kind in LIMITED else "direct"
    return Find(f"{base}_{side}", text.text[hit.start : hit.end], hit.letter, name, hit.detector, suffix)

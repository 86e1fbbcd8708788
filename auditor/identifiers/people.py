"""Names of people whom nobody knew before: next to titles, relations, roles and labels, or by their shape."""

from collections.abc import Iterator

from auditor.identifiers.announced import announced, apposed, before_degree
from auditor.identifiers.field import Nature
from auditor.identifiers.hit import Explanation, Hit
from auditor.identifiers.kind import Kind
from auditor.identifiers.phrase import Phrase
from auditor.identifiers.places import Placed, placed
from auditor.identifiers.shapes import shaped

_PLACED = frozenset((Nature.FREE_TEXT, Nature.BYTES, Nature.OCR))
_NAMED = frozenset(
    (Nature.FREE_TEXT, Nature.BYTES, Nature.OCR, Nature.FILE_NAME, Nature.PERSON_NAME, Nature.DESCRIPTION)
)


def names(phrase: Phrase, notes: list[Explanation]) -> Iterator[Hit]:
    """Every name in the phrase, in order, and the towns that would pass for one; what was refused goes to `notes`."""
    if phrase.nature not in _NAMED:
        return
    place = 0
    while place < len(phrase.tokens):
        town = placed(phrase, place) if phrase.nature is not Nature.PERSON_NAME else None
        if town:
            yield from _town(phrase, place, town)
            place = town.end + 1
            continue
        found = (
            announced(phrase, place)
            or before_degree(phrase, place)
            or apposed(phrase, place)
            or shaped(phrase, place, notes)
        )
        if found:
            first, last, detector, sure, reason = found
            start, end = phrase.span(first, last)
            yield Hit(start, end, Kind.NAME, detector, sure, reason)
            place = max(place, last)
        place += 1


def _town(phrase: Phrase, first: int, town: Placed) -> Iterator[Hit]:
    """A town where sentences stand; descriptions and codes name towns that no patient comes from."""
    if town.small and phrase.nature in _PLACED:
        yield Hit(*phrase.span(first, town.last), Kind.PLACE, "places.town", 0.75, "the name of a town")

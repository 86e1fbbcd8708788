"""Names of people whom nobody knew before: next to titles, relations, roles and labels, or by their shape."""

from collections.abc import Iterator

from auditor.identifiers.announced import announced, apposed, before_degree
from auditor.identifiers.field import Nature
from auditor.identifiers.hit import Explanation, Hit
from auditor.identifiers.kind import Kind
from auditor.identifiers.phrase import Phrase
from auditor.identifiers.shapes import shaped

_NAMED = frozenset(
    (Nature.FREE_TEXT, Nature.BYTES, Nature.OCR, Nature.FILE_NAME, Nature.PERSON_NAME, Nature.DESCRIPTION)
)


def names(phrase: Phrase, notes: list[Explanation]) -> Iterator[Hit]:
    """Every name in the phrase, in order; what was refused goes to `notes`."""
    if phrase.nature not in _NAMED:
        return
    place = 0
    while place < len(phrase.tokens):
        found = (
            announced(phrase, place)
            or before_degree(phrase, place)
            or apposed(phrase, place)
            or shaped(phrase, place, notes)
        )
        if found:
            first, last, detector, sure, reason = found
            start, end = phrase.folded.span(phrase.tokens[first].start, phrase.tokens[last].end)
            yield Hit(start, end, Kind.NAME, detector, sure, reason)
            place = max(place, last)
        place += 1

"""Decides between hits that overlap: the surer keeps its span, the other keeps what is left of it."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator

from auditor.identifiers.hit import Hit
from auditor.identifiers.kind import Kind

_COMPOUND = frozenset((Kind.ADDRESS, Kind.PLACE, Kind.URL, Kind.EMAIL))
_NUMBERS = frozenset(Kind) - _COMPOUND - {Kind.NAME}
_EDGES = " \t\r\n.,;:^_-/()=\\\0|#"
_LEAST_LEFT = 3
_WHOLE = ("people.context", "scripts.", "general.context")


def settled(text: str, hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Hits sorted by start, none overlapping another; nothing that identifies is lost.

    Addresses and links that hold another hit keep it as their part. What is left of a weaker hit is kept
    if it is a word or more; what is left of a number is none.
    """
    kept: list[Hit] = []
    for hit in sorted(_without_birthdays(tuple(hits)), key=_rank):
        pieces = [hit]
        for other in _touched(kept, hit):
            pieces = [piece for old in pieces for piece in _without(text, old, other)]
        for piece in pieces:
            insort(kept, piece, key=_start)
    return tuple(kept)


def _without_birthdays(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """The hits without dates inside numbers of registers, which often hold the date of birth."""
    registers = [hit for hit in hits if hit.kind is Kind.NATIONAL_ID]
    if not registers:
        return hits
    return tuple(
        hit
        for hit in hits
        if hit.kind is not Kind.DATE or not any(one.start <= hit.start and hit.end <= one.end for one in registers)
    )


def _start(hit: Hit) -> int:
    return hit.start


def _touched(kept: list[Hit], hit: Hit) -> list[Hit]:
    """Those of `kept` (sorted, apart from one another) that overlap `hit`."""
    first = max(0, bisect_right(kept, hit.start, key=_start) - 1)
    last = bisect_left(kept, hit.end, key=_start)
    return kept[first:last]


def _rank(hit: Hit) -> tuple[float, int, int]:
    compound = hit.kind in _COMPOUND and hit.confidence >= 0.8
    known = hit.detector.startswith(("identity.", "roster."))
    return -(hit.confidence + compound + 0.2 * known), hit.start - hit.end, hit.start


def _without(text: str, hit: Hit, other: Hit) -> Iterator[Hit]:
    if hit.end <= other.start or hit.start >= other.end:
        yield hit
        return
    for start, end in ((hit.start, other.start), (other.end, hit.end)):
        while start < end and text[start] in _EDGES:
            start += 1
        while start < end and text[end - 1] in _EDGES:
            end -= 1
        telling = sum(map(str.isalnum, text[start:end]))
        if telling >= _LEAST_LEFT and hit.kind not in _NUMBERS and not hit.detector.startswith(_WHOLE):
            yield Hit(start, end, hit.kind, hit.detector, hit.confidence, hit.reason)

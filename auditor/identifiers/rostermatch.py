"""Seeks the people of a patient list: two parts of one person side by side, or one of their numbers."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from auditor.identifiers.dates import parse
from auditor.identifiers.fold import Folded, Token, simple, words
from auditor.identifiers.hit import Hit
from auditor.identifiers.kind import Kind
from auditor.identifiers.roster import Roster
from auditor.identifiers.spelling import parts, umlauts

_REACH = 3
_SHORTEST_NUMBER = 5
_REASON = "on the patient list"


@dataclass(frozen=True, slots=True)
class RosterIndex:
    """Words to the people who bear them, and numbers of anyone."""

    words: dict[str, frozenset[int]]
    numbers: frozenset[str]
    dates: frozenset[date]


@lru_cache(maxsize=4)
def index(roster: Roster) -> RosterIndex:
    """The patient list made ready, once."""
    bearers: dict[str, set[int]] = defaultdict(set)
    numbers: set[str] = set()
    dates: set[date] = set()
    for number, person in enumerate(roster.people):
        for name in person.names:
            for spelt in {name, umlauts(name)}:
                for part in parts(spelt):
                    for word in (*part.family, *part.given):
                        bearers[word].add(number)
        for other in person.others:
            found = parse(other)
            if found:
                dates.add(found)
            else:
                squeezed = "".join(words(simple(other)))
                if len(squeezed.lstrip("0")) >= _SHORTEST_NUMBER and any(char.isdecimal() for char in squeezed):
                    numbers.update((squeezed, squeezed.lstrip("0")))
    return RosterIndex({word: frozenset(who) for word, who in bearers.items()}, frozenset(numbers), frozenset(dates))


def roster_hits(folded: Folded, tokens: Sequence[Token], roster: Roster) -> Iterator[Hit]:
    """Hits of the patient list in one text; linear in its length."""
    people = index(roster)
    for place, token in enumerate(tokens):
        if token.text.lstrip("0") in people.numbers or token.text in people.numbers:
            start, end = folded.span(token.start, token.end)
            yield Hit(start, end, Kind.RECORD_NUMBER, "roster.number", 0.95, _REASON)
        for joined, last in _runs(folded, tokens, place):
            if joined in people.numbers:
                start, end = folded.span(token.start, last)
                yield Hit(start, end, Kind.RECORD_NUMBER, "roster.number", 0.95, _REASON)
        bearers = people.words.get(token.text)
        if bearers:
            yield from _pair(folded, tokens, place, bearers, people)


def _pair(
    folded: Folded, tokens: Sequence[Token], place: int, bearers: frozenset[int], people: RosterIndex
) -> Iterator[Hit]:
    for other in tokens[place + 1 : place + _REACH]:
        shared = bearers & people.words.get(other.text, frozenset())
        if shared and other.text != tokens[place].text and other.start - tokens[place].end <= _REACH + 5:
            start, end = folded.span(tokens[place].start, other.end)
            yield Hit(start, end, Kind.NAME, "roster.name", 0.97, _REASON)
            return


def _runs(folded: Folded, tokens: Sequence[Token], place: int) -> Iterator[tuple[str, int]]:
    """The token joined with one to four that follow it over single separators (ab-12 345), and where each run ends."""
    joined, end = tokens[place].text, tokens[place].end
    for token in tokens[place + 1 : place + 5]:
        if token.start - end > 1 or folded.text[end : token.start].strip(" -./_"):
            return
        joined, end = joined + token.text, token.end
        yield joined, end

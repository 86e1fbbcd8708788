"""Towns that a text names by themselves or before their country, so that none of them is taken for a person."""

from functools import lru_cache
from typing import NamedTuple

from auditor.identifiers.phrase import Phrase, is_medical
from auditor.identifiers.resource import wordlist
from auditor.identifiers.vocabulary import is_given, is_ordinary, is_surname

_BETWEEN = (" ", "-", "'", "\u2019", ". ", "\u00a0")
_BEFORE_HOME = (", ", ",", " (")


class Placed(NamedTuple):
    """Where the name of a place ends and where its country does; `small` is False for a country or a state alone."""

    last: int
    end: int
    small: bool


def placed(phrase: Phrase, first: int) -> Placed | None:
    """The place that is named at `first`: a large city of several words, a town before its country, a region."""
    if not phrase.capital(first):
        return None
    for last, name in _names(phrase, first):
        end = _home(phrase, last, name)
        if end:
            return Placed(last, end, small=True)
        if last > first and not _headed(phrase, first, last) and not _named(phrase, last):
            if name in wordlist("cities"):
                return Placed(last, last, small=True)
            if name in _regions():
                return Placed(last, last, small=False)
    return None


@lru_cache(maxsize=1)
def announcing() -> frozenset[str]:
    """Of the name of each city, country and region the word that other texts hold least."""
    names = (name.split("_") for name in (*wordlist("cities"), *_regions()))
    return frozenset(max(name, key=lambda word: (not is_ordinary(word), len(word))) for name in names)


def is_city(word: str) -> bool:
    """Whether a folded word is the name of a city of half a million."""
    return word in wordlist("cities")


def _names(phrase: Phrase, first: int) -> list[tuple[int, str]]:
    """The runs of words that begin at `first` as some place does, the longest first, with their last words."""
    longest = _longest().get(phrase.word(first), 1)
    last, found = first, [phrase.word(first)]
    runs = [(last, found[0])]
    while len(found) < longest and last + 1 < len(phrase.tokens) and phrase.gap(last) in _BETWEEN:
        last += 1
        found.append(phrase.word(last))
        if phrase.capital(last):
            runs.append((last, "_".join(found)))
    return runs[::-1]


def _home(phrase: Phrase, last: int, name: str) -> int:
    """The last word of the country or region behind a town that lies in it, or 0."""
    after = last + 1
    if phrase.gap(last) not in _BEFORE_HOME or after >= len(phrase.tokens) or not phrase.capital(after):
        return 0
    if _state(phrase, after) and not is_ordinary(name) and f"{name}=us{phrase.word(after)}" in wordlist("towns"):
        return after
    for end, region in _names(phrase, after):
        if any(f"{name}={code}" in wordlist("towns") for code in _regions().get(region, ())):
            return end
    return 0


def _state(phrase: Phrase, place: int) -> bool:
    """Whether the word is written as the codes of American states are, in a text that has small letters too."""
    return len(phrase.word(place)) == 2 and phrase.raw(place).isupper() and not phrase.shouted


def _headed(phrase: Phrase, first: int, last: int) -> bool:
    """Whether the place lends its name to something: `Los Angeles classification`, `Cape Town stroke protocol`."""
    after = phrase.word(last + 1)
    if not after:
        return False
    if phrase.headed(last) or phrase.headed(last + 1):
        return True
    if phrase.gap(last) != " " or phrase.shouted:
        return phrase.gap(last) == " " and is_medical(after)
    opens = first == 0 and not phrase.capital(last + 1)
    return opens or is_medical(after) or (is_ordinary(after) and phrase.capital(last + 1))


def _named(phrase: Phrase, last: int) -> bool:
    """Whether somebody is called like a place: `San Martin, José`, `Santa Maria Rossi`."""
    after, gap = last + 1, phrase.gap(last)
    word = phrase.word(after)
    if not word or gap not in (" ", ", ", ",", "^") or not phrase.capital(after) or is_ordinary(word):
        return False
    return (is_surname(word) if gap == " " else is_given(word)) and word not in _regions()


@lru_cache(maxsize=1)
def _regions() -> dict[str, tuple[str, ...]]:
    rows = (row.partition("=") for row in wordlist("regions"))
    return {name: tuple(codes.split(",")) for name, _, codes in rows}


@lru_cache(maxsize=1)
def _longest() -> dict[str, int]:
    """How many words the longest place has that begins with a word, of those with two or more."""
    longest: dict[str, int] = {}
    for name in (*wordlist("cities"), *_regions(), *(row.partition("=")[0] for row in wordlist("towns"))):
        first, *rest = name.split("_")
        if rest:
            longest[first] = max(longest.get(first, 2), len(rest) + 1)
    return longest

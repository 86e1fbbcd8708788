"""The parts of a person's name, and the spellings under which each may turn up."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from auditor.identifiers.fold import simple, words
from auditor.identifiers.resource import table
from auditor.identifiers.vocabulary import words_of

_LATIN = 0x2E7F  # scripts of East Asia lie beyond
_CODES = {
    **dict.fromkeys("bfpv", "1"),
    **dict.fromkeys("cgjkqsxz", "2"),
    **dict.fromkeys("dt", "3"),
    "l": "4",
    **dict.fromkeys("mn", "5"),
    "r": "6",
}


@dataclass(frozen=True, slots=True)
class NameParts:
    """Folded words of one name: family and given; `ordered` is False when which is which is a guess."""

    family: tuple[str, ...]
    given: tuple[str, ...]
    ordered: bool = True


def parts(value: str) -> Iterator[NameParts]:
    """The parts of a name: PS3.5 6.2 (`FAMILY^Given^Middle=ideographic=phonetic`), `Last, First` or `First Last`.

    Titles, degrees and placeholders are left out.
    """
    for group in value.split("="):
        if "^" in group:
            components = group.split("^")
            yield NameParts(_words(components[0]), _words(" ".join(components[1:3])))
        elif "," in group or "、" in group:
            family, _, given = group.replace("、", ",").partition(",")
            yield NameParts(_words(family), _words(given))
        else:
            found = _words(group)
            if found:
                yield NameParts(found[-1:], found[:-1], ordered=len(found) == 1)


def _words(text: str) -> tuple[str, ...]:
    drop = _no_names()
    found = [word for word in words(simple(text)) if not word.isdecimal()]
    if any(ord(char) > _LATIN for char in text):
        return tuple(found)  # what romanises to `no` or `dr` is none
    kept = tuple(word for word in found if word not in drop)
    return kept or tuple(word for word in found if word not in words_of("placeholders") and len(found) == 1)


@lru_cache(maxsize=1)
def _no_names() -> frozenset[str]:
    return words_of("titles") | words_of("suffixes") | words_of("placeholders")


@lru_cache(maxsize=1)
def _exchanges() -> tuple[tuple[str, str], ...]:
    """What may stand for what: groups of letters, each the other way round too where it is more than one."""
    pairs = table("romanisation")["respellings"]
    return tuple((one, other) for pair in pairs for one, other in (pair, pair[::-1]) if len(one) > 1)


@lru_cache(maxsize=4096)
def respelt(word: str) -> frozenset[str]:
    """A folded word with each known exchange of letters applied alone (mueller: muller; kh: h), the word included."""
    if not word.isascii():
        return frozenset((word,))
    found = {word}
    if len(word) > 4:
        found.update([word.replace(one, other) for one, other in _exchanges() if one in word])
    return frozenset(item for item in found if len(item) >= min(4, len(word)))


def umlauts(value: str) -> str:
    """The text with ä, ö, ü, ø, å written as ae, oe, ue, oe, aa."""
    swaps = table("romanisation")["umlauts"]
    return "".join(swaps.get(char, swaps.get(char.lower(), char)) for char in value)


@lru_cache(maxsize=16384)
def sound(word: str) -> str:
    """American Soundex of a folded word: its first letter and three digits; empty for other scripts."""
    if not word.isascii() or not word.isalpha():
        return ""
    code, last = word[0], _CODES.get(word[0], "")
    for char in word[1:]:
        digit = _CODES.get(char, "")
        if digit and digit != last:
            code += digit
        if char not in "hw":
            last = digit
    return (code + "000")[:4]


def near(one: str, other: str, limit: int) -> bool:
    """Whether at most `limit` letters must be put in, left out or exchanged to turn one word into the other."""
    if abs(len(one) - len(other)) > limit:
        return False
    row = list(range(len(other) + 1))
    for index, char in enumerate(one, 1):
        previous, row[0] = row[0], index
        for place, against in enumerate(other, 1):
            previous, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, previous + (char != against))
        if min(row) > limit:
            return False
    return row[-1] <= limit

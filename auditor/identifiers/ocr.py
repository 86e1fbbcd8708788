"""Seeks a known identity in text that was read from a picture, where letters are confused and spaces lost."""

import re
from datetime import date
from functools import lru_cache

from auditor.identifiers.compiled import Compiled
from auditor.identifiers.dates import find, is_month, month_names
from auditor.identifiers.field import Nature
from auditor.identifiers.hit import Hit
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.identifiers.matcher import Text, compiled
from auditor.identifiers.phrase import Phrase
from auditor.identifiers.places import is_city, placed
from auditor.identifiers.spelling import near
from auditor.identifiers.vocabulary import is_eponym, is_given, is_ordinary, is_surname, words_of

_ALIKE = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "5": "s", "8": "b", "6": "g", "2": "z", "|": "l", "q": "g", "9": "g"}
)
_DIGITS = str.maketrans(
    {"o": "0", "l": "1", "i": "1", "s": "5", "b": "8", "z": "2", "q": "9", "g": "9", "|": "1", "d": "0", "!": "/"}
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_ONE_ERROR = 6
_TWO_ERRORS = 10
_SHORTEST = 4
_LONGEST = 200
_LONE = 3
_DATE_DIGITS = 8


def seek(text: Text, identity: Identity) -> list[Hit]:
    """Names and numbers of `identity` in OCR text, with 0/O, 1/l/I and the like and single misreadings forgiven."""
    target = compiled(identity)
    known = [*_names(text, target), *_places(text, target), *_numbers(text, target), *_dates(text, target)]
    return (known or _lone(text)) + _fuzzy(text)


def _lone(text: Text) -> list[Hit]:
    """A line that is nothing but a name, with a date or number at most: pictures write names without more."""
    telling = [token for token in text.tokens if token.text.isalpha() and not is_month(token.text)]
    found = [token.text for token in telling]
    full = [word for word in found if len(word) > 1]
    if not 0 < len(found) <= _LONE or not full or any(_no_name(word) for word in full) or _towns(text):
        return []
    paired = len(full) > 1 and any(map(is_given, full)) and any(map(is_surname, full))
    single = len(full) == 1 and len(full[0]) >= _SHORTEST and is_surname(full[0]) and not is_ordinary(full[0])
    start, last = text.folded.span(telling[0].start, telling[-1].end)
    if not (paired or single) or (single and text.folded.original[start].islower()):
        return []
    if single and is_city(full[0]):
        return [Hit(start, last, Kind.PLACE, "ocr.lone", 0.6, "a line of a picture that is nothing but a city")]
    return [Hit(start, last, Kind.NAME, "ocr.lone", 0.6, "a line of a picture that is nothing but a name")]


def _towns(text: Text) -> bool:
    """Whether the line names a town or region, or begins as such names do: San Diego."""
    phrase = Phrase(text.folded, text.tokens, Nature.OCR)
    first = next((token.text for token in text.tokens if token.text.isalpha()), "")
    return first in words_of("saints") or any(placed(phrase, place) for place in range(len(text.tokens)))


def _no_name(word: str) -> bool:
    return len(word) < _SHORTEST - 1 or is_eponym(word) or (is_ordinary(word) and not is_given(word))


def _fuzzy(text: Text) -> list[Hit]:
    """A month with one or two letters misread, a day and a year, whoever's date it is (Oclober 10, 1989)."""
    hits = []
    for month, day, year in zip(text.tokens, text.tokens[1:], text.tokens[2:], strict=False):
        dated = day.text.isdecimal() and 0 < int(day.text[:3]) < 32 and _YEAR.fullmatch(year.text) is not None
        if dated and month.text.isalpha() and len(month.text) > _SHORTEST and _monthly(month.text):
            first, last = text.folded.span(month.start, year.end)
            hits.append(Hit(first, last, Kind.DATE, "ocr.month", 0.7, "a date whose month was misread"))
    return hits


@lru_cache(maxsize=4096)
def _monthly(word: str) -> bool:
    names = (name for month in range(1, 13) for name in month_names(month) if len(name) > _SHORTEST)
    return any(near(word, name, 2 if len(name) > _ONE_ERROR else 1) for name in names)


@lru_cache(maxsize=256)
def _alike(word: str) -> str:
    return word.translate(_ALIKE).replace("rn", "m").replace("vv", "w")


def _names(text: Text, target: Compiled) -> list[Hit]:
    hits = []
    for start, end, word in _chunks(text):
        if (
            len(word) >= _SHORTEST
            and not word.isdecimal()
            and any(_reads_as(_alike(word), form) for form in _forms(target))
        ):
            first, last = text.folded.span(start, end)
            hits.append(Hit(first, last, Kind.NAME, "ocr.name", 0.85, "a known name, as text recognition misreads it"))
    return hits


@lru_cache(maxsize=64)
def _forms(target: Compiled) -> tuple[str, ...]:
    """Names long enough to be told from other words although letters are wrong, as they look to a recogniser."""
    weak = {name for name in target.joined_only if len(name) >= _ONE_ERROR and name not in words_of("medicine")}
    shortened = {name + first for name in target.alone for first in target.initials if len(name) + 1 >= _ONE_ERROR}
    names = {*target.alone, *target.run_together, *weak, *shortened}
    return tuple(sorted(_alike(name) for name in names if len(name) >= _SHORTEST and name.isascii()))


def _reads_as(read: str, form: str) -> bool:
    limit = 2 if len(form) >= _TWO_ERRORS else 1 if len(form) >= _ONE_ERROR else 0
    return (len(form) > _SHORTEST and form in read) or (limit > 0 and near(read, form, limit))


def _places(text: Text, target: Compiled) -> list[Hit]:
    """Known institutions and addresses as a whole line, one letter in eight wrong."""
    read = _alike(text.squeezed)
    for needle in target.needles:
        if needle.kind in (Kind.PLACE, Kind.ADDRESS) and len(needle.text) >= _TWO_ERRORS:
            form = _alike(needle.text)
            if form in read or near(read, form, len(form) // 8):
                reason = "a known place, as text recognition misreads it"
                return [Hit(0, len(text.folded.original), needle.kind, "ocr.place", 0.8, reason)]
    return []


def _chunks(text: Text) -> list[tuple[int, int, str]]:
    """Runs of letters and digits without anything between them."""
    chunks: list[tuple[int, int, str]] = []
    for token in text.tokens:
        if chunks and chunks[-1][1] == token.start:
            start, _, word = chunks[-1]
            chunks[-1] = (start, token.end, word + token.text)
        else:
            chunks.append((token.start, token.end, token.text))
    return chunks


def _numbers(text: Text, target: Compiled) -> list[Hit]:
    hits = []
    needles = {
        needle.text.translate(_DIGITS): needle.kind
        for needle in target.needles
        if sum(map(str.isdecimal, needle.text)) > 4
    }
    for start, end, word in _chunks(text):
        read = word.translate(_DIGITS)
        if sum(map(str.isdecimal, word)) * 2 < len(word):
            continue
        kind = next((kind for needle, kind in needles.items() if needle in read), None)
        if kind:
            first, last = text.folded.span(start, end)
            hits.append(Hit(first, last, kind, "ocr.number", 0.85, "a known number, as text recognition misreads it"))
    return hits


def _dates(text: Text, target: Compiled) -> list[Hit]:
    """Known dates with letters read for digits (0l/O2/1990), lost separators (06-1459) or a misread month (Oclober)."""
    original = text.folded.original
    if not target.dates or len(original) > _LONGEST:
        return []
    reason = "a known date, as text recognition misreads it"
    hits = [
        Hit(found.start, found.end, Kind.DATE, "ocr.date", 0.85, reason)
        for found in find(original.lower().translate(_DIGITS))
        if not target.dates.isdisjoint(found.candidates)
    ]
    if not hits and any(_shows(day, text) for day in target.dates):
        start = next((token.start for token in text.tokens if token.text.isdecimal() and len(token.text) > 1), 0)
        first, last = text.folded.span(start, text.tokens[-1].end)
        hits.append(Hit(first, last, Kind.DATE, "ocr.date", 0.75, reason))
    return hits


def _shows(day: date, text: Text) -> bool:
    read = "".join(token.text for token in text.tokens if token.text.isdecimal())
    layouts = ("%d%m%Y", "%m%d%Y", "%Y%m%d", "%d%m%y", "%m%d%y", "%y%m%d")
    if len(read) <= _DATE_DIGITS and any(read == day.strftime(layout) for layout in layouts):
        return True
    numbers = {token.text.lstrip("0") for token in text.tokens if token.text.isdecimal()}
    if not {str(day.year), str(day.day)} <= numbers and not {day.strftime("%y").lstrip("0"), str(day.day)} <= numbers:
        return False
    words = [token.text for token in text.tokens if token.text.isalpha() and len(token.text) > 2]
    return any(
        near(word, name, 2 if len(name) > _ONE_ERROR else 1) for word in words for name in month_names(day.month)
    )

"""Seeks a known identity in text that was read from a picture, where letters are confused and spaces lost."""

from functools import lru_cache

from auditor.identifiers.compiled import Compiled
from auditor.identifiers.dates import DateFound, find
from auditor.identifiers.hit import Hit
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.identifiers.matcher import Text, compiled
from auditor.identifiers.spelling import near
from auditor.identifiers.vocabulary import words_of

_ALIKE = str.maketrans(
    {"0": "o", "1": "l", "i": "l", "5": "s", "8": "b", "6": "g", "2": "z", "|": "l", "q": "g", "9": "g"}
)
_DIGITS = str.maketrans(
    {"o": "0", "l": "1", "i": "1", "s": "5", "b": "8", "z": "2", "q": "9", "g": "9", "|": "1", "d": "0", "!": "/"}
)
_ONE_ERROR = 6
_TWO_ERRORS = 10
_SHORTEST = 4


def seek(text: Text, identity: Identity) -> list[Hit]:
    """Names and numbers of `identity` in OCR text, with 0/O, 1/l/I and the like and single misreadings forgiven."""
    target = compiled(identity)
    return [*_names(text, target), *_places(text, target), *_numbers(text, target), *_dates(text, target)]


@lru_cache(maxsize=256)
def _alike(word: str) -> str:
    return word.translate(_ALIKE).replace("rn", "m").replace("vv", "w")


def _names(text: Text, target: Compiled) -> list[Hit]:
    hits = []
    for start, end, word in _chunks(text):
        if (
            len(word) >= _SHORTEST
            and not word.isdigit()
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
        if sum(map(str.isdigit, needle.text)) > 4
    }
    for start, end, word in _chunks(text):
        read = word.translate(_DIGITS)
        if sum(map(str.isdigit, word)) * 2 < len(word):
            continue
        kind = next((kind for needle, kind in needles.items() if needle in read), None)
        if kind:
            first, last = text.folded.span(start, end)
            hits.append(Hit(first, last, kind, "ocr.number", 0.85, "a known number, as text recognition misreads it"))
    return hits


def _dates(text: Text, target: Compiled) -> list[Hit]:
    """Dates with letters read for digits (0l/O2/1990)."""
    original = text.folded.original
    if not target.dates or len(original) > 200:
        return []
    return [
        Hit(found.start, found.end, Kind.DATE, "ocr.date", 0.85, "a known date, as text recognition misreads it")
        for found in _read(original.lower().translate(_DIGITS))
        if not target.dates.isdisjoint(found.candidates)
    ]


def _read(text: str) -> tuple[DateFound, ...]:
    return find(text)

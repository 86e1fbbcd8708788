"""Folds text to lower-case letters without accents, in Latin script where that is feasible, and keeps the way back."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from auditor.identifiers.resource import table

_SIGNS = (  # vowels and other signs of Indic and Thai script are no letters to \w
    "\u0900-\u0963\u0971-\u09e5\u09f0-\u0a65\u0a70-\u0ae5\u0b00-\u0b65\u0b71-\u0be5\u0c00-\u0c65\u0c80-\u0ce5\u0d00-\u0d65\u0d80-\u0ddf"
    "\u0e01-\u0e2e\u0e30-\u0e3a\u0e40-\u0e4e"
)
_TOKEN = re.compile(rf"[a-z]+|\d+|(?:[^\W\d_a-z]|[{_SIGNS}])+")
_HANGUL = range(0xAC00, 0xD7A4)
_FIRST_KANA, _MARKS, _VOID = "\uff66", "\uff9e\uff9f", "\u3099"  # half width; its sound marks; one that combines
_SMALL_TSU = "っ"


class Token(NamedTuple):
    """One run of letters or of digits: its folded text and its span in the folded text."""

    text: str
    start: int
    end: int


class Folded(NamedTuple):
    """A text and its folded form. `starts[i]` is the place in `original` of folded character i; None if equal."""

    original: str
    text: str
    starts: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Span in the original of a span in the folded text; marks that combine with the last letter belong to it."""
        if self.starts is None:
            return start, end
        first, last = self.starts[start], self.starts[end - 1] + 1
        while last < len(self.original) and unicodedata.combining(self.original[last]):
            last += 1
        return first, last

    def tokens(self) -> tuple[Token, ...]:
        """The words and numbers of the folded text, in order."""
        return tuple([Token(found[0], found.start(), found.end()) for found in _TOKEN.finditer(self.text)])


def words(text: str) -> list[str]:
    """The words and numbers of a text that is folded already."""
    return _TOKEN.findall(text)


def fold(text: str) -> Folded:
    """Fold `text`. Linear; ASCII costs one call of lower()."""
    if text.isascii():
        return Folded(text, text.lower(), None)
    pieces: list[str] = []
    starts: list[int] = []
    for place, piece, eats in _pieces(text):
        if eats and pieces and pieces[-1][-1:] == "i":
            pieces[-1] = pieces[-1][:-1]
            starts.pop()
        pieces.append(piece)
        starts.extend([place] * len(piece))
    return Folded(text, "".join(pieces), tuple(starts))


def simple(text: str) -> str:
    """The folded text alone."""
    return fold(text).text


def _pieces(text: str) -> Iterator[tuple[int, str, bool]]:
    small = table("romanisation")["kana_small"]
    doubled = False
    wide = _widened(text)
    for place, char in enumerate(wide):
        if char.isascii():
            yield place, char.lower(), False
            continue
        kana = _hiragana(char)
        if kana == _SMALL_TSU:
            doubled = True
        elif kana in small:
            yield place, _after_i(wide, place, small[kana]), True
        else:
            piece = _fold_char(char)
            yield place, piece[:1] + piece if doubled and piece.isascii() else piece, False
            doubled = False


def _widened(text: str) -> str:
    """The text with half-width kana (JIS X 0201) in full width, place by place; a sound mark joins what precedes it."""
    if not any(_FIRST_KANA <= char <= _MARKS[-1] for char in text):
        return text
    return "".join(_wide(char, text[place + 1 : place + 2]) for place, char in enumerate(text))


def _wide(char: str, following: str) -> str:
    if char in _MARKS:
        return _VOID
    if not _FIRST_KANA <= char < _MARKS[0]:
        return char
    joined = unicodedata.normalize("NFKC", char + following)
    return joined if len(joined) == 1 else unicodedata.normalize("NFKC", char)


def _after_i(text: str, place: int, piece: str) -> str:
    """`sh`, `ch` and `j` take the bare vowel (sha), other consonants keep the y (kya)."""
    before = _hiragana(text[place - 1]) if place else ""
    return piece[1:] if before in ("し", "ち", "じ", "ぢ") else piece


def _hiragana(char: str) -> str:
    return chr(ord(char) - 0x60) if 0x30A1 <= ord(char) <= 0x30F4 else char


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    if ord(char) in _HANGUL:
        return _romanised_hangul(char)
    tables = table("romanisation")
    kana = _hiragana(char)
    if kana in tables["kana"]:
        return str(tables["kana"][kana])
    low = char.lower()
    if low in tables["cyrillic"]:
        return str(tables["cyrillic"][low])
    base = "".join(part for part in unicodedata.normalize("NFKD", char.casefold()) if not unicodedata.combining(part))
    return "".join(_letter(part, tables) for part in base.lower())


def _letter(char: str, tables: dict[str, dict[str, str]]) -> str:
    for script in ("latin", "cyrillic", "greek"):
        if char in tables[script]:
            return str(tables[script][char])
    return char


def _romanised_hangul(char: str) -> str:
    """Revised Romanization by syllable; the code point is an arithmetic of its parts (Unicode, 3.12)."""
    tables = table("romanisation")
    index = ord(char) - _HANGUL.start
    initial, vowel, final = index // 588, index % 588 // 28, index % 28
    return f"{tables['hangul_initial'][initial]}{tables['hangul_vowel'][vowel]}{tables['hangul_final'][final]}"


def bare(text: str) -> str:
    """The text without its accents, in its own script, as capitals are written in Greek."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))

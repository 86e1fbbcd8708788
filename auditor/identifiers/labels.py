"""Words that stand before an identifying number in many languages, as patterns, from `labels.yaml`."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from auditor.identifiers.resource import table

_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3]")  # Thai, kana, Han, Hangul
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_HEBREW = re.compile(r"[\u0590-\u05ff]")


@lru_cache(maxsize=32)
def labels(kind: str) -> str:
    """An alternative (RE2) of every label of one kind, each with what must stand before it."""
    spaced: list[str] = []
    unspaced: list[str] = []
    for word in sorted(set(_words(kind)), key=lambda word: (-len(word), word)):
        (unspaced if _UNSPACED.search(word) and len(word) > 1 else spaced).append(_pattern(word))
    return rf"(?:(?:^|[^\pL\pM\d])(?:{'|'.join(spaced)})|{'|'.join(unspaced)})"


@lru_cache(maxsize=1)
def number() -> str:
    """An alternative (RE2) of the words for `number` themselves."""
    words = sorted({word.strip() for word in _table()["number"].split(",")}, key=lambda word: (-len(word), word))
    return "|".join(map(_pattern, words))


def kinds() -> frozenset[str]:
    """The kinds of label there are."""
    return frozenset(kind for row in _table()["languages"].values() for kind in row)


def _words(kind: str) -> Iterator[str]:
    for row in _table()["languages"].values():
        yield from (word.strip() for word in row[kind].split(","))


def _pattern(word: str) -> str:
    """A label with its stops and blanks optional or other; behind the article and the prefixes of Arabic and Hebrew."""
    text = re.escape(word).replace(r"\.\ ", r"\.?\s?").replace(r"\ ", r"[\s.-]{0,2}").replace(r"\.", r"\.?")
    text = text.replace(r"\-", r"[\s-]?").replace(r"\*", r"\pL{0,4}")
    if _ARABIC.search(word):
        return rf"[وبلف]?(?:ال)?{text}"
    return rf"[והבלמש]?{text}" if _HEBREW.search(word) else text


def _table() -> dict[str, Any]:
    rows: dict[str, Any] = table("labels")
    return rows

"""What words mean in the languages of `data/languages`.

In a log: what was done, how it went, yes or no. In tables of context: what their files and columns are called.
An entry that ends in `-` is a stem that other endings may follow, and one that begins with `-` may end a compound.
Of scripts that write no spaces every entry may stand anywhere. Of several entries at one place the longest counts, so
`uloskirjaut-` is no `-kirjaut-`, and a word is found in any case, with or without its accents.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from auditor.trail.mapping import plain

LONGEST = 120
"""Signs of a text that are looked at."""
_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1100-\u11ff\u3040-\u9fff\uac00-\ud7af]")
_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "đ": "dj"})
"""How letters are written where a system knows none but those of English."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or words of one sense; whether they may begin or end within another, and whether they are several."""

    sense: str
    within_start: bool
    within_end: bool
    several: bool


Lexicon = Mapping[str, tuple[Entry, ...]]


@lru_cache(maxsize=1)
def languages() -> dict[str, dict[str, Any]]:
    """The tables of all languages, by ISO 639-1 code."""
    folder = files("auditor.trail").joinpath("data/languages")
    tables = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    return {
        item.name.removesuffix(".yaml"): yaml.load(item.read_text(encoding="utf-8"), yaml.CBaseLoader)  # noqa: S506 - shipped data; every scalar stays text
        for item in tables
    }


@lru_cache(maxsize=65536)
def done(text: str) -> frozenset[str]:
    """Senses of what was done: `read`, `login`, `log` (the audit log), `start` and so on."""
    return frozenset(_found(text, _lexicon("events")))


@lru_cache(maxsize=65536)
def went(text: str) -> str:
    """How it went: `ok`, `failed`, or an empty string where no known word tells."""
    found = set(_found(text, _lexicon("outcomes")))
    if "failed" in found or {"ok", "not"} <= found:
        return "failed"
    return "ok" if "ok" in found else ""


@lru_cache(maxsize=4)
def flagged(answer: str) -> frozenset[str]:
    """The words for `yes` or `no`."""
    return frozenset(plain(word) for each in languages().values() for word in each.get("flags", {}).get(answer, ()))


def in_two_letters(word: str) -> str:
    """A word as a system writes it that knows no letters but those of English."""
    return word.casefold().translate(_DIGRAPHS)


@lru_cache(maxsize=256)
def abroad(part: str, name: str) -> frozenset[str]:
    """What the `files` or the `columns` of this name are called among the tables of context, as plain names."""
    tables = (each.get("context", {}).get(part, {}) for each in languages().values())
    words = [word for each in tables for word in each.get(name, ())]
    return frozenset(map(plain, (*words, *map(in_two_letters, words))))


@lru_cache(maxsize=2)
def _lexicon(part: str) -> Lexicon:
    entries: dict[str, tuple[Entry, ...]] = {}
    for each in languages().values():
        for sense, words in each.get(part, {}).items():
            for word in words:
                free = bool(_UNSPACED.search(word))
                entry = Entry(
                    sense, free or word[0] == "-", free or word[-1] == "-", free or not word.strip("-").isalpha()
                )
                for name in {plain(word), plain(in_two_letters(word))}:
                    if entry not in entries.get(name, ()):
                        entries[name] = (*entries.get(name, ()), entry)
    return entries


def _found(text: str, lexicon: Lexicon) -> Iterator[str]:
    """The senses of a text: of entries that overlap, the longest."""
    words = [plain(part) for word in _WORD.findall(unicodedata.normalize("NFKC", text)) for part in _HUMP.split(word)]
    joined = "".join(words)[:LONGEST]
    edges = set(_edges(words))
    longest = _reach(lexicon)
    spans = []
    for start in range(len(joined)):
        for end in range(start + 1, min(len(joined), start + longest) + 1):
            fitting = [
                entry.sense
                for entry in lexicon.get(joined[start:end], ())
                if (entry.within_start or start in edges)
                and (entry.within_end or end in edges)
                and (entry.several or edges.isdisjoint(range(start + 1, end)))
            ]
            if fitting:
                spans.append((start - end, start, end, fitting))
    taken: set[int] = set()
    for _, start, end, senses in sorted(spans, key=lambda span: span[:2]):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            yield from senses


def _edges(words: Iterable[str]) -> Iterator[int]:
    place = 0
    yield place
    for word in words:
        place += len(word)
        yield place


def _reach(lexicon: Lexicon) -> int:
    return max(map(len, lexicon))

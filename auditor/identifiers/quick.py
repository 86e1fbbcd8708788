"""The quick look: whether a text can hold an identifier at all. Most texts cannot, and cost microseconds."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from auditor.identifiers import dates
from auditor.identifiers.compiled import Compiled
from auditor.identifiers.field import READS_DATES, Field, Nature
from auditor.identifiers.general import may_hold
from auditor.identifiers.identity import Identity
from auditor.identifiers.vocabulary import is_given, is_surname, words_of

_TOKEN = re.compile(r"[a-z]+|[0-9]+")
_UID_STAMP = re2.compile(r"(?:19|20)\d{6}|^2\.25\.")
_SHORT = 160  # longer texts are not remembered
_TRIGGERS = ("titles", "labels", "relations", "roles", "suffixes")


@dataclass(frozen=True, slots=True)
class Glance:
    """What a text shows whoever the person is: its words, all of it squeezed, and what may be in it."""

    words: frozenset[str]
    squeezed: str
    quiet: bool
    dated: bool


def nothing(text: str, target: Compiled, identity: Identity, field: Field) -> bool:
    """Whether the full search would find nothing. Never for a patient list, OCR text or other than ASCII."""
    if identity.roster is not None or field.nature is Nature.OCR or not text.isascii():
        return False
    seen = _remembered(text, field.nature) if len(text) <= _SHORT else _glance(text, field.nature)
    if not seen.quiet or (seen.dated and target.dates):
        return False
    if not target.quick.isdisjoint(seen.words):
        return False
    return not target.parts or not _any_of(target.parts).search(seen.squeezed)


@lru_cache(maxsize=256)
def _any_of(parts: tuple[str, ...]) -> Any:
    return re2.compile("|".join(map(re2.escape, parts)))


def _glance(text: str, nature: Nature) -> Glance:
    found = _TOKEN.findall(text.lower())
    squeezed = "".join(found)
    if nature is Nature.UID:
        return Glance(frozenset(found), squeezed, not _UID_STAMP.search(text), dated=False)
    digits = any(word.isdigit() and len(word) > 1 for word in found) or "W" in text
    dated = digits and dates.may_hold(text)
    if nature is Nature.CODE:
        return Glance(frozenset(found), squeezed, quiet=True, dated=dated)
    quiet = not (dated and nature in READS_DATES) and not may_hold(text, digits=not squeezed.isalpha())
    initials = any(mark in text for mark in ".,^")
    quiet = quiet and not any(_person(word) for word in found if initials or len(word) > 1)
    return Glance(frozenset(found), squeezed, quiet, dated)


_remembered = lru_cache(maxsize=32768)(_glance)


@lru_cache(maxsize=65536)
def _person(word: str) -> bool:
    """Whether a word may be part of a name or announce one."""
    if len(word) == 1 or any(word in words_of(group) for group in _TRIGGERS):
        return not word.isdigit()
    if word in words_of("medicine") and word not in words_of("particles"):
        return False
    return is_given(word) or (is_surname(word) and word in words_of("eponyms"))

"""The quick look: whether a text can hold an identifier at all. Most texts cannot, and cost microseconds."""

import re
from functools import lru_cache

import re2

from auditor.identifiers import dates
from auditor.identifiers.compiled import Compiled
from auditor.identifiers.field import READS_DATES, Field, Nature
from auditor.identifiers.general import may_hold
from auditor.identifiers.identity import Identity
from auditor.identifiers.vocabulary import is_given, is_surname, words_of

_TOKEN = re.compile(r"[a-z]+|[0-9]+")
_UID_STAMP = re2.compile(r"(?:19|20)\d{6}|^2\.25\.")
_TRIGGERS = ("titles", "labels", "relations", "roles", "suffixes")


def nothing(text: str, target: Compiled, identity: Identity, field: Field) -> bool:
    """Whether the full search would find nothing. Never for a patient list, OCR text or other than ASCII."""
    if identity.roster is not None or field.nature is Nature.OCR or not text.isascii():
        return False
    found = _TOKEN.findall(text.lower())
    squeezed = "".join(found)
    if not target.quick.isdisjoint(found) or any(part in squeezed for part in target.parts):
        return False
    if field.nature is Nature.UID:
        return not _UID_STAMP.search(text)
    digits = any(word.isdigit() and len(word) > 1 for word in found) or "W" in text
    dated = digits and (bool(target.dates) or field.nature in READS_DATES) and dates.may_hold(text)
    if dated or field.nature is Nature.CODE:
        return not dated
    if may_hold(text, digits=not squeezed.isalpha()):
        return False
    initials = any(mark in text for mark in ".,^")
    return not any(_person(word) for word in found if initials or len(word) > 1)


@lru_cache(maxsize=65536)
def _person(word: str) -> bool:
    """Whether a word may be part of a name or announce one."""
    if len(word) == 1 or any(word in words_of(group) for group in _TRIGGERS):
        return not word.isdigit()
    if word in words_of("medicine") and word not in words_of("particles"):
        return False
    return is_given(word) or (is_surname(word) and word in words_of("eponyms"))

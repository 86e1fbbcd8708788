"""Names in scripts without capitals: by family name, honorific, label or patronymic."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import re2

from auditor.identifiers.field import Field, Nature
from auditor.identifiers.fold import simple, words
from auditor.identifiers.gates import Gate
from auditor.identifiers.hit import Hit
from auditor.identifiers.kind import Kind
from auditor.identifiers.resource import table, wordlist
from auditor.identifiers.spelling import respelt
from auditor.identifiers.vocabulary import is_eponym, is_given, is_ordinary

_VIETNAMESE = re.compile("[\u1ea0-\u1ef9ơưƠƯ]")
_GIVEN = 2  # signs of most given names of Korea
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_PARTICLE = re.compile(
    r"(?:은|는|이|가|을|를|의|님|씨|께|도|와|과|군|양|에게|한테|이가|이는|환자|환아|산모)(?![\uac00-\ud7a3])"
)
_WHERE = frozenset(Nature) - {Nature.IDENTIFIER, Nature.CODE, Nature.DATE, Nature.UID}


def native_names(text: str, field: Field) -> Iterator[Hit]:
    """Names in Han, Hangul, kana, Cyrillic or Greek script that their neighbours or their form give away."""
    if text.isascii() or field.nature not in _WHERE:
        return
    gate, patterns = _patterns()
    for number in sorted(gate.matching(text.encode())):
        name, pattern, group, check = patterns[number]
        for match in pattern.finditer(text):
            start, end = match.span(group)
            if check(text[start:end]):
                yield Hit(start, end, Kind.NAME, f"scripts.{name}", 0.85, "a name by its neighbours or its form")


@lru_cache(maxsize=8)
def vietnamese(text: str) -> bool:
    """Whether letters are in it that only Vietnamese writes; asked once a text, however much is found in it."""
    return not text.isascii() and _VIETNAMESE.search(text) is not None


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a known name is no plain word of Vietnamese, and in Hangul a word that no other goes on from."""
    if text[start:end] in _signs("vietplain"):
        return False  # as written, in small letters with their marks: `tháng` is no Thắng
    if end - start > _GIVEN or not _HANGUL.match(text[start]):
        return True
    if text[start:end] in _signs("kormedicine") or (start and _HANGUL.match(text[start - 1])):
        return False
    return not _HANGUL.match(text[end : end + 1]) or _PARTICLE.match(text, end) is not None


@lru_cache(maxsize=1)
def _patterns() -> tuple[Gate, tuple[tuple[str, Any, int, Callable[[str], bool]], ...]]:
    rows = table("scripts")
    sources = []
    made = []
    for row in rows["patterns"]:
        text = row["pattern"]
        for key, value in rows["words"].items():
            text = text.replace("{" + key + "}", "|".join(str(value).split()))
        sources.append(text)
        compiled = re2.compile(text)
        made.append((row["name"], compiled, compiled.groupindex["v"], _CHECKS[row.get("check", "any")]))
    return Gate(sources), tuple(made)


def _japanese(text: str) -> bool:
    return text.split()[0] in wordlist("surnames_ja")


def _family(text: str) -> bool:
    """Whether a text in Han begins with a family name of China, Korea or Japan."""
    word = text.split()[0]
    if word[:2] in _chinese() or word[:1] in _chinese() or word in wordlist("surnames_ja"):
        return True
    return any(len(word) > size and word[:size] in wordlist("surnames_ja") for size in (2, 3))


@lru_cache(maxsize=1)
def _chinese() -> frozenset[str]:
    return frozenset(str(table("scripts")["words"]["chinese"]).split())


def _native(text: str) -> bool:
    """Whether the first of the words is a known name."""
    return _words(text)[0] in wordlist("names_native")


def _pair(text: str) -> bool:
    """Whether both words are known names, and the first of them no illness that an eponym follows."""
    found = _words(text)
    known = len(found) > 1 and all(word in wordlist("names_native") for word in found[:2])
    return known and found[0] not in _listed("nativemedicine")


def _korean(text: str) -> bool:
    """Whether the text does not begin as a word of reports does, though with the sign of a family name."""
    return text[:2] not in _signs("kormedicine")


def _korean_name(text: str) -> bool:
    """The same where a mark announces a name: of three signs it may begin as any word does."""
    return len(text) > 2 or _korean(text)


@lru_cache(maxsize=4)
def _signs(group: str) -> frozenset[str]:
    return frozenset(str(table("scripts")["words"][group]).split())


def _devanagari(text: str) -> bool:
    """Whether no word is one that joins others, as behind `wife` it often is."""
    return _listed("devafunction").isdisjoint(_words(text))


@lru_cache(maxsize=2)
def _listed(group: str) -> frozenset[str]:
    return frozenset(words(simple(str(table("scripts")["words"][group]))))


def _words(text: str) -> list[str]:
    return words(simple(text)) or [""]


def _thai(text: str) -> bool:
    """Two words, or one that is a known name."""
    return len(_words(text)) > 1 or _native(text)


def _vietnamese_name(text: str) -> bool:
    """Capital letters at the head of every word; alone, one that is not written in capitals like an abbreviation."""
    found = text.split()
    if not text.replace(" ", "").isalpha() or found[0].lower() in _signs("vietplain"):
        return False
    return len(found) > 1 or (not text.isupper() and len(text) > 1 and text[1:].islower())


def _greek_name(text: str) -> bool:
    """Whether the word is a given name in Latin letters."""
    return any(is_given(word) and not is_ordinary(word) and not is_eponym(word) for word in respelt(_words(text)[0]))


_CHECKS: dict[str, Callable[[str], bool]] = {
    "any": bool, "japanese": _japanese, "family": _family, "native": _native, "pair": _pair,
    "devanagari": _devanagari, "korean": _korean, "koreanname": _korean_name,
    "thai": _thai, "vietname": _vietnamese_name, "greekname": _greek_name,
}  # fmt: skip

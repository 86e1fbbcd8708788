"""Which words are names, which are ordinary, and which words name what stands beside them."""

from functools import lru_cache

from auditor.identifiers.fold import simple
from auditor.identifiers.resource import table, wordlist


@lru_cache(maxsize=64)
def words_of(group: str) -> frozenset[str]:
    """The words of one group of `vocabulary.yaml` (titles, relations, eponyms, heads ...), folded."""
    return frozenset(simple(str(table("vocabulary")[group])).split())


@lru_cache(maxsize=16384)
def is_ordinary(word: str) -> bool:
    """Whether a folded word means something by itself: plain English, the DICOM standard's words, medicine, vendors."""
    return (
        word in wordlist("words_en")
        or word in words_of("medicine")
        or word in words_of("vendors")
        or (word in wordlist("words_dicom") and not is_given(word))
        or any(word in words_of(group) for group in ("heads", "titles", "relations", "roles", "labels", "ages"))
    )


@lru_cache(maxsize=16384)
def is_given(word: str) -> bool:
    """Whether a folded word is a known given name."""
    return word in wordlist("given") or word in wordlist("names_world")


@lru_cache(maxsize=16384)
def is_surname(word: str) -> bool:
    """Whether a folded word is a known family name."""
    return word in wordlist("surnames") or word in wordlist("names_world")


@lru_cache(maxsize=4096)
def is_town(name: str) -> bool:
    """Whether folded words, joined by `_`, are the name of a town of 15,000 inhabitants or more."""
    return wordlist("towns").begins(f"{name}=")


def is_eponym(word: str) -> bool:
    """Whether medicine uses this personal name as a word."""
    return word in words_of("eponyms")


def is_worded(word: str) -> bool:
    """Whether a common family name is an English word too: `Young`, `Page`, `Rose`."""
    return word in words_of("worded_surnames")


def is_ambiguous(word: str) -> bool:
    """Whether a folded word, although it may be a name, proves nothing alone: `rose`, `judkins`, `may`."""
    return is_ordinary(word) or is_eponym(word) or word in words_of("particles")

"""The forms that a name takes in sentences: Niskasen, Nowickiego, Novákovi, Ивановой, Παπαδοπούλου."""

from collections.abc import Iterator
from functools import lru_cache

from auditor.identifiers.resource import table
from auditor.identifiers.vocabulary import is_ordinary, is_surname, words_of

_SHORTEST = 4  # letters of a name that endings are put to
_LEAST_FORM, _LEAST_STEM = 5, 2
_LONGEST_ENDING = 8
_ARABIC, _HEBREW = range(0x0600, 0x0700), range(0x0590, 0x0600)


def inflected(word: str) -> frozenset[str]:
    """Every form of a folded name in another case, in any of the languages known."""
    if not word.isascii():
        return frozenset(_prefixed(word))
    if len(word) < _SHORTEST or not word.isalpha():
        return frozenset((f"{word}s",)) if word.isalpha() else frozenset()
    return frozenset(_forms(word)) - {word}


def is_word(form: str) -> bool:
    """Whether a form of a name is a word of its own: `Parks`, `Marks`."""
    return len(form) > _SHORTEST and form.isascii() and (is_ordinary(form) or form in words_of("medicine"))


@lru_cache(maxsize=4096)
def is_declined(word: str) -> bool:
    """Whether a folded word is a known family name in another case or of a woman: Niskasen, Kohútová."""
    if len(word) < _LEAST_FORM or not word.isascii():
        return False
    ends = (word[-size:] for size in range(1, min(_LONGEST_ENDING, len(word) - _LEAST_STEM) + 1))
    stems = ((word[: -len(end)], base) for end in ends for base in _bases().get(end, ()))
    return any(len(stem + base) >= _SHORTEST and is_surname(stem + base) for stem, base in stems)


@lru_cache(maxsize=1)
def _bases() -> dict[str, frozenset[str]]:
    """The endings that an ending may stand for."""
    bases: dict[str, set[str]] = {}
    for ending, forms in _endings():
        for form in forms:
            bases.setdefault(form, set()).add(ending)
    return {form: frozenset(endings) for form, endings in bases.items()}


def _forms(word: str) -> Iterator[str]:
    yield f"{word}s"
    for ending, others in _endings():
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            stem = word[: len(word) - len(ending)]
            yield from (stem + other for other in others if len(stem + other) >= _LEAST_FORM)


def _prefixed(word: str) -> Iterator[str]:
    for script, codes in (("arabic", _ARABIC), ("hebrew", _HEBREW)):
        if len(word) > 1 and ord(word[0]) in codes:
            yield from (prefix + word for prefix in str(table("inflections")["prefixes"][script]).split())


@lru_cache(maxsize=1)
def _endings() -> tuple[tuple[str, tuple[str, ...]], ...]:
    families = table("inflections")["suffixes"].values()
    rows = ((ending, str(forms)) for family in families for ending, forms in family.items())
    return tuple(("" if ending == "-" else ending, tuple(forms.split())) for ending, forms in rows)

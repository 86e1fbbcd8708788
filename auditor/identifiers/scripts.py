"""Names in scripts without capitals: by family name, honorific, label or patronymic."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import re2

from auditor.identifiers.field import Field, Nature
from auditor.identifiers.hit import Hit
from auditor.identifiers.kind import Kind
from auditor.identifiers.resource import table, wordlist

_WHERE = frozenset((Nature.FREE_TEXT, Nature.BYTES, Nature.OCR, Nature.PERSON_NAME, Nature.FILE_NAME))


def native_names(text: str, field: Field) -> Iterator[Hit]:
    """Names in Han, Hangul, kana, Cyrillic or Greek script that their neighbours or their form give away."""
    if text.isascii() or field.nature not in _WHERE:
        return
    for name, pattern, group in _patterns():
        for match in pattern.finditer(text):
            start, end = match.span(group)
            if name != "japanese-pair" or text[start:end].split()[0] in wordlist("surnames_ja"):
                yield Hit(start, end, Kind.NAME, f"scripts.{name}", 0.85, "a name by its neighbours or its form")


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, Any, int], ...]:
    rows = table("scripts")
    made = []
    for row in rows["patterns"]:
        text = row["pattern"]
        for key, value in rows["words"].items():
            text = text.replace("{" + key + "}", "|".join(str(value).split()))
        compiled = re2.compile(text)
        made.append((row["name"], compiled, compiled.groupindex["v"]))
    return tuple(made)

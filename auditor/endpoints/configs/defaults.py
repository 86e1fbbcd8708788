"""What a product does where its configuration says nothing: defaults by version, each with where that is written."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from auditor.endpoints.data import document

_NUMBER = re.compile(r"\d+(?:\.\d+)*")
Number = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Default:
    """One value a product falls back on, and the versions that do so in words: `before 1.27.3`, `since 1.12.0`."""

    value: Any
    versions: str = ""


def number_of(version: str) -> Number:
    """`1.22.1-9+deb12u1` is (1, 22, 1); a text without a number is ()."""
    found = _NUMBER.search(version)
    return tuple(int(part[:6]) for part in found.group().split(".")[:4]) if found else ()


def defaults_of(product: str, setting: str, version: str) -> Sequence[Default]:
    """Every default `setting` can have: one where `version` is known, else those of all versions still to be met.

    Which versions may still be met is data of the product (`oldest_met`). Empty where the product has no default.
    """
    spans = _spans(product).get(setting, ())
    number = number_of(version)
    if number:
        return [default for default, since, before in spans if since <= number and (not before or number < before)]
    oldest = number_of(str(document(f"{product}.yaml")["oldest_met"]))
    return [default for default, _, before in spans if not before or oldest < before]


@lru_cache(512)
def default_of(product: str, setting: str, version: str) -> Default | None:
    """The default of `setting`; of an unknown version what all versions still to be met agree on, else None."""
    found = defaults_of(product, setting, version)
    return found[0] if found and all(each.value == found[0].value for each in found) else None


def newest(product: str, setting: str) -> str:
    """The default of `setting` in the newest version, in its words; for a setting whose default never changed."""
    return str(defaults_of(product, setting, "")[-1].value)


@cache
def _spans(product: str) -> Mapping[str, Sequence[tuple[Default, Number, Number]]]:
    return {
        setting: tuple(_read(entry["values"])) for setting, entry in document(f"{product}.yaml")["by_version"].items()
    }


def _read(values: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Default, Number, Number]]:
    """Rows stand from old to new; each but the newest says before which version it held."""
    since = ""
    for row in values:
        before = str(row.get("before", ""))
        words = " and ".join(
            text for text in (f"since {since}" if since else "", f"before {before}" if before else "") if text
        )
        yield Default(row["value"], words), number_of(since), number_of(before)
        since = before


@lru_cache(512)
def told(product: str, setting: str) -> str:
    """Every default of `setting` that may still be met, in words, newest first."""
    found = reversed(defaults_of(product, setting, ""))
    return "; ".join(f"{each.versions or 'always'}: {_words(each.value)}" for each in found)


def _words(value: Any) -> str:
    return " ".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)

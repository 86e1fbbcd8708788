"""The room's tables, read once: attribute groups, what identities are learnt from, placeholders, claims."""

import csv
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import re2

from auditor.config.strictyaml import loads
from auditor.identifiers.field import Nature
from auditor.identifiers.kind import Kind


class Attribute(NamedTuple):
    """One attribute of Table E.1-1: the fact its values go to, and their Safe Harbor letter."""

    keyword: str
    group: str
    letter: str


def _text(name: str) -> str:
    return files("auditor.headers").joinpath("data", name).read_text("utf-8")


def _rows(name: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(line for line in _text(name).splitlines() if not line.startswith("#"))


def _tag(keyword: str) -> int:
    from pydicom.datadict import tag_for_keyword

    tag = tag_for_keyword(keyword)
    if tag is None:
        raise KeyError(keyword)
    return int(tag)


@lru_cache(maxsize=1)
def attributes() -> Mapping[int, Attribute]:
    """Attributes of PS3.15 Table E.1-1 by tag."""
    return {
        int(row["tag"], 16): Attribute(row["keyword"], row["group"], row["letter"]) for row in _rows("attributes.csv")
    }


@lru_cache(maxsize=1)
def groups() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """One line on each attribute group, and on each origin."""
    data = loads(_text("groups.yaml"), "headers/data/groups.yaml").data
    return data["attributes"], data["origins"]


@lru_cache(maxsize=1)
def natures() -> Mapping[int, Nature]:
    """Nature of the attributes whose VR does not tell it."""
    return {_tag(row["keyword"]): Nature(row["nature"]) for row in _rows("natures.csv")}


@lru_cache(maxsize=1)
def sources() -> Mapping[int, Kind]:
    """Attributes an identity is learnt from."""
    return {_tag(row["keyword"]): Kind(row["kind"]) for row in _rows("identity.csv")}


@lru_cache(maxsize=1)
def claims() -> Mapping[int, str]:
    """Attributes whose value at the top level is a fact of its own."""
    return {_tag(row["keyword"]): row["fact"] for row in _rows("claims.csv")}


@lru_cache(maxsize=1)
def options() -> Mapping[str, str]:
    """Words for the codes of De-identification Method Code Sequence."""
    return {row["code"]: row["word"] for row in _rows("options.csv")}


@lru_cache(maxsize=8)
def placeholders(own: str = "") -> "Placeholders":
    """The placeholders of the table, with a site's own pattern for pseudonyms."""
    data = loads(_text("placeholders.yaml"), "headers/data/placeholders.yaml").data
    patterns = [*data["patterns"], *([own] if own else [])]
    empty = re2.Set.FullMatchSet()  # a set says yes or no at less than half the cost of a match
    empty.Add("(?i)(?:" + "|".join(f"(?:{pattern})" for pattern in patterns) + ")")
    empty.Compile()
    return Placeholders(
        frozenset(str(word) for word in data["words"]),
        empty,
        re2.compile(data["names"]),
        re2.compile(f"(?i){data['file_names']}"),
    )


class Placeholders(NamedTuple):
    """Tells values that say nothing from those that do."""

    words: frozenset[str]
    pattern: "re2.Set"
    name: "re2._Regexp"
    file_name: "re2._Regexp"

    def empty(self, value: str) -> bool:
        """Whether `value` is a placeholder or a pseudonym."""
        return value.casefold() in self.words or bool(self.pattern.Match(value))

    def running(self, file_name: str) -> str | None:
        """The running number of a file name that holds nothing else, or None for any other name."""
        found = self.file_name.fullmatch(file_name.encode("utf-8", "replace"))
        return found[1].decode("ascii") if found else None

    def coded(self, value: str) -> bool:
        """Whether a person name is a code rather than a name: capitals and digits, with a digit in it."""
        plain = value.strip("^ ")
        return any(char.isdecimal() for char in plain) and bool(self.name.fullmatch(plain))

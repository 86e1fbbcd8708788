"""A site's patient list: people whose names and numbers are sought although the file does not name them."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from auditor.config.table import read_table
from auditor.errors import ConfigError
from auditor.identifiers.fold import simple, words
from auditor.identifiers.resource import table

_MAXIMUM_BYTES = 512_000_000
_WHAT = "the patient list"
_SHORT = 3  # letters: shorter words of a column's name are no part of others
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Person:
    """One entry of the list: names (`DOE^JANE` or `Jane Doe`) and numbers, dates, addresses as written."""

    names: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Roster:
    """A patient list. Compared by identity, since it is loaded once and shared."""

    people: tuple[Person, ...] = field(repr=False)

    @classmethod
    def of(cls, people: Iterable[Person]) -> "Roster":
        """A roster of these people."""
        return cls(tuple(people))


def load(path: Path) -> Roster:
    """Load a patient list: CSV with a header line, or JSON lines.

    Columns or keys that say so, in any of some thirty languages, are names; everything else is a number, date or
    address. Raises ConfigError with file and line for what cannot be used, and for a list of which no column is
    understood; the message never repeats a value.
    """
    rows = _json_rows(path) if path.suffix.lower() in (".jsonl", ".json", ".ndjson") else _csv_rows(path)
    understood, people = False, []
    for row in rows:
        understood = understood or any(map(_understood, row))
        people.append(_person(row))
    if people and not understood:
        raise ConfigError(
            f"no column of {_WHAT} is understood",
            where=str(path),
            right="a first line that names the columns, such as patient_id,name,birth_date",
        )
    return Roster.of(people)


def _csv_rows(path: Path) -> Iterator[Mapping[str, object]]:
    return (row.cells for row in read_table(path, _WHAT, most_bytes=_MAXIMUM_BYTES))


def _json_rows(path: Path) -> Iterator[Mapping[str, object]]:
    if not path.is_file() or path.stat().st_size > _MAXIMUM_BYTES:
        raise ConfigError(f"{_WHAT} cannot be read", where=str(path), right="a file below 512 MB")
    with path.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield _json_row(line, f"{path}:{number}")


def _json_row(line: str, where: str) -> Mapping[str, object]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ConfigError(f"a line of {_WHAT} is not JSON", where=where, right="one object a line") from error
    if not isinstance(row, dict):
        raise ConfigError(f"a line of {_WHAT} is not a JSON object", where=where, right="one object a line")
    return row


def _person(row: Mapping[str, object]) -> Person:
    names: list[str] = []
    others: list[str] = []
    for key, value in row.items():
        texts = [str(item) for item in (value if isinstance(value, list) else [value]) if item is not None]
        (names if _of_names(key) else others).extend(text for text in texts if text.strip())
    return Person(tuple(names), tuple(others))


@lru_cache(maxsize=1024)
def _of_names(column: str) -> bool:
    return _holds(column, "names") and not _holds(column, "things")


@lru_cache(maxsize=1024)
def _understood(column: str) -> bool:
    return _of_names(column) or _holds(column, "numbers")


def _holds(column: str, terms: str) -> bool:
    spelt = _HUMP.sub(" ", column)
    return any(
        word == term or (term in word and (len(term) > _SHORT or not term.isascii()))
        for word in words(simple(spelt))
        for term in table("roster_columns")[terms]
    )

"""A site's patient list: people whose names and numbers are sought although the file does not name them."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from auditor.errors import ConfigError

_MAXIMUM_BYTES = 512_000_000


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

    Columns or keys whose name holds `name` are names; everything else is a number, date or address. Raises
    ConfigError with file and line for what cannot be used; the message never repeats a value.
    """
    if not path.is_file() or path.stat().st_size > _MAXIMUM_BYTES:
        raise ConfigError(
            "the patient list cannot be read", where=path.name, right="a CSV or JSON-lines file below 512 MB"
        )
    with path.open(encoding="utf-8-sig", newline="") as stream:
        try:
            rows = (
                _json_rows(stream) if path.suffix.lower() in (".jsonl", ".json", ".ndjson") else csv.DictReader(stream)
            )
            return Roster.of(_person(row) for row in rows)
        except (ValueError, csv.Error, TypeError, AttributeError) as error:
            raise ConfigError(
                "the patient list is not CSV or JSON lines in UTF-8",
                where=path.name,
                right="a header line and one person a line",
            ) from error


def _json_rows(stream: Iterable[str]) -> Iterator[Mapping[str, object]]:
    for line in stream:
        if line.strip():
            yield json.loads(line)


def _person(row: Mapping[str, object]) -> Person:
    names: list[str] = []
    others: list[str] = []
    for key, value in row.items():
        if not key or value is None:
            continue
        texts = [str(item) for item in value] if isinstance(value, list) else [str(value)]
        (names if "name" in key.lower() else others).extend(text for text in texts if text.strip())
    return Person(tuple(names), tuple(others))

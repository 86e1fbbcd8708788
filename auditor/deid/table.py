"""Table E.1-1 of PS3.15 as data: which attribute is acted on, and what each option changes."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from auditor.deid.codes import Code, Option

EDITION = "2026d"
_PRIVATE = "PRIVATE"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `tag` as eight hex digits, a family such as ``60xx3000``, or ``PRIVATE``; codes by option."""

    tag: str
    name: str
    basic: Code
    options: Mapping[Option, Code]

    @property
    def citation(self) -> str:
        """Where the row stands, as frameworks cite it."""
        shown = "(odd group)" if self.tag == _PRIVATE else f"({self.tag[:4]},{self.tag[4:]})"
        return f"PS3.15 {EDITION} Table E.1-1 {shown} {self.name}"


@dataclass(frozen=True, slots=True)
class Table:
    """All rows, found by tag; families are looked up when no row names the tag itself."""

    rows: Mapping[int, Row]
    families: Mapping[str, Row]

    def __len__(self) -> int:
        return len(self.rows) + len(self.families)

    def row(self, tag: int) -> Row | None:
        """The row that governs `tag` (gggg << 16 | eeee), or None (PS3.5 7.6 bounds the repeating groups)."""
        found = self.rows.get(tag)
        if found is not None:
            return found
        group, element = tag >> 16, tag & 0xFFFF
        if group & 1:
            return self.families[_PRIVATE]
        if 0x5000 <= group <= 0x501E:
            return self.families["50xxxxxx"]
        if 0x6000 <= group <= 0x601E:
            return self.families.get(f"60xx{element:04X}")
        return None


@lru_cache(maxsize=1)
def load() -> Table:
    """The table of the edition `EDITION`."""
    text = files("auditor.deid").joinpath("data/table_e1_1.csv").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = [_row(record) for record in csv.DictReader(lines)]
    plain = {int(row.tag, 16): row for row in rows if "x" not in row.tag and row.tag != _PRIVATE}
    return Table(plain, {row.tag: row for row in rows if "x" in row.tag or row.tag == _PRIVATE})


def _row(record: Mapping[str, str]) -> Row:
    options = {option: Code(record[option.column]) for option in Option if option.column and record[option.column]}
    return Row(record["tag"], record["name"], Code(record["basic"]), options)

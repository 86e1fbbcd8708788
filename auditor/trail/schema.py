"""The staging columns every format fills: raw strings, with the file and line they came from."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

COLUMNS = (
    "time",
    "received",
    "source",
    "seq",
    "code",
    "type",
    "action",
    "outcome",
    "user",
    "alt_user",
    "ip",
    "src_ae",
    "dst_ae",
    "patient",
    "study",
    "accession",
    "instances",
    "override",
    "query",
    "media",
    "purpose",
    "record",
)
"""Names of the string columns, in the order of a row. `line` and `file` are added by the reader."""

INDEX = {name: place for place, name in enumerate(COLUMNS)}
KEPT_EXAMPLES = 5
"""Of every reason, so that many repairs do not hide where the few rejects stand."""
KEPT_PLACES = 100_000


@dataclass(slots=True)
class Tally:
    """What became of every record of a file: *lines = events + rejected + not audit*.

    `rejected` and `repaired` count by reason; `first` holds the first lines of each, `places` the lines of rejected
    records, so that their numbers are not taken for missing ones.
    """

    lines: int = 0
    events: int = 0
    not_audit: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    repaired: dict[str, int] = field(default_factory=dict)
    first: dict[str, list[int]] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)

    @property
    def rejections(self) -> int:
        """All rejected records."""
        return sum(self.rejected.values())

    @property
    def examples(self) -> list[tuple[int, str]]:
        """(line, what became of it) of the first of every reason, in the order of the lines."""
        return sorted((line, reason) for reason, lines in self.first.items() for line in lines)

    @property
    def balanced(self) -> bool:
        """Whether every line read is accounted for."""
        return self.lines == self.events + self.rejections + self.not_audit

    def reject(self, line: int, reason: str) -> None:
        """Count one record that could not be used, and where it stood."""
        self.rejected[reason] = self.rejected.get(reason, 0) + 1
        if len(self.places) < KEPT_PLACES:
            self.places.append(line)
        self._locate(line, reason)

    def repair(self, line: int, reason: str) -> None:
        """Count one record that could be used after a repair, and where it stood."""
        self.repaired[reason] = self.repaired.get(reason, 0) + 1
        self._locate(line, f"repaired: {reason}")

    def add(self, other: "Tally", offset: int = 0) -> None:
        """Add the tally of a later part of the same file, whose lines are numbered from `offset`."""
        self.lines += other.lines
        self.events += other.events
        self.not_audit += other.not_audit
        for mine, theirs in ((self.rejected, other.rejected), (self.repaired, other.repaired)):
            for reason, count in theirs.items():
                mine[reason] = mine.get(reason, 0) + count
        self.places += [line + offset for line in other.places]
        for reason, lines in other.first.items():
            for line in lines:
                self._locate(line + offset, reason)

    def _locate(self, line: int, reason: str) -> None:
        lines = self.first.setdefault(reason, [])
        if len(lines) < KEPT_EXAMPLES:
            lines.append(line)


@dataclass(slots=True)
class Sink:
    """Collects rows of one part of a file. A row has one string or None for each of COLUMNS.

    `batches` holds what came many rows at a time: (numbers of their lines, Arrow columns). `physical` counts lines of
    text, which differ from records where a message runs over several lines. `written` is when the file was last
    changed, for formats whose times leave out the year.
    """

    tally: Tally = field(default_factory=Tally)
    rows: list[tuple[str | None, ...]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    batches: list[tuple[Any, list[Any]]] = field(default_factory=list)
    physical: int = 0
    written: datetime | None = None

    def event(self, line: int, row: tuple[str | None, ...]) -> None:
        """Take one event."""
        self.rows.append(row)
        self.lines.append(line)
        self.tally.events += 1

    def batch(self, lines: Any, columns: list[Any]) -> None:
        """Take many events, each from a line of its own."""
        self.batches.append((lines, columns))
        self.tally.events += len(lines)
        self.tally.lines += len(lines)

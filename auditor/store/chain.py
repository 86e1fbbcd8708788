"""A log in which every entry holds the hash of the one before: an edit, a gap or a swap shows."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from auditor.errors import StoreError
from auditor.store.files import append_line, hash_bytes

START = "0" * 64
_LONGEST_LINE = 1_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a chain: its number from 1, when, who, what was done to what, and the details."""

    number: int
    at: str
    who: str
    action: str
    subject: str
    details: Mapping[str, Any]
    previous: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Head:
    """How far a chain goes: the number and hash of its last entry (0 and zeros for an empty one)."""

    number: int = 0
    sha256: str = START


@dataclass(frozen=True, slots=True)
class ChainFile:
    """A JSON-lines file of chained entries. The caller holds the lock while it appends."""

    file: Path

    def prepare(
        self, head: Head, at: datetime, who: str, action: str, subject: str, details: Mapping[str, Any]
    ) -> tuple[bytes, Head]:
        """The line of the entry that follows `head`, and the head it makes; nothing is written yet."""
        line = json.dumps(
            {
                "number": head.number + 1,
                "at": at.isoformat(timespec="microseconds"),
                "who": who,
                "action": action,
                "subject": subject,
                "details": dict(details),
                "previous": head.sha256,
            },
            sort_keys=True,
            ensure_ascii=True,
        ).encode("ascii")
        return line, Head(head.number + 1, hash_bytes(line))

    def write(self, line: bytes) -> None:
        """Append a prepared line; it is on disk when this returns."""
        append_line(self.file, line)

    def last_hash(self) -> str:
        """Hash of the last line of the file, or zeros when there is none."""
        try:
            with self.file.open("rb") as stream:
                stream.seek(max(0, self.file.stat().st_size - _LONGEST_LINE))
                lines = stream.read().splitlines()
        except FileNotFoundError:
            return START
        return hash_bytes(lines[-1]) if lines else START

    def lines(self) -> Iterator[bytes]:
        """The raw lines, without their line feed; none when the file is not there."""
        try:
            with self.file.open("rb") as stream:
                while line := stream.readline(_LONGEST_LINE):
                    yield line.rstrip(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(
                f"the log of the store cannot be read: {error.strerror}",
                where=str(self.file),
                right="a file this user may read",
                next_step="auditor doctor",
            ) from error

    def entries(self) -> Iterator[Entry]:
        """All entries as they stand, unverified; raises StoreError at a line that is no entry."""
        for number, line in enumerate(self.lines(), 1):
            entry = _parse(line)
            if entry is None:
                raise StoreError(
                    "a line of the store's log is no entry",
                    where=f"{self.file}:{number}",
                    right="one JSON object a line, as it was written",
                    next_step="auditor runs verify",
                )
            yield entry

    def problems(self, expected: Head) -> list[str]:
        """What is wrong with the chain, in sentences; nothing for a chain that ends at `expected`."""
        found: list[str] = []
        before = Head()
        for number, line in enumerate(self.lines(), 1):
            entry = _parse(line)
            if entry is None:
                found.append(f"{self.file.name}: line {number} is no entry of the log.")
            else:
                if entry.number != number:
                    found.append(f"{self.file.name}: line {number} says it is entry {entry.number}.")
                if entry.previous != before.sha256:
                    found.append(f"{self.file.name}: entry {number} does not follow the entry before it.")
            before = Head(number, hash_bytes(line))
        if before != expected:
            found.append(
                f"{self.file.name}: it ends at entry {before.number}, the catalogue expects "
                f"entry {expected.number} with another hash."
                if before.number == expected.number
                else f"{self.file.name}: it holds {before.number} entries, the catalogue expects {expected.number}."
            )
        return found


def _parse(line: bytes) -> Entry | None:
    try:
        data = json.loads(line)
        return Entry(**data, sha256=hash_bytes(line))
    except (ValueError, TypeError, RecursionError):
        return None

"""The catalogue of a store: which runs there are, in which order, and where the chains end (SQLite)."""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import StoreError
from auditor.store.chain import START, Head

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    plan TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT NOT NULL,
    complete INTEGER NOT NULL,
    fail INTEGER NOT NULL,
    critical INTEGER NOT NULL,
    high INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    previous TEXT NOT NULL,
    deleted TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS heads (chain TEXT PRIMARY KEY, number INTEGER NOT NULL, sha256 TEXT NOT NULL);
"""
_VERSION = 1
_COLUMNS = "sequence, id, plan, started, finished, complete, fail, critical, high, sha256, previous, deleted"


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One sealed run as the catalogue knows it; `deleted` says when its data was deleted, if it was.

    `complete` is 1 or 0, as SQLite keeps it.
    """

    sequence: int
    id: str
    plan: str
    started: str
    finished: str
    complete: int
    fail: int
    critical: int
    high: int
    sha256: str
    previous: str
    deleted: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """The SQLite file of a store. Every method is one transaction, durable when it returns."""

    file: Path

    def runs(self) -> tuple[RunEntry, ...]:
        """All sealed runs, oldest first."""
        with self._connect() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM runs ORDER BY sequence").fetchall()  # noqa: S608
        return tuple(RunEntry(**dict(zip(_COLUMNS.split(", "), row, strict=True))) for row in rows)

    def add(self, entry: RunEntry) -> None:
        """Enter a sealed run."""
        values = tuple(getattr(entry, name) for name in _COLUMNS.split(", "))
        marks = ", ".join("?" * len(values))
        with self._connect() as connection:
            connection.execute(f"INSERT INTO runs ({_COLUMNS}) VALUES ({marks})", values)  # noqa: S608

    def mark_deleted(self, run_id: str, when: str) -> None:
        """Note that the data of a run was deleted; its place in the chain stays."""
        with self._connect() as connection:
            connection.execute("UPDATE runs SET deleted = ? WHERE id = ?", (when, run_id))

    def head(self, chain: str) -> Head:
        """Where the chain called `chain` ends."""
        with self._connect() as connection:
            row = connection.execute("SELECT number, sha256 FROM heads WHERE chain = ?", (chain,)).fetchone()
        return Head(*row) if row else Head(0, START)

    def set_head(self, chain: str, head: Head) -> None:
        """Note where the chain called `chain` ends now."""
        with self._connect() as connection:
            connection.execute("INSERT OR REPLACE INTO heads VALUES (?, ?, ?)", (chain, head.number, head.sha256))

    @contextlib.contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        connection = None
        try:
            if not self.file.exists():
                self.file.touch(mode=0o600)
            connection = sqlite3.connect(self.file, timeout=30)
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, _VERSION):
                raise StoreError(
                    f"the store was written by a newer version (catalogue {version})",
                    where=str(self.file),
                    right=f"catalogue version {_VERSION}",
                    next_step="upgrade the auditor that reads this store",
                )
            if version == 0:
                connection.executescript(_SCHEMA)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
            with connection:
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"the catalogue of the store cannot be used: {error}",
                where=str(self.file),
                right="a store on a disk with room that this user may write to",
                next_step="auditor doctor",
            ) from error
        finally:
            if connection is not None:
                connection.close()

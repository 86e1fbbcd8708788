"""The seams between rooms, engine, audit and store: what each is handed, as protocols."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from auditor.model.facts import Catalogue
from auditor.model.part import Part, Written
from auditor.model.run import Note, Request, Run
from auditor.model.target import Chunk, Reading


class Protector(Protocol):
    """Turns raw values into what may leave the process. Picklable; holds the site key."""

    def mask(self, value: str) -> str:
        """Return a display of `value` that never shows three letters or two digits of it in a row."""

    def digest(self, value: str) -> str:
        """Return HMAC-SHA-256 of `value` under the site key, in lower-case hex."""

    def path(self, locator: str) -> str:
        """Return a POSIX path with the parts that may identify a person masked."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a room is handed besides its targets. Picklable, so that any executor can carry it.

    `now` is aware; `settings` is the room's own section of `auditor.toml`; relative paths in it refer to
    `base`. `purpose` is why the material is looked at (`export`, `limited-data-set`, `clinical`,
    `pseudonymised`).
    """

    now: datetime
    protector: Protector
    purpose: str = "export"
    settings: object = None
    base: Path = field(default_factory=Path)
    options: Mapping[str, object] = field(default_factory=dict)


class Room(Protocol):
    """Turns one part of the world into facts. Knows no rules, and no other room."""

    @property
    def name(self) -> str:
        """The word of the package, of the rule folder and of the fixtures."""

    @property
    def catalogue(self) -> Catalogue:
        """Every fact this room can supply."""

    def plan(self, request: Request, context: Context) -> Iterator[Chunk]:
        """Divide what was asked for into chunks of work, lazily and in a stable order.

        Raises errors.TargetError when a target argument cannot be used at all.
        """

    def read(self, chunk: Chunk, wanted: frozenset[str], context: Context) -> Iterator[Reading]:
        """Read every target of the chunk and yield one reading for each target met.

        Supplies at least the facts in `wanted`. What goes wrong with one target is data in its reading
        and never stops the others.
        """

    def notes(self, context: Context) -> Sequence[Note]:
        """What a reader must know of this room's limits in this run, such as an extra that is missing."""


class Observer(Protocol):
    """Told how a run goes on. All text it receives is masked already."""

    def started(self, room: str) -> None:
        """A room starts."""

    def chunk_done(self, room: str, rows: int, findings: int) -> None:
        """A chunk was written."""

    def finished(self, run: Run) -> None:
        """The run is sealed."""


class PartWriter(Protocol):
    """Writes parts of one run. Picklable; called by whichever process did the work."""

    def exists(self, name: str) -> Written | None:
        """What is left to know of the part `name` if an earlier attempt at this run wrote it whole, else None."""

    def write(self, part: Part) -> Written:
        """Write one part atomically; raises errors.StoreError when it cannot."""


class RunLog(Protocol):
    """Where one run is kept while it is made."""

    @property
    def run_id(self) -> str:
        """Identifier of the run being made."""

    @property
    def writer(self) -> PartWriter:
        """The writer to hand to workers."""

    def previous(self) -> str:
        """SHA-256 of the newest sealed run in this store, or an empty string."""

    def seal(self, run: Run) -> None:
        """Write `run.json` atomically and enter the run in the catalogue."""

    def abandon(self) -> None:
        """Remove what was begun, because nothing was audited."""

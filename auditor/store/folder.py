"""The store: begin a run, resume one, load one, and prove that nothing was changed since."""

import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from auditor.config.account import current_account
from auditor.errors import StoreError, UsageError
from auditor.model.run import Run
from auditor.store.catalogue import CatalogueFile, RunEntry
from auditor.store.chain import ChainFile, Entry, Head
from auditor.store.files import locked, make_folder, take_lock
from auditor.store.log import FolderLog, entry_of
from auditor.store.stored import StoredRun, load_folder
from auditor.store.verify import CHAINS, ChainReport, verify_store

_RUN_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}")

_NO_DETAILS: Mapping[str, object] = {}


def _utc_now() -> datetime:
    return datetime.now(UTC)


def open_store(folder: Path, clock: Callable[[], datetime] = _utc_now) -> "Store":
    """Open the store in `folder`, made where missing; raises StoreError where it cannot be made."""
    make_folder(folder / "runs")
    return Store(folder, clock)


def _next(chain: str) -> str:
    return f"{chain}:next"


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of runs. Safe for several processes at once; every change is on disk when a method returns."""

    folder: Path
    clock: Callable[[], datetime] = _utc_now

    @property
    def catalogue(self) -> CatalogueFile:
        """Which runs there are."""
        return CatalogueFile(self.folder / "catalogue.sqlite")

    def begin(self, run_id: str | None = None) -> FolderLog:
        """Begin a run in a folder of its own; the id tells the time and is unique."""
        name = run_id or f"{self.clock().astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        folder = self._run_folder(name)
        if folder.exists():
            raise StoreError(
                f"there is a run {name} already",
                where=str(folder),
                right="a new run",
                next_step=f"auditor runs show {name}",
            )
        make_folder(folder)
        return FolderLog(self, folder, take_lock(folder / ".lock", wait=False))

    def resume(self, run_id: str) -> FolderLog:
        """Go on with a run that was cut short; its whole parts are found again.

        One that was sealed as incomplete stays as it is, and a new run takes up its parts. Raises StoreError for a run
        that is complete, unknown, or still being made by another process.
        """
        folder = self._run_folder(run_id)
        if folder.is_dir() and not (folder / "run.json").exists():
            return FolderLog(self, folder, take_lock(folder / ".lock", wait=False))
        entry = next((one for one in self.runs() if one.id == run_id and not one.deleted), None)
        if entry is None or entry.complete:
            raise StoreError(
                f"run {run_id} {'is complete' if entry else 'is not known'}",
                where=str(folder),
                right="a run that was cut short: " + (", ".join(self.unfinished()) or "none was left unsealed"),
                next_step="auditor runs list",
            )
        log = self.begin()
        log.writer.take(folder, (part.name for part in self.load(run_id).run.parts))
        return log

    def unfinished(self) -> tuple[str, ...]:
        """Ids of runs that were begun and not sealed, oldest first."""
        folders = sorted((self.folder / "runs").iterdir())
        return tuple(item.name for item in folders if item.is_dir() and not (item / "run.json").exists())

    def runs(self) -> tuple[RunEntry, ...]:
        """All sealed runs, oldest first, those included whose data was deleted."""
        return self.catalogue.runs()

    def load(self, name: str = "latest") -> StoredRun:
        """Load a run by id (or its unambiguous beginning), `latest` or `previous`.

        Raises UsageError when there is none, StoreError when its data was deleted or `run.json` is not what was sealed.
        """
        entry = self._entry(name)
        stored = load_folder(self.folder / "runs" / entry.id)
        if stored.sha256 != entry.sha256:
            raise StoreError(
                f"run {entry.id} was changed after it was sealed",
                where=str(stored.folder / "run.json"),
                right=f"SHA-256 {entry.sha256}",
                next_step="auditor runs verify",
            )
        return stored

    def _entry(self, name: str) -> RunEntry:
        kept = [entry for entry in self.runs() if not entry.deleted]
        back = {"latest": 1, "previous": 2}.get(name)
        if back is not None:
            found = kept[-back : len(kept) - back + 1] if len(kept) >= back else []
        else:
            found = [entry for entry in kept if entry.id == name]
            found = found or [entry for entry in kept if name and entry.id.startswith(name)]
        if len(found) != 1:
            raise UsageError(
                f"{'several runs begin' if found else 'no run of the store begins'} with {name!r}"
                if back is None
                else f"the store holds {len(kept)} runs, too few for {name!r}",
                where=str(self.folder),
                right="the id of a run, latest or previous",
                next_step="auditor runs list",
            )
        return found[0]

    def enter(self, run: Run, digest: str) -> None:
        """Enter a sealed run in log and catalogue; the caller holds the store's lock."""
        details = {"sha256": digest, "previous": run.previous, "complete": run.complete, "plan": run.plan.name}
        self._append("log", run.operator or current_account(), "run sealed", run.id, details)
        self.catalogue.add(entry_of(run, digest, len(self.runs()) + 1))

    def recover(self) -> None:
        """Finish a seal that a crash cut short: a whole `run.json` that follows the newest run is entered.

        The caller holds the store's lock.
        """
        runs = self.runs()
        known = {entry.id for entry in runs}
        head = runs[-1].sha256 if runs else ""
        for folder in sorted((self.folder / "runs").iterdir()):
            if folder.name in known or not (folder / "run.json").is_file():
                continue
            stored = load_folder(folder)
            if stored.run.previous == head and not stored.problems():
                self.enter(stored.run, stored.sha256)
                head = stored.sha256

    def record(
        self, action: str, *, who: str = "", subject: str = "", details: Mapping[str, object] = _NO_DETAILS
    ) -> None:
        """Write one entry of the store's own log: who did what, to what. No raw identifier may be in it."""
        with locked(self.folder / "lock"):
            self._append("log", who or current_account(), action, subject, details)

    def append(self, chain: str, who: str, action: str, subject: str, details: Mapping[str, object]) -> None:
        """Append to the chain called `chain` (`log` or `waivers`), with the store's lock held here."""
        with locked(self.folder / "lock"):
            self._append(chain, who, action, subject, details)

    def _append(self, chain: str, who: str, action: str, subject: str, details: Mapping[str, object]) -> None:
        file = ChainFile(self.folder / f"{chain}.jsonl")
        line, head = file.prepare(self._settle(chain), self.clock(), who, action, subject, details)
        self.catalogue.set_head(_next(chain), head)
        file.write(line)
        self.catalogue.set_head(chain, head)

    def _settle(self, chain: str) -> Head:
        """Where the chain ends, after an entry that a crash left written and not noted was taken in."""
        head, following = self.catalogue.head(chain), self.catalogue.head(_next(chain))
        written = following.number == head.number + 1 and (
            ChainFile(self.folder / f"{chain}.jsonl").last_hash() == following.sha256
        )
        if written:
            self.catalogue.set_head(chain, following)
            return following
        return head

    def log(self, chain: str = "log") -> Iterator[Entry]:
        """The entries of a chain, oldest first."""
        return ChainFile(self.folder / f"{chain}.jsonl").entries()

    def verify_chain(self) -> ChainReport:
        """Check every run, every part, the order of the runs and the logs; says all that is wrong."""
        with locked(self.folder / "lock"):
            self.recover()
            for chain in CHAINS:
                self._settle(chain)
            return verify_store(self.folder, self.catalogue)

    def delete(self, run_id: str, reason: str, who: str = "") -> str:
        """Delete the data of a run, keep its place in the chain, log the proof; returns the hash of its header."""
        entry = self._entry(run_id)
        with locked(self.folder / "lock"):
            details = {"sha256": entry.sha256, "reason": reason, "finished": entry.finished}
            self._append("log", who or current_account(), "run deleted", entry.id, details)
            self.catalogue.mark_deleted(entry.id, self.clock().isoformat(timespec="seconds"))
            try:
                shutil.rmtree(self.folder / "runs" / entry.id)
            except OSError as error:
                raise StoreError(
                    f"the data of run {entry.id} could not be deleted: {error.strerror}",
                    where=str(self.folder / "runs" / entry.id),
                    right="a folder this user may delete",
                    next_step="auditor runs verify",
                ) from error
        return entry.sha256

    def _run_folder(self, name: str) -> Path:
        if not _RUN_ID.fullmatch(name):
            raise UsageError(
                f"{name!r} is no id of a run", right="such as 20260131T120000Z-0a1b2c", next_step="auditor runs list"
            )
        return self.folder / "runs" / name

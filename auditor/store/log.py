"""The run that is being made: its folder, its lock, its writer, and the seal at the end."""

import contextlib
import os
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import StoreError
from auditor.model import codec
from auditor.model.outcome import Outcome
from auditor.model.run import Run
from auditor.model.severity import Severity
from auditor.store.catalogue import RunEntry
from auditor.store.files import locked, write_bytes
from auditor.store.parts import FolderWriter

if TYPE_CHECKING:
    from auditor.store.folder import Store


@dataclass(slots=True)
class FolderLog:
    """Implements model.ports.RunLog. Holds the run's lock until it is sealed, abandoned or the process ends."""

    store: "Store"
    folder: Path
    handle: int

    @property
    def run_id(self) -> str:
        """Identifier of the run being made."""
        return self.folder.name

    @property
    def writer(self) -> FolderWriter:
        """The writer to hand to workers."""
        return FolderWriter(self.folder)

    def previous(self) -> str:
        """SHA-256 of the newest sealed run in this store, or an empty string."""
        runs = self.store.runs()
        return runs[-1].sha256 if runs else ""

    def seal(self, run: Run) -> None:
        """Write `run.json` and enter the run in chain, catalogue and log.

        Another run may have been sealed since `previous()` was asked: the link to it is set here, under the lock.
        """
        if run.id != self.run_id:
            raise StoreError(
                f"run {run.id} does not belong into the folder of run {self.run_id}",
                where=str(self.folder),
                right="a Run with the id that begin() gave",
            )
        with locked(self.store.folder / "lock"):
            self.store.recover()
            self.writer.prune(part.name for part in run.parts)
            sealed = replace(run, previous=self.previous())
            digest = write_bytes(self.folder / "run.json", codec.dump(sealed))
            self.store.enter(sealed, digest)
        self.close()

    def abandon(self) -> None:
        """Remove what was begun, because nothing was audited. A sealed run is never removed."""
        if not (self.folder / "run.json").exists():
            shutil.rmtree(self.folder, ignore_errors=True)
        self.close()

    def close(self) -> None:
        """Let go of the run's lock; the run stays as it is and can be resumed."""
        if self.handle >= 0:
            with contextlib.suppress(OSError):
                os.close(self.handle)
            self.handle = -1


def entry_of(run: Run, digest: str, sequence: int) -> RunEntry:
    """The line of the catalogue for a sealed run."""
    failed: Counter[Severity] = Counter()
    for tally in run.tallies:
        failed[tally.severity] += tally.counts.get(Outcome.FAIL, 0)
    return RunEntry(
        sequence=sequence,
        id=run.id,
        plan=run.plan.name,
        started=run.started.isoformat(),
        finished=run.finished.isoformat(),
        complete=run.complete,
        fail=sum(failed.values()),
        critical=failed[Severity.CRITICAL],
        high=failed[Severity.HIGH],
        sha256=digest,
        previous=run.previous,
    )

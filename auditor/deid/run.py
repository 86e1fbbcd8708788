"""The whole of one de-identification up to the staging folder: census, files, journal, crosswalk entries."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from shutil import rmtree
from typing import TypeAlias

from auditor.deid.batch import Batch, Item, batches, items_of
from auditor.deid.census import Census, take
from auditor.deid.crosswalk import Entry
from auditor.deid.journal import Journal, mark_of
from auditor.deid.naming import Names
from auditor.deid.objection import NONE, Objection
from auditor.deid.people import People
from auditor.deid.placing import Places
from auditor.deid.plan import DeidPlan, Fate, Outcome
from auditor.deid.worker import Deidentifier, Medium
from auditor.dicomio.collector import seldom
from auditor.dicomio.find import Found
from auditor.dicomio.form import Form
from auditor.dicomio.source import Opener
from auditor.errors import AuditorError, StoreError

STAGING = "staging"
Done: TypeAlias = tuple[Batch, "tuple[Outcome, ...] | BaseException"]
Spread: TypeAlias = Callable[[Callable[[Batch], tuple[Outcome, ...]], Iterator[Batch]], Iterable[Done]]
_SELDOM = 50_000  # elements and edits are tuples by the thousand, and hold no cycles
_DIED = "its worker ended without a result"


@dataclass(frozen=True, slots=True)
class Workplace:
    """The folder beside the output where everything happens that is not released yet. Mode 0700."""

    folder: Path

    @property
    def staging(self) -> Path:
        """De-identified files that wait for the scanner."""
        return self.folder / STAGING

    @property
    def quarantine(self) -> Path:
        """Files in which the scanner found something."""
        return self.folder / "quarantine"

    @property
    def readings(self) -> Path:
        """What was read in pictures, for the scan that meets the same pictures again."""
        return self.folder / "readings"

    @property
    def journal(self) -> Path:
        """One line a finished input file."""
        return self.folder / "journal.jsonl"

    def make(self) -> None:
        """Create the folders; raises StoreError."""
        try:
            for path in (self.folder, self.staging, self.quarantine, self.readings):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"the work folder cannot be made: {error.strerror}", where=str(self.folder)) from error

    def clear(self) -> None:
        """Take away all but the quarantine, and that too when it is empty."""
        for folder in (self.staging, self.readings):
            rmtree(folder, ignore_errors=True)
        self.journal.unlink(missing_ok=True)
        with suppress(OSError):
            self.quarantine.rmdir()
            self.folder.rmdir()


@dataclass(slots=True)
class Staged:
    """What lies in staging, and what does not."""

    outcomes: list[Outcome] = field(default_factory=list)
    patients: int = 0
    shared_ids: int = 0
    joined_ids: int = 0
    twice: int = 0
    entries: set[Entry] = field(default_factory=set)


def serially(function: Callable[[Batch], tuple[Outcome, ...]], jobs: Iterator[Batch]) -> Iterator[Done]:
    """Do one batch after the other in this process."""
    for job in jobs:
        yield job, function(job)


def work(batch: Batch) -> tuple[Outcome, ...]:
    """De-identify the files of one batch. Raises StoreError when the disk does not take them."""
    folder = Path(batch.folder)
    worker = _deidentifier(batch.plan, str(Workplace(folder).readings))
    worker.begin(batch.known)
    staging = Workplace(folder).staging
    with Opener(batch.plan.limits) as opener, seldom(_SELDOM):
        return tuple(worker.one(item, opener, staging) for item in batch.items)


@lru_cache(maxsize=1)
def _deidentifier(plan: DeidPlan, readings: str) -> Deidentifier:
    return Deidentifier(plan, Path(readings))


class Stage:
    """One source being staged: first `run`, then `again` for files that the scan objected to."""

    def __init__(self, plan: DeidPlan, place: Workplace, spread: Spread = serially) -> None:
        place.make()
        self._plan = plan
        self._place = place
        self._spread = spread
        people = People(plan.key, plan.profile.shift_days, plan.profile.prefix, plan.subjects)
        self.census: Census = take(Path(plan.source), people, plan.limits)
        self._items = {item.found.locator: item for item in items_of(plan, self.census)}
        self._outcomes: dict[str, Outcome] = {}

    def run(self, progress: Callable[[Outcome], None] = lambda _: None) -> Staged:
        """De-identify everything into staging. What the journal lists and has not changed is not done again."""
        worker = Deidentifier(replace(self._plan, subjects=()))
        with Journal(self._place.journal) as journal:
            known = journal.known(lambda outcome: worker.whole(self._place.staging, outcome))
            waiting = []
            for item in self._items.values():
                outcome = known.get(mark_of(item.found))
                if outcome is None or outcome.path not in ("", item.path):
                    waiting.append(item)
                else:
                    self._take(outcome, progress)
            self._carry_out(waiting, journal, progress)
            self._directories(progress)
        return self._staged()

    def again(self, objections: Mapping[str, Objection], progress: Callable[[Outcome], None]) -> Staged:
        """Clean files once more, without what was objected to in their copies; `objections` is by path of the copy."""
        wanted = {path: objection for path, objection in objections.items() if objection}
        with Journal(self._place.journal) as journal:
            items = [replace(item, objection=wanted[item.path]) for item in self._items.values() if item.path in wanted]
            self._carry_out(items, journal, progress)
            self._directories(progress, wanted)
        return self._staged()

    def without(self, paths: frozenset[str]) -> None:
        """Write DICOMDIRs anew, as if the copies at `paths` were not there."""
        self._directories(lambda _: None, {}, paths)

    def _carry_out(self, items: list[Item], journal: Journal, progress: Callable[[Outcome], None]) -> None:
        """Work on items; a process that dies takes only the file with it on which it died."""
        failed: list[Batch] = []
        jobs = batches(self._plan, str(self._place.folder), self.census, items)
        for batch, result in self._spread(work, jobs):
            if isinstance(result, BaseException):
                _reraise(result)
                failed.append(batch)
            else:
                self._entered(batch, result, journal, progress)
        singles = (single for batch in failed for single in batch.alone())
        for batch, result in self._spread(work, singles) if failed else ():
            if isinstance(result, BaseException):
                _reraise(result)
                found = batch.items[0].found
                why = f"{_DIED} ({type(result).__name__})"
                result = (Outcome(found.locator, found.size, Fate.WITHHELD, why),)
            self._entered(batch, result, journal, progress)

    def _entered(
        self, batch: Batch, outcomes: Iterable[Outcome], journal: Journal, progress: Callable[[Outcome], None]
    ) -> None:
        for item, outcome in zip(batch.items, outcomes, strict=True):
            journal.write(mark_of(item.found), outcome)
            self._take(outcome, progress)

    def _take(self, outcome: Outcome, progress: Callable[[Outcome], None]) -> None:
        self._outcomes[outcome.locator] = outcome
        progress(outcome)

    def _directories(
        self,
        progress: Callable[[Outcome], None],
        objections: Mapping[str, Objection] | None = None,
        without: frozenset[str] = frozenset(),
    ) -> None:
        """DICOMDIRs, which name the other files and come last."""
        media = [found for found in self.census.files if found.form is Form.DICOMDIR]
        if not media:
            return
        copies = {one.locator: one.path for one in self._outcomes.values() if one.path and one.path not in without}
        places = Places(Names(self._plan.profile.file_name, self._plan.key), self.census.media_roots())
        worker = Deidentifier(replace(self._plan, subjects=()))
        with Opener(self._plan.limits) as opener:
            for found in media:
                path = places.directory(found)
                medium = Medium(path, copies, (objections or {}).get(str(path), NONE))
                self._take(self._directory(worker, found, opener, medium), progress)

    def _directory(self, worker: Deidentifier, found: Found, opener: Opener, medium: Medium) -> Outcome:
        try:
            return worker.directory(found, opener, self.census.people, medium, self._place.staging)
        except AuditorError:
            raise
        except Exception as error:  # a fault of this tool's own must not lose the files that are done
            return Outcome(found.locator, found.size, Fate.WITHHELD, f"{_DIED} ({type(error).__name__})")

    def _staged(self) -> Staged:
        order = [*self._items, *(found.locator for found in self.census.files if found.form is Form.DICOMDIR)]
        refused = [Outcome(one.locator, one.size, Fate.SKIPPED, str(one.reason)) for one in self.census.refused]
        outcomes = [*refused, *(self._outcomes[locator] for locator in order)]
        return Staged(
            outcomes,
            len({outcome.patient for outcome in outcomes if outcome.patient}),
            len(self.census.people.shared()),
            self.census.people.joined(),
            len(self.census.twice()),
            {Entry(*entry) for outcome in outcomes for entry in outcome.mapped},
        )


def stage(plan: DeidPlan, place: Workplace, progress: Callable[[Outcome], None] = lambda _: None) -> Staged:
    """De-identify everything into ``place.staging``, in this process."""
    return Stage(plan, place).run(progress)


def _reraise(error: BaseException) -> None:
    """A disk that takes nothing, or a reader's Ctrl-C, ends the run; a process that died does not."""
    if isinstance(error, StoreError) or not isinstance(error, Exception):
        raise error

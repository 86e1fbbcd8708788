"""The whole of one de-identification up to the staging folder: census, files, journal, crosswalk entries."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass, field
from pathlib import Path

from auditor.deid.census import Census, take
from auditor.deid.crosswalk import Entry
from auditor.deid.groups import Trait
from auditor.deid.people import People
from auditor.deid.plan import DeidPlan, Fate, Outcome
from auditor.deid.worker import Deidentifier
from auditor.dicomio.find import Found
from auditor.dicomio.form import Form
from auditor.dicomio.source import Opener
from auditor.errors import StoreError, TargetError, UsageError

JOURNAL = "journal.jsonl"
STAGING = "staging"


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
    def journal(self) -> Path:
        """One line a finished input file."""
        return self.folder / JOURNAL

    def make(self) -> None:
        """Create the folders; raises StoreError."""
        try:
            for path in (self.folder, self.staging, self.quarantine):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"the work folder cannot be made: {error.strerror}", where=str(self.folder)) from error


@dataclass(slots=True)
class Staged:
    """What lies in staging, and what does not."""

    outcomes: list[Outcome] = field(default_factory=list)
    patients: int = 0
    shared_ids: int = 0
    joined_ids: int = 0
    twice: int = 0
    entries: set[Entry] = field(default_factory=set)


def check_places(source: Path, target: Path) -> None:
    """Refuse an output inside the input, the input inside the output, and an output that holds files already."""
    inside, outside = source.resolve(), target.resolve()
    if not inside.exists():
        raise TargetError("the source does not exist", where=str(source), right="a file or folder with DICOM")
    if outside == inside or inside in outside.parents or outside in inside.parents:
        raise UsageError(
            "source and output lie within each other", where=str(target), right="an output folder elsewhere"
        )


def stage(plan: DeidPlan, place: Workplace, progress: Callable[[Outcome], None] = lambda _: None) -> Staged:
    """De-identify everything into ``place.staging``.

    A stopped run goes on where it stopped: what the journal lists, and what has not changed since, is not done
    again. Files come in a stable order, DICOMDIRs last, since they name the others.
    """
    place.make()
    people = People(plan.key, plan.profile.shift_days, plan.profile.prefix, plan.subjects)
    census = take(Path(plan.source), people, plan.limits)
    worker = Deidentifier(plan, census)
    staged = Staged(shared_ids=len(people.shared()), joined_ids=people.joined(), twice=len(census.twice()))
    done = _journal(place, worker)
    for refused in census.refused:
        staged.outcomes.append(Outcome(refused.locator, refused.size, Fate.SKIPPED, str(refused.reason)))
    with Opener(plan.limits) as opener, _Journal(place.journal) as journal:
        for found in _ordered(census):
            mark = _mark(found)
            known = done.get(mark)
            outcome = known or worker.one(found, opener, place.staging)
            if known is None:
                journal.write(mark, outcome)
            staged.outcomes.append(outcome)
            staged.entries |= {Entry(*entry) for entry in outcome.mapped}
            progress(outcome)
    staged.patients = len({outcome.patient for outcome in staged.outcomes if outcome.patient})
    return staged


def _ordered(census: Census) -> Iterator[Found]:
    yield from (found for found in census.files if found.form is not Form.DICOMDIR)
    yield from (found for found in census.files if found.form is Form.DICOMDIR)


def _mark(found: Found) -> str:
    path = Path(found.root) / found.locator.split("!")[0]
    stamp = path.stat().st_mtime_ns if path.is_file() else 0
    return f"{found.locator}\0{found.size}\0{stamp}"


class _Journal:
    """Appends one line a file, flushed at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "_Journal":
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._stream = os.fdopen(descriptor, "a", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def write(self, mark: str, outcome: Outcome) -> None:
        line = {
            "mark": mark,
            "locator": outcome.locator,
            "size": outcome.size,
            "fate": outcome.fate.value,
            "reason": outcome.reason,
            "path": outcome.path,
            "patient": outcome.patient,
            "counts": dict(outcome.counts),
            "source": outcome.source_digest,
            "copy": outcome.copy_digest,
            "risks": list(outcome.risks),
            "trait": astuple(outcome.trait) if outcome.trait else None,
            "mapped": [list(entry) for entry in outcome.mapped],
        }
        self._stream.write(json.dumps(line) + "\n")
        self._stream.flush()


def _journal(place: Workplace, worker: Deidentifier) -> Mapping[str, Outcome]:
    """Outcomes of an earlier attempt whose staged files are still whole."""
    if not place.journal.is_file():
        return {}
    found: dict[str, Outcome] = {}
    for line in place.journal.read_text("utf-8").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue  # the line that was being written when the run was stopped
        outcome = Outcome(
            entry["locator"],
            entry["size"],
            Fate(entry["fate"]),
            entry["reason"],
            entry["path"],
            entry["patient"],
            entry["counts"],
            source_digest=entry["source"],
            copy_digest=entry["copy"],
            risks=tuple(entry["risks"]),
            trait=Trait(*entry["trait"]) if entry["trait"] else None,
            mapped=tuple(tuple(one) for one in entry["mapped"]),
        )
        if outcome.fate is not Fate.STAGED or worker.whole(place.staging, outcome):
            found[entry["mark"]] = outcome
    return found

"""De-identify, have the scanner look at every copy, and release only those in which it found nothing."""

import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import rmtree

from auditor.audit.plan import Plan
from auditor.audit.run import run
from auditor.deid import certificate as certificates
from auditor.deid import crosswalk
from auditor.deid.codes import Option
from auditor.deid.groups import anonymity
from auditor.deid.plan import DeidPlan, Fate, Outcome
from auditor.deid.run import Staged, Workplace, check_places, stage
from auditor.errors import StoreError, TargetError
from auditor.model.finding import Finding
from auditor.model.outcome import Disposition
from auditor.model.outcome import Outcome as Verdict
from auditor.model.ports import Observer, PartWriter, RunLog
from auditor.model.run import Note, PartRecord, Request, RuleTally, Run
from auditor.model.severity import Severity
from auditor.model.target import InventoryRow
from auditor.model.views import View


@dataclass(frozen=True, slots=True)
class BackDoor:
    """Where the crosswalk goes, and who may open it."""

    path: Path | None = None
    passphrase: bytes | None = field(default=None, repr=False)
    recipients: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """What came of it: every input file once, the run that verified the copies, and what was released."""

    outcomes: tuple[Outcome, ...]
    released: tuple[Outcome, ...]
    quarantined: tuple[Outcome, ...]
    run: Run | None
    certificate: certificates.Certificate
    workplace: Path

    @property
    def withheld(self) -> tuple[Outcome, ...]:
        """Files that were not even staged."""
        return tuple(outcome for outcome in self.outcomes if outcome.fate is Fate.WITHHELD)

    @property
    def complete(self) -> bool:
        """Whether every DICOM file of the source was released."""
        return not self.withheld and not self.quarantined


def deid(
    source: Path,
    target: Path,
    job: DeidPlan,
    *,
    plan: Plan,
    log: RunLog,
    observer: Observer,
    back: BackDoor | None = None,
    tolerated: Severity = Severity.LOW,
    progress: Callable[[Outcome], None] = lambda _: None,
) -> Release:
    """De-identify `source` into `target`; nothing reaches `target` that the headers room objects to.

    A finding of the scan above `tolerated` keeps a copy in the quarantine beside `target`. Raises UsageError
    when source and target lie within each other, TargetError when there is no DICOM, StoreError when the disk
    is full; what was staged until then is taken up by the next run.
    """
    check_places(source, target)
    place = Workplace(target.with_name(target.name + ".work"))
    staged = stage(job, place, progress)
    made = _certificate(job, staged)
    waiting = [outcome for outcome in staged.outcomes if outcome.fate is Fate.STAGED]
    if not staged.outcomes:
        raise TargetError("there is nothing to de-identify", right="a folder with DICOM files")
    objected: frozenset[str] = frozenset()
    verified: Run | None = None
    if waiting:
        verified, objected = _verify(plan, log, observer, place, made, tolerated, _expected(job))
    else:
        log.abandon()
    digest = plan.protector.digest
    bad = [outcome for outcome in waiting if digest(outcome.path) in objected]
    good = [outcome for outcome in waiting if digest(outcome.path) not in objected]
    _quarantine(place, bad)
    _publish(place, good, target)
    if back is not None and back.path is not None:
        _write_crosswalk(back, staged)
    rmtree(place.staging, ignore_errors=True)
    place.journal.unlink(missing_ok=True)
    return Release(tuple(staged.outcomes), tuple(good), tuple(bad), verified, made, place.folder)


def _verify(
    plan: Plan,
    log: RunLog,
    observer: Observer,
    place: Workplace,
    made: certificates.Certificate,
    tolerated: Severity,
    expected: frozenset[str],
) -> tuple[Run, frozenset[str]]:
    objections = place.folder / "objections"
    rmtree(objections, ignore_errors=True)
    objections.mkdir(mode=0o700)
    request = Request("headers", (str(place.staging),))
    notes = (*plan.notes, Note(certificates.ROOM, made.text()))
    watched = _WatchedLog(log, objections, tolerated, expected)
    sealed = run(replace(plan, name="deid", requests=(request,), notes=notes), watched, observer)
    found = [line for file in sorted(objections.iterdir()) for line in file.read_text("ascii").splitlines()]
    rmtree(objections, ignore_errors=True)
    return sealed, frozenset(found)


@dataclass(frozen=True, slots=True)
class _WatchedWriter:
    """Writes parts through, and notes the digests of files that may not be released. Picklable."""

    inner: PartWriter
    folder: Path
    tolerated: Severity
    expected: frozenset[str]

    def exists(self, name: str) -> PartRecord | None:
        return self.inner.exists(name)

    def write(
        self,
        name: str,
        findings: Sequence[Finding],
        rows: Sequence[InventoryRow],
        tallies: Sequence[RuleTally],
        views: Sequence[View] = (),
    ) -> PartRecord:
        bad = {
            finding.subject_digest
            for finding in findings
            if finding.outcome in (Verdict.FAIL, Verdict.NOT_EVALUATED)
            and finding.severity > self.tolerated
            and finding.rule not in self.expected
        }
        bad |= {row.digest for row in rows if row.disposition is not Disposition.READ}
        (self.folder / name).write_text("".join(f"{digest}\n" for digest in sorted(bad)), "ascii")
        return self.inner.write(name, findings, rows, tallies, views)


@dataclass(frozen=True, slots=True)
class _WatchedLog:
    """A run log whose writer is watched."""

    inner: RunLog
    folder: Path
    tolerated: Severity
    expected: frozenset[str]

    @property
    def run_id(self) -> str:
        return self.inner.run_id

    @property
    def writer(self) -> PartWriter:
        return _WatchedWriter(self.inner.writer, self.folder, self.tolerated, self.expected)

    def previous(self) -> str:
        return self.inner.previous()

    def seal(self, run: Run) -> None:
        self.inner.seal(run)

    def abandon(self) -> None:
        self.inner.abandon()


def _expected(job: DeidPlan) -> frozenset[str]:
    """Rules that must fire on what was asked for.

    A DICOMDIR has no place to say that its dates were moved; originals sealed for a recipient are meant to be there.
    """
    dated = job.profile.has(Option.MODIFIED_DATES) or job.profile.has(Option.FULL_DATES)
    rules = {"headers.dicomdir-date": dated, "headers.encrypted-attributes-kept": bool(job.recipients)}
    return frozenset(rule for rule, expected in rules.items() if expected)


def _certificate(job: DeidPlan, staged: Staged) -> certificates.Certificate:
    traits = (outcome.trait for outcome in staged.outcomes if outcome.trait is not None)
    return certificates.certificate(
        job.profile,
        staged.outcomes,
        key=job.key,
        patients=staged.patients,
        shared_ids=staged.shared_ids,
        joined_ids=staged.joined_ids,
        twice=staged.twice,
        groups=anonymity(traits, job.profile.smallest_group),
    )


def _quarantine(place: Workplace, outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        _move(place.staging / outcome.path, place.quarantine / outcome.path)


def _publish(place: Workplace, outcomes: Sequence[Outcome], target: Path) -> None:
    if target.suffix.lower() == ".zip":
        _zip(place, outcomes, target)
        return
    for outcome in outcomes:
        _move(place.staging / outcome.path, target / outcome.path)


def _move(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
    except OSError as error:
        raise StoreError(f"a copy cannot be moved into place: {error.strerror}", where=str(target.parent)) from error


def _zip(place: Workplace, outcomes: Sequence[Outcome], target: Path) -> None:
    temporary = target.with_name(target.name + ".part")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for outcome in sorted(outcomes, key=lambda one: one.path):
                entry = zipfile.ZipInfo(outcome.path)  # dated 1980: no time of the source or of this run
                entry.compress_type = zipfile.ZIP_DEFLATED
                with (place.staging / outcome.path).open("rb") as stream, archive.open(entry, "w") as member:
                    while block := stream.read(1 << 20):
                        member.write(block)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StoreError(f"the archive cannot be written: {error.strerror}", where=str(target)) from error


def _write_crosswalk(back: BackDoor, staged: Staged) -> None:
    from auditor.deid.sealed import read_certificate

    if back.path is None:
        return
    entries = sorted(staged.entries, key=lambda entry: (entry.kind, entry.original))
    certs = [read_certificate(path) for path in back.recipients]
    crosswalk.write(back.path, entries, back.passphrase, certs)

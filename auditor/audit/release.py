"""De-identify, have the scanner look at every copy, and release only those in which it found nothing."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path, PurePosixPath

from auditor.audit.executors import EXECUTORS
from auditor.audit.output import check_places, held
from auditor.audit.plan import Plan
from auditor.audit.publishing import publish, quarantine
from auditor.audit.rehearsal import Bar, Rehearsal
from auditor.audit.run import run
from auditor.config.headers import HeadersSettings
from auditor.config.section import Section
from auditor.deid import certificate as certificates
from auditor.deid import crosswalk
from auditor.deid.batch import Batch
from auditor.deid.codes import Option
from auditor.deid.groups import anonymity
from auditor.deid.objection import NONE, Objection
from auditor.deid.plan import DeidPlan, Fate, Outcome
from auditor.deid.run import Done, Spread, Stage, Staged, Workplace
from auditor.errors import TargetError, UsageError
from auditor.model.ports import Observer, RunLog
from auditor.model.run import Note, Request, Run
from auditor.model.severity import Severity

FACE_RULES = ("headers.face-recognisable", "headers.photograph-of-face")
_TURNS = 3
_MOST_PSEUDONYMS = 20_000
_SHORTEST_PASSPHRASE = 12


@dataclass(frozen=True, slots=True)
class BackDoor:
    """Where the crosswalk goes, and who may open it."""

    path: Path | None = None
    passphrase: bytes | None = field(default=None, repr=False)
    recipients: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """What came of it: every input file once, the run that verified the copies, and what was released.

    `strangers` counts the files of the output that this run neither made nor replaced.
    """

    outcomes: tuple[Outcome, ...]
    released: tuple[Outcome, ...]
    quarantined: tuple[Outcome, ...]
    run: Run | None
    certificate: certificates.Certificate
    workplace: Path
    strangers: int = 0

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

    A copy with a finding of the scan above `tolerated` is cleaned again without what was found; if the scan
    still finds something after that, it stays in the quarantine beside `target`. Raises UsageError when source
    and target lie within each other, TargetError when there is no DICOM, StoreError when the disk is full; what
    was staged until then is taken up by the next run.
    """
    check_places(source, target, job)
    _check_back(back, target)
    before = held(target)
    place = Workplace(target.with_name(target.name + ".work"))
    work = Stage(job, place, _spread(plan))
    staged = work.run(progress)
    if all(outcome.fate is Fate.SKIPPED for outcome in staged.outcomes):
        log.abandon()
        met = len(staged.outcomes)
        raise TargetError(
            f"there is nothing to de-identify (files met: {met}, DICOM among them: 0)",
            right="a folder with DICOM files",
        )
    verified: Run | None = None
    bad: frozenset[str] = frozenset()
    if _waiting(staged):
        rehearsal = Rehearsal(place.folder / "verification", Bar(tolerated, _expected(job)))
        check = _Check(_for_purpose(plan, job), _request(job, place), observer, rehearsal)
        staged, bad, again = _cleaned(check, work, staged, progress)
        strangers = _strangers(before, staged, bad)
        made = _certificate(job, staged, rehearsal.expected(), again, strangers)
        verified = check.sealed(log, made)
        rehearsal.done()
    else:
        strangers = len(before)
        made = _certificate(job, staged, {}, 0, strangers)
        log.abandon()
    quarantined = [outcome for outcome in _waiting(staged) if outcome.path in bad]
    good = [outcome for outcome in _waiting(staged) if outcome.path not in bad]
    quarantine(place, quarantined)
    publish(place, good, target)
    if back is not None and back.path is not None:
        _write_crosswalk(back, staged)
    place.clear()
    return Release(tuple(staged.outcomes), tuple(good), tuple(quarantined), verified, made, place.folder, strangers)


def _check_back(back: BackDoor | None, target: Path) -> None:
    """Refuse a crosswalk that nobody could open, that anybody could guess open, or that would be released."""
    if back is None or back.path is None:
        return
    if not back.passphrase and not back.recipients:
        raise UsageError(
            "a crosswalk needs somebody who can open it",
            where=str(back.path),
            right="--passphrase-file, or --encrypt-to with a recipient's certificate",
            next_step="auditor deid run --help",
        )
    if back.passphrase and len(back.passphrase) < _SHORTEST_PASSPHRASE:
        raise UsageError(
            "the passphrase of the crosswalk is too short", right=f"at least {_SHORTEST_PASSPHRASE} characters"
        )
    if target.resolve() in (back.path.resolve(), *back.path.resolve().parents):
        raise UsageError("the crosswalk would be released with the copies", right="a place outside the output")


def _spread(plan: Plan) -> Spread:
    """Batches go where the scan's chunks go; a single one is not worth another process."""

    def spread(function: Callable[[Batch], tuple[Outcome, ...]], jobs: Iterator[Batch]) -> Iterable[Done]:
        first = list(islice(jobs, 2))
        executor = EXECUTORS[plan.executor if len(first) > 1 else "serial"]
        return executor(function, chain(first, jobs), plan.workers)

    return spread


def _waiting(staged: Staged) -> list[Outcome]:
    return [outcome for outcome in staged.outcomes if outcome.fate is Fate.STAGED]


def _for_purpose(plan: Plan, job: DeidPlan) -> Plan:
    """Dates kept in full make a limited data set (164.514(e)), which other rules hold for than for an export."""
    plan = replace(plan, settings={**plan.settings, "headers": _knowing(plan.settings.get("headers"), job)})
    if plan.purpose == "export" and job.profile.has(Option.FULL_DATES):
        return replace(plan, purpose="limited-data-set")
    return plan


def _knowing(settings: Section | None, job: DeidPlan) -> Section:
    """The scan's settings, by which it knows the pseudonyms of the site's own table for what they are."""
    known = settings if isinstance(settings, HeadersSettings) else HeadersSettings()
    own = sorted({re.escape(subject.pseudonym) for subject in job.subjects})
    if not own or len(own) > _MOST_PSEUDONYMS:
        return known
    patterns = [f"(?:{known.pseudonyms})"] if known.pseudonyms else []
    return known.model_copy(update={"pseudonyms": "|".join([*patterns, *own])})


def _request(job: DeidPlan, place: Workplace) -> Request:
    options: dict[str, object] = {"readings": str(place.readings)}
    if not job.ocr:
        options["ocr"] = False
    return Request("headers", (str(place.staging),), options)


def _cleaned(
    check: "_Check", work: Stage, staged: Staged, progress: Callable[[Outcome], None]
) -> tuple[Staged, frozenset[str], int]:
    """Scan, and clean again what was objected to.

    Returns what lies in staging, the paths that stay bad, and how many files were cleaned again and are not bad.
    """
    objections: dict[str, Objection] = {}
    for turn in range(_TURNS + 1):
        seen = check.rehearsed([outcome.path for outcome in _waiting(staged)])
        if not seen or turn == _TURNS:
            break
        objections = {path: objections.get(path, NONE).joined(objection) for path, objection in seen.items()}
        staged = work.again(objections, progress)
        check.forget((*seen, *_directories(staged)))
    bad = frozenset(seen)
    directories = _directories(staged)
    if bad and directories:
        work.without(bad)
        check.forget(directories)
        bad |= frozenset(check.rehearsed(directories))
    return staged, bad, len(objections.keys() - bad)


def _directories(staged: Staged) -> list[str]:
    return [one.path for one in _waiting(staged) if PurePosixPath(one.path).name == "DICOMDIR"]


class _Check:
    """The verifying scan of a staging folder: rehearsed as often as needed, then sealed."""

    def __init__(self, plan: Plan, request: Request, observer: Observer, rehearsal: Rehearsal) -> None:
        self._plan = replace(plan, name="deid", requests=(request,))
        self._observer = observer
        self._rehearsal = rehearsal

    def rehearsed(self, paths: Sequence[str]) -> Mapping[str, Objection]:
        """What the scan objects to now, by path of the copy."""
        run(self._plan, self._rehearsal.log(), _Unfinished(self._observer))
        found, digest = self._rehearsal.objections(), self._plan.protector.digest
        named = {path: digest(path) for path in paths}
        return {path: found[told] for path, told in named.items() if told in found}

    def forget(self, paths: Sequence[str]) -> None:
        """Copies at these paths have changed."""
        self._rehearsal.forget(self._plan.protector.digest(path) for path in paths)

    def sealed(self, log: RunLog, made: certificates.Certificate) -> Run:
        """The run as it stands, sealed in `log` with the certificate as a note."""
        notes = (*self._plan.notes, Note(certificates.ROOM, made.text()))
        return run(replace(self._plan, notes=notes), self._rehearsal.replay(log), self._observer)


@dataclass(frozen=True, slots=True)
class _Unfinished:
    """An observer that is not told of the end, since there may be another turn."""

    inner: Observer

    def started(self, room: str) -> None:
        self.inner.started(room)

    def chunk_done(self, room: str, rows: int, findings: int) -> None:
        self.inner.chunk_done(room, rows, findings)

    def finished(self, run: Run) -> None:
        """Not yet."""


def _expected(job: DeidPlan) -> frozenset[str]:
    """Rules that must fire on what was asked for, or on what no option of this tool changes.

    A DICOMDIR has no place to say that its dates were moved; originals sealed for a recipient are meant to be
    there; faces are assessed and never removed, and pixels are not read on request, which the certificate says.
    """
    dated = job.profile.has(Option.MODIFIED_DATES) or job.profile.has(Option.FULL_DATES)
    rules = {
        "headers.dicomdir-date": dated,
        "headers.encrypted-attributes-kept": bool(job.recipients),
        **dict.fromkeys(FACE_RULES, True),
        "headers.recognizable-features-yes": True,
        "headers.pixels-unread": not job.ocr,
    }
    return frozenset(rule for rule, expected in rules.items() if expected)


def _strangers(before: frozenset[str], staged: Staged, bad: frozenset[str]) -> int:
    """How many files of the output this run neither made nor replaced."""
    return len(before - {outcome.path for outcome in _waiting(staged) if outcome.path not in bad})


def _certificate(
    job: DeidPlan, staged: Staged, expected: Mapping[str, int], again: int, strangers: int
) -> certificates.Certificate:
    traits = (outcome.trait for outcome in staged.outcomes if outcome.trait is not None)
    faces = sum(expected.get(rule, 0) for rule in FACE_RULES)
    found = {"faces": faces, "again": again, "unread": int(not job.ocr), "strangers": strangers}
    return certificates.certificate(job, staged, anonymity(traits, job.profile.smallest_group), found)


def _write_crosswalk(back: BackDoor, staged: Staged) -> None:
    from auditor.deid.sealed import read_certificate

    if back.path is None:
        return
    entries = sorted(staged.entries, key=lambda entry: (entry.kind, entry.original))
    certs = [read_certificate(path) for path in back.recipients]
    crosswalk.write(back.path, entries, back.passphrase, certs)

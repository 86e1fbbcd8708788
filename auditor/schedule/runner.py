"""Carries out one schedule: catches up once, never twice at a time, delivers, and tells a failure as a report."""

import fcntl
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.config.schedule import ScheduleSettings
from auditor.config.settings import Configuration
from auditor.errors import AuditorError
from auditor.report.build import report_by_configuration
from auditor.report.formats import render
from auditor.report.past import Past
from auditor.schedule.delivery import Document, deliver
from auditor.schedule.state import State, read_state, state_folder, write_state
from auditor.schedule.times import missed, next_due
from auditor.store.folder import Store
from auditor.store.stored import StoredRun

Audit = Callable[[ScheduleSettings], StoredRun]
_SUFFIXES = {"markdown": "md", "jsonl": "jsonl", "junit": "junit.xml", "sarif": "sarif"}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of looking at a schedule: `ran`, `failed`, `skipped` or `not due`, in a sentence; 0, 1 or 3."""

    outcome: str
    sentence: str
    exit_code: int = 0


def run_due(
    schedule: ScheduleSettings, configuration: Configuration, store: Store, audit: Audit, *, now: datetime, force: bool
) -> Result:
    """Run the schedule when it is due at `now` (or always, with `force`); several missed times are caught up once.

    A schedule that never ran counts from now on. Overlap with a run of the same store waits or is skipped, and said.
    """
    state = read_state(store.folder, schedule.name)
    since = state.handled_at()
    if since is None and not force:
        write_state(store.folder, schedule.name, state.with_(handled=now.isoformat()))
        return Result("not due", f"{schedule.name}: first due {next_due(schedule, now):%Y-%m-%d %H:%M %Z}.")
    due = missed(schedule, since, now) if since else ()
    if not due and not force:
        return Result("not due", f"{schedule.name}: next due {next_due(schedule, now):%Y-%m-%d %H:%M %Z}.")
    handle = os.open(state_folder(store.folder) / "running.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _locked(handle, wait=schedule.overlap == "wait"):
            return _skip(schedule, store, state, now)
        fresh = read_state(store.folder, schedule.name)
        handled = fresh.handled_at()
        if not force and handled is not None and not missed(schedule, handled, now):
            return Result("not due", f"{schedule.name}: another scheduler has just run it.")
        late = f" ({len(due)} times were due and are caught up once)" if len(due) > 1 else ""
        write_state(store.folder, schedule.name, fresh.with_(handled=now.isoformat()))
        return _carry_out(schedule, configuration, store, audit, now, late)
    finally:
        os.close(handle)


def _locked(handle: int, *, wait: bool) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def _skip(schedule: ScheduleSettings, store: Store, state: State, now: datetime) -> Result:
    changed = state.with_(handled=now.isoformat(), skipped=state.skipped + 1, last_result="skipped")
    write_state(store.folder, schedule.name, changed)
    store.record("schedule skipped", subject=schedule.name, details={"reason": "another scheduled run was at work"})
    return Result("skipped", f"{schedule.name}: skipped, because another scheduled run was still at work.", 3)


def _carry_out(
    schedule: ScheduleSettings, configuration: Configuration, store: Store, audit: Audit, now: datetime, late: str
) -> Result:
    try:
        stored = audit(schedule)
        documents = make_documents(schedule, configuration, store, stored)
        subject = f"Imaging audit {schedule.name}: run {stored.run.id}"
        text = f"The audit {schedule.name!r} of {stored.run.site} was carried out{late}. The report is attached."
        complete = stored.run.complete
    except (AuditorError, OSError) as error:
        documents = [failure_document(schedule, error, now)]
        subject = f"Imaging audit {schedule.name} FAILED"
        text = f"The audit {schedule.name!r} could not be carried out{late}. What went wrong is attached."
        problems = deliver(schedule, configuration, documents, subject, text)
        _note(store, schedule, "failed", problems, good=None)
        return Result("failed", f"{schedule.name}: failed: {error}".splitlines()[0], 3)
    problems = deliver(schedule, configuration, documents, subject, text)
    if problems:
        _keep(store, documents)
    _note(store, schedule, "complete" if complete else "incomplete", problems, good=now if complete else None)
    told = " ".join([f"{schedule.name}: run {stored.run.id}{late}.", *problems])
    return Result("ran", told, 3 if problems or not complete else 0)


def make_documents(
    schedule: ScheduleSettings, configuration: Configuration, store: Store, stored: StoredRun
) -> list[Document]:
    """The reports and exports of a run that a schedule asks for."""
    past = Past.of(store, stored.run)
    documents = []
    for kind in schedule.reports:
        report = report_by_configuration(stored, configuration, kind, past=past)
        documents.append(Document(f"{kind}-{stored.run.id}.pdf", report.content, "application/pdf"))
        documents += [Document(f"{stored.run.id}-{item.name}", item.content, "text/csv") for item in report.beside]
    for name in schedule.formats:
        content = "".join(render(stored, name)).encode("utf-8")
        suffix = _SUFFIXES.get(name, name if name == "csv" else f"{name}.json".removeprefix("json."))
        documents.append(Document(f"{stored.run.id}.{suffix}", content, "application/octet-stream"))
    return documents


def failure_document(schedule: ScheduleSettings, error: Exception, now: datetime) -> Document:
    """A report in plain text that says that there is none, and why."""
    what = str(error) if isinstance(error, AuditorError) else type(error).__name__
    text = (
        f"The scheduled audit {schedule.name!r} was due and could not be carried out.\n"
        f"Time: {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC\n\n{what}\n\n"
        "Nothing was checked: this is not a clean result.\n"
    )
    return Document(
        f"FAILED-{schedule.name}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.txt", text.encode("utf-8"), "text/plain"
    )


def _keep(store: Store, documents: Sequence[Document]) -> None:
    from auditor.store.files import make_folder, write_bytes

    folder = store.folder / "outbox"
    make_folder(folder)
    for document in documents:
        write_bytes(folder / document.name, document.content)


def _note(
    store: Store, schedule: ScheduleSettings, result: str, problems: Sequence[str], *, good: datetime | None
) -> None:
    state = read_state(store.folder, schedule.name)
    changes: dict[str, Any] = {"last_result": result, "undelivered": " ".join(problems)}
    changes["last_run"] = store.clock().isoformat()
    if good is not None:
        changes["last_good"] = store.clock().isoformat()
    write_state(store.folder, schedule.name, state.with_(**changes))
    store.record("schedule ran", subject=schedule.name, details={"result": result, "problems": list(problems)})


def status(schedule: ScheduleSettings, store: Store, now: datetime) -> Result:
    """Whether the last good run is younger than promised; exit code 1 when it is not."""
    state = read_state(store.folder, schedule.name)
    good = state.good_at()
    said = f"last good run {good:%Y-%m-%d %H:%M} UTC" if good else "no good run yet"
    if state.undelivered:
        said += f"; {state.undelivered}"
    if not schedule.promised_hours:
        return Result("known", f"{schedule.name}: {said}; no age is promised.")
    if good is None or now - good > timedelta(hours=schedule.promised_hours):
        return Result("late", f"{schedule.name}: {said}; older than the {schedule.promised_hours} hours promised.", 1)
    return Result("good", f"{schedule.name}: {said}; within the {schedule.promised_hours} hours promised.")

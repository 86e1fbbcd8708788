"""The public functions: each subcommand is one call of the function of its name.

>>> from auditor import api
>>> stored = api.scan("export/")     # doctest: +SKIP
>>> stored.run.complete             # doctest: +SKIP
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from auditor.audit.comparing import compare
from auditor.audit.plan import Plan, configured_requests, plan_from
from auditor.audit.run import run
from auditor.config.load import load
from auditor.config.settings import Configuration
from auditor.errors import ConfigError, StoreError
from auditor.model.ports import Observer
from auditor.model.run import Note, Request, Run
from auditor.store.folder import Store, open_store
from auditor.store.stored import StoredRun

if TYPE_CHECKING:
    from auditor.audit.release import Release
    from auditor.deid.plan import DeidPlan
    from auditor.report.build import Report
    from auditor.report.keys import Prompt
    from auditor.report.verify import Verdict


@dataclass(frozen=True, slots=True)
class Silent:
    """An observer that says nothing."""

    def started(self, room: str) -> None:
        """A room starts."""

    def chunk_done(self, room: str, rows: int, findings: int) -> None:
        """A chunk was written."""

    def finished(self, run: Run) -> None:
        """The run is sealed."""


class Door(TypedDict, total=False):
    """What every auditing function takes besides its targets.

    `configuration`: a site's settings (the nearest `auditor.toml`, when left out). `options`: those of the
    room. `observer`: told how the run goes on. `resume`: the id of a run that was cut short.
    `adapt`: may replace parts of the plan before it is carried out.
    """

    configuration: Configuration
    options: Mapping[str, object]
    observer: Observer
    resume: str
    adapt: Callable[[Plan], Plan] | None


def scan(*paths: str, **door: Unpack[Door]) -> StoredRun:
    """Scan DICOM files, folders and archives for places where a patient can be recognised."""
    return _one_room("scan", "headers", _absolute(paths), door)


def endpoints(*inventories: str, **door: Unpack[Door]) -> StoredRun:
    """Check the ports and configuration files that the inventories list."""
    return _one_room("endpoints", "endpoints", _absolute(inventories), door)


def trail(*logs: str, **door: Unpack[Door]) -> StoredRun:
    """Read audit logs and find the accesses that nothing explains."""
    return _one_room("trail", "trail", _absolute(logs), door)


def deid_compare(*pairs: str, **door: Unpack[Door]) -> StoredRun:
    """Judge de-identified copies, whatever tool made them: each pair is ``SOURCE=COPY``."""
    return _one_room("compare", "deid", pairs, door)


def audit(**door: Unpack[Door]) -> StoredRun:
    """Audit everything that `auditor.toml` names, in one run."""
    configuration = door.get("configuration") or load()
    requests = configured_requests(configuration)
    if not requests:
        raise ConfigError(
            "the configuration names nothing to audit",
            where=str(configuration.file or "no auditor.toml was found"),
            right="at least one of headers.paths, endpoints.inventories, trail.logs, deid.pairs",
            next_step="auditor init",
        )
    return _carry_out("audit", configuration, requests, door)


def deid(
    source: str | Path,
    target: str | Path,
    *,
    configuration: Configuration | None = None,
    job: "DeidPlan | None" = None,
    notes: tuple[Note, ...] = (),
    crosswalk: Path | None = None,
    passphrase: bytes | None = None,
    observer: Observer | None = None,
    **wanted: Any,
) -> "Release":
    """De-identify `source` into `target`, verified by the scan before anything is released.

    `wanted` are the arguments of `audit.deidjob.job_from` (profile, recipes, project_key, …) when no `job` is given.
    """
    from auditor.audit.deidjob import job_from
    from auditor.audit.release import BackDoor
    from auditor.audit.release import deid as release

    chosen = configuration or load()
    if job is None:
        job, notes = job_from(chosen, Path(source), crosswalk=crosswalk is not None, **wanted)
    plan = plan_from(chosen, (), name="deid")
    plan = replace(plan, notes=(*plan.notes, *notes))
    log = site_store(chosen).begin()
    back = BackDoor(crosswalk, passphrase, tuple(Path(path) for path in job.recipients))
    try:
        return release(Path(source), Path(target), job, plan=plan, log=log, observer=observer or Silent(), back=back)
    except BaseException:
        log.close()
        raise


def report(
    run: str = "latest",
    *,
    configuration: Configuration | None = None,
    kind: str = "officer",
    language: str = "",
    approval: bool | None = None,
    prompt: "Prompt | None" = None,
) -> "Report":
    """Make the PDF report of a stored run (an id, `latest` or `previous`), signed as `[report]` says."""
    from auditor.report.build import report_by_configuration
    from auditor.report.past import Past

    chosen = configuration or load()
    store = site_store(chosen)
    stored = store.load(run)
    made = report_by_configuration(
        stored,
        chosen,
        kind,
        past=Past.of(store, stored.run),
        prompt=prompt,
        language=language,
        approval=approval,
    )
    store.record("report made", subject=stored.run.id, details={"kind": kind, "level": made.level or "unsigned"})
    return made


def verify(
    pdf: str | Path,
    *,
    configuration: Configuration | None = None,
    trust: Sequence[Path] = (),
    now: datetime | None = None,
    quick: bool = False,
) -> "Verdict":
    """Say what a report is worth: who signed, when, what is covered, trusted by whom, held by the store or not.

    Unless `quick`, its pages are held against the run data inside it.
    """
    from auditor.report.check import verify_file

    chosen = configuration or load()
    folder = store_folder(chosen)
    store = open_store(folder) if (folder / "catalogue.sqlite").exists() else None
    return verify_file(Path(pdf), chosen, trust, now or datetime.now(UTC), store, quick=quick)


def _one_room(name: str, room: str, targets: tuple[str, ...], door: Door) -> StoredRun:
    request = Request(room, targets, door.get("options", {}))
    return _carry_out(name, door.get("configuration") or load(), (request,), door)


def _carry_out(name: str, configuration: Configuration, requests: tuple[Request, ...], door: Door) -> StoredRun:
    """Plan, run, seal and load again."""
    store = site_store(configuration)
    plan = plan_from(configuration, _with_previous(requests, store), name=name)
    adapt, resume = door.get("adapt"), door.get("resume", "")
    log = store.resume(resume) if resume else store.begin()
    try:
        carry = compare if name == "compare" else run  # a comparison ends in a certificate
        carry(adapt(plan) if adapt else plan, log, door.get("observer") or Silent())
    except BaseException:
        log.close()
        raise
    return store.load(log.run_id)


def site_store(configuration: Configuration) -> Store:
    """The store of a site, made where it is missing."""
    return open_store(store_folder(configuration))


def store_folder(configuration: Configuration) -> Path:
    """Where a site keeps its runs: as configured, or the user's state folder where there is no `auditor.toml`."""
    if configuration.file is None and configuration.origins.get("store.path", "default") == "default":
        state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
        return Path(state) / "imaging-auditor"
    return configuration.path(configuration.settings.store.path)


def _absolute(targets: tuple[str, ...]) -> tuple[str, ...]:
    """Targets given by a caller refer to the working folder, those of `auditor.toml` to its own."""
    return tuple(str(Path(target).expanduser().absolute()) for target in targets)


def _with_previous(requests: tuple[Request, ...], store: Store) -> tuple[Request, ...]:
    """Hand the endpoints room what its newest run that can be read saw, so that it can tell what changed since."""
    seen = _seen_before(store) if any(request.room == "endpoints" for request in requests) else {}
    return tuple(
        replace(request, options={"previous": seen, **request.options}) if request.room == "endpoints" else request
        for request in requests
    )


def _seen_before(store: Store) -> Mapping[str, Mapping[str, str]]:
    for entry in reversed([entry for entry in store.runs() if not entry.deleted]):
        try:
            stored = store.load(entry.id)
        except StoreError:
            continue  # `auditor runs verify` says what is wrong with it; a new run does not depend on it
        if "endpoints" in stored.run.plan.rooms:
            return {row.digest: row.attributes for row in stored.inventory("endpoints")}
    return {}

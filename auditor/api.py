"""The public functions: each subcommand is one call of the function of its name.

>>> import auditor
>>> stored = auditor.scan("export/")  # doctest: +SKIP
>>> stored.run.complete               # doctest: +SKIP
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.audit.plan import Plan, configured_requests, plan_from
from auditor.audit.run import run
from auditor.config.load import load
from auditor.config.settings import Configuration
from auditor.errors import ConfigError
from auditor.model.ports import Observer
from auditor.model.run import Note, Request, Run
from auditor.store.folder import Store, open_store
from auditor.store.stored import StoredRun

if TYPE_CHECKING:
    from auditor.audit.release import Release
    from auditor.deid.plan import DeidPlan


@dataclass(frozen=True, slots=True)
class Silent:
    """An observer that says nothing."""

    def started(self, room: str) -> None:
        """A room starts."""

    def chunk_done(self, room: str, rows: int, findings: int) -> None:
        """A chunk was written."""

    def finished(self, run: Run) -> None:
        """The run is sealed."""


def scan(
    *paths: str,
    configuration: Configuration | None = None,
    options: Mapping[str, object] | None = None,
    observer: Observer | None = None,
    resume: str = "",
    adapt: Callable[[Plan], Plan] | None = None,
) -> StoredRun:
    """Scan DICOM files, folders and archives for places where a patient can be recognised."""
    request = Request("headers", _absolute(paths), options or {})
    return carry_out(configuration or load(), (request,), name="scan", observer=observer, resume=resume, adapt=adapt)


def endpoints(
    *inventories: str,
    configuration: Configuration | None = None,
    options: Mapping[str, object] | None = None,
    observer: Observer | None = None,
    resume: str = "",
    adapt: Callable[[Plan], Plan] | None = None,
) -> StoredRun:
    """Check the ports and configuration files that the inventories list."""
    request = Request("endpoints", _absolute(inventories), options or {})
    return carry_out(
        configuration or load(), (request,), name="endpoints", observer=observer, resume=resume, adapt=adapt
    )


def trail(
    *logs: str,
    configuration: Configuration | None = None,
    options: Mapping[str, object] | None = None,
    observer: Observer | None = None,
    resume: str = "",
    adapt: Callable[[Plan], Plan] | None = None,
) -> StoredRun:
    """Read audit logs and find the accesses that nothing explains."""
    request = Request("trail", _absolute(logs), options or {})
    return carry_out(configuration or load(), (request,), name="trail", observer=observer, resume=resume, adapt=adapt)


def compare(
    *pairs: str,
    configuration: Configuration | None = None,
    options: Mapping[str, object] | None = None,
    observer: Observer | None = None,
    resume: str = "",
    adapt: Callable[[Plan], Plan] | None = None,
) -> StoredRun:
    """Judge de-identified copies, whatever tool made them: each pair is ``SOURCE=COPY``."""
    request = Request("deid", pairs, options or {})
    return carry_out(configuration or load(), (request,), name="compare", observer=observer, resume=resume, adapt=adapt)


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


def audit(
    *,
    configuration: Configuration | None = None,
    observer: Observer | None = None,
    resume: str = "",
    adapt: Callable[[Plan], Plan] | None = None,
) -> StoredRun:
    """Audit everything that `auditor.toml` names, in one run."""
    chosen = configuration or load()
    requests = configured_requests(chosen)
    if not requests:
        raise ConfigError(
            "the configuration names nothing to audit",
            where=str(chosen.file or "no auditor.toml was found"),
            right="at least one of headers.paths, endpoints.inventories, trail.logs, deid.pairs",
            next_step="auditor init",
        )
    return carry_out(chosen, requests, name="audit", observer=observer, resume=resume, adapt=adapt)


def carry_out(
    configuration: Configuration,
    requests: tuple[Request, ...],
    *,
    name: str,
    observer: Observer | None = None,
    resume: str = "",
    adapt: Callable[[Plan], Plan] | None = None,
) -> StoredRun:
    """Plan, run, seal and load again: what every auditing command does.

    `resume` goes on with a run that was begun and not sealed. `adapt` may replace parts of the plan.
    """
    store = site_store(configuration)
    plan = plan_from(configuration, _with_previous(requests, store), name=name)
    log = store.resume(resume) if resume else store.begin()
    try:
        run(adapt(plan) if adapt else plan, log, observer or Silent())
    except BaseException:
        log.close()
        raise
    return store.load(log.run_id)


def site_store(configuration: Configuration) -> Store:
    """The store of a site: as configured, or the user's state folder where there is no `auditor.toml`."""
    origin = configuration.origins.get("store.path", "default")
    if configuration.file is None and origin == "default":
        state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
        return open_store(Path(state) / "imaging-auditor")
    return open_store(configuration.path(configuration.settings.store.path))


def _absolute(targets: tuple[str, ...]) -> tuple[str, ...]:
    """Targets given by a caller refer to the working folder, those of `auditor.toml` to its own."""
    return tuple(str(Path(target).expanduser().absolute()) for target in targets)


def _with_previous(requests: tuple[Request, ...], store: Store) -> tuple[Request, ...]:
    """Hand the endpoints room what its newest run saw, so that it can tell what changed since."""
    if not any(request.room == "endpoints" for request in requests):
        return requests
    seen: dict[str, Mapping[str, str]] = {}
    for entry in reversed([entry for entry in store.runs() if not entry.deleted]):
        stored = store.load(entry.id)
        if "endpoints" in stored.run.plan.rooms:
            seen = {row.digest: row.attributes for row in stored.inventory("endpoints")}
            break
    return tuple(
        replace(request, options={"previous": seen, **request.options}) if request.room == "endpoints" else request
        for request in requests
    )

"""`run(plan, log, observer)`: the one way from a plan to a sealed Run."""

import platform
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b

from auditor import __version__
from auditor.audit.executors import EXECUTORS
from auditor.audit.ledger import Ledger
from auditor.audit.pack import Pack, prepare
from auditor.audit.plan import Plan
from auditor.audit.rooms import catalogues, room
from auditor.audit.worker import Brief, Job, unread, work
from auditor.engine.judge import Judge
from auditor.errors import AuditorError, StoreError, TargetError
from auditor.model.outcome import Disposition
from auditor.model.part import Part, Written
from auditor.model.ports import Context, Observer, RunLog
from auditor.model.run import Note, PlanRecord, Request, Run
from auditor.model.target import Chunk, InventoryRow

INTERRUPTED = "The run was interrupted before everything was looked at."


def run(plan: Plan, log: RunLog, observer: Observer, *, now: datetime | None = None) -> Run:
    """Carry out `plan`, write every part through `log`, and return the sealed run.

    Whatever goes wrong with one target, chunk or room is told in the run and stops nothing else. Ctrl-C
    seals what there is, marked incomplete. Raises RuleError or ConfigError before anything is read, and
    TargetError when nothing at all could be audited, unless it was stopped before it could.
    """
    started = now or datetime.now(UTC)
    try:
        pack = prepare(plan)
    except AuditorError:
        log.abandon()
        raise
    ledger = Ledger(plan.notes)
    refused: list[TargetError] = []
    interrupted = False
    try:
        for request in plan.requests:
            observer.started(request.room)
            try:
                _run_room(request, plan, pack, log, observer, ledger, started)
            except TargetError as error:
                refused.append(error)
                ledger.notes.append(Note(request.room, _first_line(error), incomplete=True))
    except KeyboardInterrupt:
        interrupted = True
        ledger.notes.append(Note("run", INTERRUPTED, incomplete=True))
    if not interrupted and not any(ledger.targets_of(request.room) for request in plan.requests):
        log.abandon()
        raise (
            refused[0]
            if refused
            else TargetError(
                "there is nothing to audit",
                right="at least one target",
                next_step="auditor audit --help",
            )
        )
    _judge_waivers(plan, pack, log, ledger, started)
    sealed = _seal(plan, pack, log, ledger, started, now or datetime.now(UTC))
    log.seal(sealed)
    observer.finished(sealed)
    return sealed


def _first_line(error: AuditorError) -> str:
    return f"{error.what} ({error.right})" if error.right else error.what


def _context(request: Request, plan: Plan, now: datetime) -> Context:
    return Context(
        now=now,
        protector=plan.protector,
        purpose=plan.purpose,
        settings=plan.settings.get(request.room),
        base=plan.base,
        options={"networks": plan.networks, **request.options},
    )


def _run_room(
    request: Request, plan: Plan, pack: Pack, log: RunLog, observer: Observer, ledger: Ledger, now: datetime
) -> None:
    context = _context(request, plan, now)
    chosen = room(request.room)
    ledger.notes += chosen.notes(context)
    brief = Brief(request.room, pack.selection.slim(request.room), pack.waivers, context, log.writer)
    asked = _asked(request, plan, pack)
    under_way: set[str] = set()

    def jobs() -> Iterator[Job]:
        for planned in chosen.plan(request, context):
            chunk = _marked(planned, asked)
            known = brief.writer.exists(chunk.name)
            if known is None:
                under_way.add(chunk.name)
                yield Job(chunk, brief)
            else:
                ledger.enter(request.room, known)

    try:
        with closing(EXECUTORS[plan.executor](work, jobs(), plan.workers)) as done:
            for job, result in done:
                written = result if isinstance(result, Written) else _lost(job, result, ledger)
                under_way.discard(job.chunk.name)
                ledger.enter(request.room, written)
                observer.chunk_done(request.room, written.record.rows, written.record.findings)
    except KeyboardInterrupt:
        for name in sorted(under_way):
            if (finished := brief.writer.exists(name)) is not None:
                ledger.enter(request.room, finished)
        raise
    if not ledger.targets_of(request.room):
        met = ledger.met(request.room)
        raise TargetError(
            f"the {request.room} room was given nothing to audit (met: {met}, targets among them: 0)",
            right="a place that holds at least one target",
            next_step="auditor doctor",
        )


def _asked(request: Request, plan: Plan, pack: Pack) -> bytes:
    """All that decides what a part says, besides its targets: what was asked, by which rules, under which key."""
    settings = plan.settings.get(request.room)
    parts = (
        pack.record.digest,
        repr(pack.waivers.waivers),
        plan.purpose,
        repr(sorted(request.options.items())),
        settings.model_dump_json() if settings is not None else "",
        plan.protector.digest(request.room),
    )
    return "\0".join(parts).encode("utf-8", "surrogatepass")


def _marked(chunk: Chunk, asked: bytes) -> Chunk:
    """The chunk under a name that holds a mark of what was asked: a run that goes on takes up no part of other work."""
    mark = blake2b(asked + repr(chunk.targets).encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return replace(chunk, name=f"{chunk.name}-{mark}")


def _lost(job: Job, error: BaseException, ledger: Ledger) -> Written:
    """Enter the targets of a chunk whose worker died as unreadable; a store that cannot be written ends the run."""
    if isinstance(error, StoreError) or not isinstance(error, Exception):
        raise error
    reason = f"its worker ended without a result ({type(error).__name__})"
    brief, chunk = job.brief, job.chunk
    rows = [unread(brief.room, target, brief.context, reason) for target in chunk.targets]
    ledger.notes.append(Note(brief.room, f"Part {chunk.name} was lost: {reason}.", incomplete=True))
    return brief.writer.write(Part(chunk.name, rows=rows))


def _judge_waivers(plan: Plan, pack: Pack, log: RunLog, ledger: Ledger, now: datetime) -> None:
    """Waivers that are expired or that nothing used are findings of the run itself."""
    judged = {tally.rule for tally in ledger.tallies}
    facts = pack.waivers.run_facts(ledger.waived, now.date(), plan.protector, judged)
    judge = Judge(pack.selection, catalogues()["run"], now, plan.protector)
    findings = [finding for one in facts for finding in judge.judge(one)]
    rows = [
        InventoryRow("run", one.subject.kind, one.subject.display, one.subject.digest, Disposition.READ)
        for one in facts
    ]
    if rows:
        ledger.enter("run", log.writer.write(Part("run-waivers", findings, rows, judge.tallies(findings))))


def _seal(plan: Plan, pack: Pack, log: RunLog, ledger: Ledger, started: datetime, finished: datetime) -> Run:
    return Run(
        id=log.run_id,
        plan=_plan_record(plan),
        started=started,
        finished=finished,
        operator=plan.operator,
        site=plan.site,
        tool_version=__version__,
        platform=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        pack=pack.record,
        frameworks=pack.frameworks,
        tallies=ledger.tallies,
        dispositions=ledger.dispositions,
        waivers=pack.waivers.waivers,
        parts=tuple(ledger.parts),
        notes=tuple(ledger.notes),
        complete=ledger.complete,
        previous=log.previous(),
    )


def _plan_record(plan: Plan) -> PlanRecord:
    options = {
        f"{request.room}.{name}": str(value)
        for request in plan.requests
        for name, value in request.options.items()
        if isinstance(value, (bool, int, float))
    }
    return PlanRecord(
        name=plan.name,
        purpose=plan.purpose,
        profile=plan.profile,
        fail_on=plan.fail_on,
        rooms={
            request.room: tuple(plan.protector.path(target) for target in request.targets) for request in plan.requests
        },
        parameters={"executor": plan.executor, "workers": str(plan.workers), **options},
    )

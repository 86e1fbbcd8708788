"""Everything a template may use: the variables of `reports/`, worked out from a run. Documented, tested, frozen.

A site's own templates rely on these names; `reports/README.md` lists them, and a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.model.outcome import Disposition, Outcome
from auditor.model.run import Note, Run
from auditor.model.severity import Severity
from auditor.report.charts import Arc, Bar, Point, line, ring, stack
from auditor.report.compare import Comparison, FixTime
from auditor.report.coverage import Assessment, CoverageRow, FrameworkCoverage, cover, merge
from auditor.report.groups import Group
from auditor.report.matrix import Grid, grids
from auditor.report.source import HistoryPoint
from auditor.report.told import AttachedView, MissedView, Told

SEVERITIES = tuple(sorted(Severity, reverse=True))
CERTIFICATE = "deid-certificate"
BAR_WIDTH = 300.0
TREND_WIDTH, TREND_HEIGHT = 420.0, 90.0


@dataclass(frozen=True, slots=True)
class RoomView:
    """One room in the report: failures by severity word, what was read and not, and its bar."""

    name: str
    fail: Mapping[str, int]
    total: int
    bars: tuple[Bar, ...]
    targets: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule in the technical report: tallies by outcome word, seconds, and its group of failures."""

    id: str
    counts: Mapping[str, int]
    seconds: float


@dataclass(frozen=True, slots=True)
class ReportView:
    """The variables of all three reports, except `extra`, which is the certificate's own data."""

    kind: str
    run: Run
    run_sha256: str
    decision: str
    threshold: str
    totals: Mapping[str, int]
    failed: Mapping[str, int]
    rooms: tuple[RoomView, ...]
    groups: tuple[Group, ...]
    failures: tuple[Group, ...]
    waived: tuple[Group, ...]
    not_evaluated: tuple[Group, ...]
    coverage: tuple[FrameworkCoverage, ...]
    wheel: tuple[Arc, ...]
    history: tuple[HistoryPoint, ...]
    trend: tuple[Point, ...]
    fixes: tuple[FixTime, ...]
    changes: Comparison | None
    missed: tuple[MissedView, ...]
    incomplete: tuple[Note, ...]
    notes: tuple[Note, ...]
    rules: tuple[RuleView, ...]
    grids: tuple[Grid, ...]
    attached: tuple[AttachedView, ...]
    signer: str
    trust: str
    extra: Mapping[str, object]


def view(
    run: Run,
    sha256: str,
    told: Told,
    *,
    attached: tuple[AttachedView, ...] = (),
    extra: Mapping[str, object] | None = None,
) -> ReportView:
    """Work out every variable of a report from the header of its run and what was told of it; nothing else is asked."""
    groups = told.groups
    coverage = tuple(sorted(cover(run), key=lambda one: one.framework.id != "hipaa"))
    tallies = merge(run.tallies)
    totals = {outcome.value: sum(t.counts.get(outcome, 0) for t in tallies.values()) for outcome in Outcome}
    failed = _failed(groups)
    rooms = _rooms(run, groups)
    return ReportView(
        kind=told.kind,
        run=run,
        run_sha256=sha256,
        decision=decide(run, failed),
        threshold=run.plan.fail_on,
        totals=totals,
        failed=failed,
        rooms=rooms,
        groups=groups,
        failures=_with(groups, Outcome.FAIL),
        waived=_with(groups, Outcome.WAIVED),
        not_evaluated=_with(groups, Outcome.NOT_EVALUATED),
        coverage=coverage,
        wheel=_wheel(coverage),
        history=told.history,
        trend=line(told.history, TREND_WIDTH, TREND_HEIGHT),
        fixes=told.fixes,
        changes=told.changes,
        missed=told.missed,
        incomplete=tuple(note for note in run.notes if note.incomplete and note.room != CERTIFICATE),
        notes=tuple(note for note in run.notes if note.room != CERTIFICATE),
        rules=tuple(
            RuleView(t.rule, {outcome.value: t.counts.get(outcome, 0) for outcome in Outcome}, t.seconds)
            for t in sorted(tallies.values(), key=lambda t: t.rule)
        ),
        grids=grids(run),
        attached=attached,
        signer=told.signer,
        trust=told.trust,
        extra=extra or {},
    )


def decide(run: Run, failed: Mapping[str, int]) -> str:
    """The decision in one word: `fail`, `incomplete`, `attention` (below the threshold) or `pass`."""
    above = run.plan.fail_on != "none" and any(
        failed[severity.word] for severity in Severity if severity >= Severity.from_word(run.plan.fail_on)
    )
    if above:
        return "fail"
    if not run.complete:
        return "incomplete"
    return "attention" if any(failed.values()) else "pass"


def _with(groups: tuple[Group, ...], outcome: Outcome) -> tuple[Group, ...]:
    return tuple(group for group in groups if group.outcome is outcome)


def _failed(groups: tuple[Group, ...]) -> dict[str, int]:
    counts = {severity.word: 0 for severity in SEVERITIES}
    for group in _with(groups, Outcome.FAIL):
        counts[group.severity.word] += group.count
    return counts


def _rooms(run: Run, groups: tuple[Group, ...]) -> tuple[RoomView, ...]:
    asked = {*run.plan.rooms, *(group.room for group in groups if group.outcome is Outcome.FAIL)}
    names = sorted(
        asked | {name for name, counts in run.dispositions.items() if name != "run" and any(counts.values())}
    )
    fails = {name: _failed(tuple(group for group in groups if group.room == name)) for name in names}
    largest = max((sum(counts.values()) for counts in fails.values()), default=0)
    return tuple(
        RoomView(
            name,
            fails[name],
            sum(fails[name].values()),
            stack(list(fails[name].items()), largest, BAR_WIDTH),
            {item.value: run.dispositions.get(name, {}).get(item.value, 0) for item in Disposition},
        )
        for name in names
    )


def _wheel(coverage: tuple[FrameworkCoverage, ...]) -> tuple[Arc, ...]:
    if not coverage:
        return ()
    return ring([(item.value, coverage[0].counted(item)) for item in Assessment], 60, 34)


def contract() -> tuple[str, ...]:
    """The names of all variables a template may use."""
    return tuple(ReportView.__dataclass_fields__)


__all__ = ["CoverageRow", "ReportView", "contract", "decide", "view"]

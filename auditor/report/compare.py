"""Two runs side by side: what is new, gone, still there, changed, waived since. Fingerprints are what is compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from auditor.model.run import Run
from auditor.model.severity import Severity
from auditor.report.source import ReportSource


class Change(StrEnum):
    """What became of a finding between two runs."""

    NEW = "new"
    GONE = "gone"
    STILL = "still there"
    SEVERITY = "severity changed"
    WAIVED = "waived since"
    UNWAIVED = "waiver ended"


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Findings of one rule that went the same way: how many, and the first subject."""

    change: Change
    rule: str
    room: str
    before: Severity | None
    after: Severity | None
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class RunMark:
    """Which run was compared: its id, and when it was finished."""

    id: str
    finished: datetime


@dataclass(frozen=True, slots=True)
class Caution:
    """Why two runs may not be comparable: a sentence that a catalogue can translate, and the run that it names."""

    text: str
    run: str = ""

    def __str__(self) -> str:
        return self.text % {"run": self.run}


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes from run `before` to run `after`, by rule; `caution` says why the two may not be comparable."""

    before: RunMark
    after: RunMark
    rows: tuple[ChangeRow, ...]
    caution: tuple[Caution, ...]

    def count(self, change: Change) -> int:
        """How many findings went this way."""
        return sum(row.count for row in self.rows if row.change is change)


@dataclass(frozen=True, slots=True)
class FixTime:
    """Mean days from the first sight of a finding in a room to the first run without it, over `findings` of them."""

    room: str
    days: float
    findings: int


_SIDE = """
SELECT fingerprint, any_value(rule) AS rule, any_value(room) AS room, max(severity) AS severity,
       min(outcome) AS outcome, min(subject) AS subject
FROM {view} WHERE outcome IN ('fail', 'waived') GROUP BY fingerprint
"""


def compare(before: ReportSource, after: ReportSource) -> Comparison:
    """Compare two runs by the fingerprints of their failures and waived findings."""
    sql = f"""
    WITH a AS ({_SIDE.format(view=_files(before))}), b AS ({_SIDE.format(view=_files(after))})
    SELECT CASE
             WHEN a.fingerprint IS NULL AND b.outcome = 'fail' THEN 'new'
             WHEN a.outcome = 'fail' AND b.fingerprint IS NULL THEN 'gone'
             WHEN a.outcome = 'fail' AND b.outcome = 'waived' THEN 'waived since'
             WHEN a.outcome = 'waived' AND b.outcome = 'fail' THEN 'waiver ended'
             WHEN a.outcome = 'fail' AND b.outcome = 'fail' AND a.severity <> b.severity THEN 'severity changed'
             WHEN a.outcome = 'fail' AND b.outcome = 'fail' THEN 'still there' END AS change,
           coalesce(b.rule, a.rule), coalesce(b.room, a.room), a.severity, b.severity,
           count(*), min(coalesce(b.subject, a.subject))
    FROM a FULL OUTER JOIN b ON a.fingerprint = b.fingerprint
    GROUP BY ALL HAVING change IS NOT NULL
    """  # noqa: S608 - our own file names, quoted
    rows = [
        ChangeRow(Change(row[0]), row[1], row[2], _severity(row[3]), _severity(row[4]), row[5], row[6])
        for row in after.query(sql)
    ]
    order = list(Change)
    rows.sort(key=lambda row: (order.index(row.change), -(row.after or row.before or 0), -row.count, row.rule))
    return Comparison(_mark(before.run), _mark(after.run), tuple(rows), _caution(before.run, after.run))


def _mark(run: Run) -> RunMark:
    return RunMark(run.id, run.finished)


def _severity(value: int | None) -> Severity | None:
    return None if value is None else Severity(value)


def _files(source: ReportSource) -> str:
    """The findings of a run as a table expression, whatever run the question is asked through."""
    folder = str(source.folder / "findings").replace("'", "''")
    if source.run.parts:
        return f"read_parquet('{folder}/part-*.parquet')"
    return "(SELECT ''::VARCHAR AS fingerprint, ''::VARCHAR AS rule, ''::VARCHAR AS room, 0::TINYINT AS severity, " + (
        "''::VARCHAR AS outcome, ''::VARCHAR AS subject)"
    )


def _caution(before: Run, after: Run) -> tuple[Caution, ...]:
    found = []
    if before.pack.digest != after.pack.digest:
        found.append(Caution("The rules are not the same in both runs: what is new or gone may be due to them."))
    for run in (before, after):
        if not run.complete:
            text = "Run %(run)s is incomplete: what is missing from it may only not have been looked at."
            found.append(Caution(text, run.id))
    if before.plan.rooms != after.plan.rooms or before.plan.purpose != after.plan.purpose:
        found.append(Caution("The runs were not asked for the same things."))
    return tuple(found)


def fix_times(runs: Sequence[ReportSource]) -> tuple[FixTime, ...]:
    """Mean time to fix by room, over runs of one plan, oldest first; needs at least two.

    A finding counts as fixed in the first run after its last sight; incomplete runs are left out, since what they
    lack may only not have been looked at.
    """
    whole = [item for item in runs if item.run.complete and item.run.parts]
    if len(whole) < 2:
        return ()
    unions = " UNION ALL ".join(
        f"SELECT {number} AS n, room, fingerprint FROM {_files(item)} WHERE outcome = 'fail'"  # noqa: S608
        for number, item in enumerate(whole)
    )
    rows = whole[-1].query(
        f"SELECT room, first, last, count(*) FROM (SELECT any_value(room) AS room, fingerprint, min(n) AS first, "  # noqa: S608
        f"max(n) AS last FROM ({unions}) GROUP BY fingerprint) WHERE last < {len(whole) - 1} GROUP BY ALL"
    )
    return _means(rows, [item.run.finished for item in whole])


def _means(rows: Sequence[tuple[str, int, int, int]], moments: Sequence[datetime]) -> tuple[FixTime, ...]:
    totals: dict[str, tuple[float, int]] = {}
    for room, first, last, count in rows:
        days = (moments[last + 1] - moments[first]).total_seconds() / 86400
        before = totals.get(room, (0.0, 0))
        totals[room] = (before[0] + days * count, before[1] + count)
    return tuple(FixTime(room, round(days / count, 1), count) for room, (days, count) in sorted(totals.items()))

"""Two runs side by side: what is new, gone, still there, changed, waived since. Fingerprints are what is compared."""

from collections.abc import Iterable, Mapping, Sequence
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
    UNSEEN = "not looked at again"
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
       min(outcome) AS outcome, min(subject) AS subject, any_value(subject_digest) AS target
FROM {view} WHERE outcome IN ('fail', 'waived') GROUP BY fingerprint
"""
_WHERE = ("executor", "workers")
_MET = "SELECT DISTINCT room, digest AS target FROM {view} WHERE disposition IN ('read', 'partly_read')"
_READ = "SELECT DISTINCT room, digest AS target FROM {view} WHERE disposition = 'read'"
_UNJUDGED = "SELECT DISTINCT rule, subject_digest AS target FROM {view} WHERE outcome = 'not_evaluated'"


def compare(before: ReportSource, after: ReportSource) -> Comparison:
    """Compare two runs by the fingerprints of their failures and waived findings.

    A finding is gone when its target was read again, or was never one that is listed, as a story of an audit trail;
    else it was not looked at again.
    """
    sql = f"""
    WITH a AS ({_SIDE.format(view=_findings(before))}), b AS ({_SIDE.format(view=_findings(after))}),
         was AS ({_MET.format(view=_inventory(before))}), now AS ({_READ.format(view=_inventory(after))}),
         unjudged AS ({_UNJUDGED.format(view=_findings(after))})
    SELECT CASE
             WHEN a.fingerprint IS NULL AND b.outcome = 'fail' THEN 'new'
             WHEN a.outcome = 'fail' AND b.fingerprint IS NULL
                  AND ((a.room, a.target) IN (FROM was) AND (a.room, a.target) NOT IN (FROM now)
                       OR (a.rule, a.target) IN (FROM unjudged)) THEN 'not looked at again'
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


def _findings(source: ReportSource) -> str:
    """The findings of a run as a table expression, whatever run the question is asked through."""
    return _parts(source, "findings", ("fingerprint", "rule", "room", "outcome", "subject", "subject_digest"))


def _inventory(source: ReportSource) -> str:
    return _parts(source, "inventory", ("room", "digest", "disposition"))


def _parts(source: ReportSource, kind: str, texts: Sequence[str]) -> str:
    if source.run.parts:
        folder = str(source.folder / kind).replace("'", "''")
        return f"read_parquet('{folder}/part-*.parquet')"
    columns = ", ".join(f"NULL::VARCHAR AS {name}" for name in texts)
    return f"(SELECT {columns}, NULL::TINYINT AS severity WHERE false)"


def _caution(before: Run, after: Run) -> tuple[Caution, ...]:
    found = []
    if before.pack.digest != after.pack.digest:
        found.append(Caution("The rules are not the same in both runs: what is new or gone may be due to them."))
    for run in (before, after):
        if not run.complete:
            text = "Run %(run)s is incomplete: what is missing from it may only not have been looked at."
            found.append(Caution(text, run.id))
    if _asked(before) != _asked(after):
        found.append(Caution("The runs were not asked for the same things."))
    return tuple(found)


def _asked(run: Run) -> tuple[str, Mapping[str, tuple[str, ...]], Mapping[str, str]]:
    """What decides on what a run finds; where it ran does not."""
    options = {name: value for name, value in run.plan.parameters.items() if name not in _WHERE}
    return run.plan.purpose, run.plan.rooms, options


def fix_times(runs: Sequence[ReportSource]) -> tuple[FixTime, ...]:
    """Mean time to fix by room, over runs of one plan, oldest first; needs at least two.

    A finding counts as fixed in the first run after its last sight, when its target was read there too; incomplete
    runs are left out, since what they lack may only not have been looked at.
    """
    whole = [item for item in runs if item.run.complete and item.run.parts]
    if len(whole) < 2:
        return ()
    failures = _numbered(_failures(item) for item in whole)
    read = _numbered(_READ.format(view=_inventory(item)) for item in whole)
    rows = whole[-1].query(
        f"""
        WITH failures AS ({failures}), read AS ({read}),
             seen AS (SELECT any_value(room) AS room, any_value(target) AS target, min(n) AS first, max(n) AS last
                      FROM failures GROUP BY fingerprint)
        SELECT room, first, last, count(*) FROM seen
        WHERE last < {len(whole) - 1}
              AND ((last, room, target) NOT IN (FROM read) OR (last + 1, room, target) IN (FROM read))
        GROUP BY ALL
        """  # noqa: S608 - our own file names, quoted
    )
    return _means(rows, [item.run.finished for item in whole])


def _numbered(queries: Iterable[str]) -> str:
    return " UNION ALL ".join(f"SELECT {number} AS n, * FROM ({query})" for number, query in enumerate(queries))  # noqa: S608


def _failures(source: ReportSource) -> str:
    return f"SELECT room, fingerprint, subject_digest AS target FROM {_findings(source)} WHERE outcome = 'fail'"  # noqa: S608


def _means(rows: Sequence[tuple[str, int, int, int]], moments: Sequence[datetime]) -> tuple[FixTime, ...]:
    totals: dict[str, tuple[float, int]] = {}
    for room, first, last, count in rows:
        days = (moments[last + 1] - moments[first]).total_seconds() / 86400
        before = totals.get(room, (0.0, 0))
        totals[room] = (before[0] + days * count, before[1] + count)
    return tuple(FixTime(room, round(days / count, 1), count) for room, (days, count) in sorted(totals.items()))

"""What a report says beyond the header of its run, attached to it: with both, it can be drawn again from itself."""

from dataclasses import dataclass, replace

from auditor.report.compare import Comparison, FixTime, compare, fix_times
from auditor.report.groups import Group, group_findings
from auditor.report.past import NOTHING, Past
from auditor.report.source import HistoryPoint, ReportSource
from auditor.report.words import LONGEST

NAME = "report.json"


@dataclass(frozen=True, slots=True)
class MissedView:
    """Targets that were not read, counted by room, disposition and reason."""

    room: str
    disposition: str
    reason: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class AttachedView:
    """One file attached to the report, or laid beside it: name, what it is, bytes and hash."""

    name: str
    description: str
    size: int
    sha256: str
    beside: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Everything worked out from findings, inventory and earlier runs; `drawn_with` names templates and libraries."""

    kind: str
    language: str
    drawn_with: str
    signer: str
    trust: str
    groups: tuple[Group, ...]
    missed: tuple[MissedView, ...]
    history: tuple[HistoryPoint, ...]
    fixes: tuple[FixTime, ...]
    changes: Comparison | None
    beside: tuple[AttachedView, ...]


def tell(
    source: ReportSource,
    kind: str,
    *,
    language: str = "en",
    drawn_with: str = "",
    past: Past = NOTHING,
    beside: tuple[AttachedView, ...] = (),
    signer: str = "",
    trust: str = "",
) -> Told:
    """Ask the findings and the inventory of a run everything a report says. The same run gives the same answer."""
    return Told(
        kind=kind,
        language=language,
        drawn_with=drawn_with,
        signer=signer,
        trust=trust,
        groups=tuple(_short(group) for group in group_findings(source)),
        missed=_missed(source),
        history=past.points,
        fixes=fix_times([*past.earlier, source]),
        changes=compare(past.earlier[-1], source) if past.earlier else None,
        beside=beside,
    )


def _missed(source: ReportSource) -> tuple[MissedView, ...]:
    rows = source.query(
        "SELECT room, disposition, reason, count(*), min(display) FROM inventory "
        "WHERE disposition <> 'read' GROUP BY ALL ORDER BY room, disposition DESC, count(*) DESC, reason LIMIT 60"
    )
    return tuple(MissedView(_cut(row[0]), row[1], _cut(row[2]), row[3], _cut(row[4])) for row in rows)


def _short(group: Group) -> Group:
    return replace(
        group,
        message=_cut(group.message),
        reason=_cut(group.reason),
        examples=tuple(
            replace(item, subject=_cut(item.subject), masked=_cut(item.masked), locator=_cut(item.locator))
            for item in group.examples
        ),
    )


def _cut(text: str) -> str:
    """One letter more than is ever shown, so that the ellipsis stays."""
    return text[: LONGEST + 1].encode("utf-8", "backslashreplace").decode("utf-8")

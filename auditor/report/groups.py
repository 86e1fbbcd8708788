"""Findings by the thousand become groups: one row for every rule and outcome, with counts and first examples."""

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.model.outcome import Outcome
from auditor.model.rule import Rule
from auditor.model.severity import Severity
from auditor.report.remedies import fitting, products
from auditor.report.source import ReportSource

EXAMPLES = 3

_SQL = f"""
SELECT rule, outcome, max(severity), count(*), count(DISTINCT hash(subject_digest)), min(message), min(room),
       min(reason), min(waiver),
       arg_min(struct_pack(subject := subject, digest := subject_digest, fact := evidence[1].fact,
                           masked := evidence[1].masked, locator := evidence[1].locator,
                           more := len(evidence) - 1), fingerprint, {EXAMPLES})
FROM findings GROUP BY rule, outcome
"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class GroupExample:
    """One finding of a group: masked subject and evidence; `more` counts its further evidence."""

    subject: str
    digest: str
    fact: str
    masked: str
    locator: str
    more: int


@dataclass(frozen=True, slots=True)
class Group:
    """All findings of one rule with one outcome."""

    rule: str
    title: str
    room: str
    outcome: Outcome
    severity: Severity
    count: int
    subjects: int
    message: str
    reason: str
    waiver: str
    remediation: Mapping[str, str]
    references: tuple[str, ...]
    examples: tuple[GroupExample, ...]


def group_findings(source: ReportSource) -> tuple[Group, ...]:
    """Group the findings of a run, worst first; the order does not depend on how the run was divided."""
    rules = {rule.id: rule for rule in source.run.pack.rules}
    named = products(source)
    groups = [_group(row, rules.get(row[0]), named.get(row[0], frozenset())) for row in source.query(_SQL)]
    return tuple(sorted(groups, key=lambda group: (-group.severity, -group.count, group.rule, group.outcome)))


def _group(row: tuple[object, ...], rule: Rule | None, named: frozenset[str]) -> Group:
    name, outcome, severity, count, subjects, message, room, reason, waiver, examples = row
    found = examples if isinstance(examples, list) else []
    return Group(
        rule=str(name),
        title=rule.title if rule else str(name),
        room=str(room),
        outcome=Outcome(str(outcome)),
        severity=Severity(int(str(severity))),
        count=int(str(count)),
        subjects=int(str(subjects)),
        message=str(message),
        reason=str(reason),
        waiver=str(waiver),
        remediation=fitting(rule.remediation, named) if rule else {},
        references=rule.references if rule else (),
        examples=tuple(_example(item) for item in found),
    )


def _example(item: Mapping[str, object]) -> GroupExample:
    text = {key: "" if value is None else str(value) for key, value in item.items()}
    return GroupExample(
        text["subject"],
        text["digest"],
        text["fact"],
        text["masked"],
        text["locator"],
        max(0, int(text["more"] or 0)),
    )

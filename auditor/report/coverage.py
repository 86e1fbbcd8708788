"""Which safeguard was looked at, how far, and what came of it: one row for every citation of a framework."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.model.framework import Checkable, Framework, Requirement
from auditor.model.outcome import Outcome
from auditor.model.rule import Rule
from auditor.model.run import RuleTally, Run
from auditor.model.severity import Severity


class Assessment(StrEnum):
    """How far a requirement was assessed in a run; never more than the rules really did."""

    ASSESSED = "assessed"
    PARTLY = "partly"
    ATTESTATION = "attestation"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One requirement: how far it was assessed, by how many rules, with how many failures."""

    requirement: Requirement
    heading: bool
    assessment: Assessment
    rules: int
    checks: int
    fail: int
    waived: int
    not_evaluated: int
    worst: Severity | None


@dataclass(frozen=True, slots=True)
class FrameworkCoverage:
    """All rows of one framework."""

    framework: Framework
    rows: tuple[CoverageRow, ...]

    def counted(self, assessment: Assessment) -> int:
        """How many requirements have this assessment; headings of groups do not count."""
        return sum(1 for row in self.rows if row.assessment is assessment and not row.heading)

    @property
    def total(self) -> int:
        """How many requirements there are, headings left out."""
        return sum(1 for row in self.rows if not row.heading)

    @property
    def cited(self) -> tuple[CoverageRow, ...]:
        """The rows that a check of the run counts towards."""
        return tuple(row for row in self.rows if row.rules)

    @property
    def reached(self) -> tuple[CoverageRow, ...]:
        """All rows of the sections in which a check of the run counts towards one."""
        parents = {row.requirement.id: row.requirement.parent for row in self.rows}
        sections = {_section(row.requirement.id, parents) for row in self.cited}
        return tuple(row for row in self.rows if _section(row.requirement.id, parents) in sections)


def _section(item: str, parents: Mapping[str, str]) -> str:
    while parents.get(item):
        item = parents[item]
    return item


def cover(run: Run) -> tuple[FrameworkCoverage, ...]:
    """The coverage of every framework of the run, in the run's order."""
    tallies = merge(run.tallies)
    return tuple(_framework(framework, counting(framework, run.pack.rules), tallies) for framework in run.frameworks)


def counting(framework: Framework, rules: Iterable[Rule]) -> Mapping[str, list[str]]:
    """The rules that count towards each requirement: they cite it, a part of it, or what it draws on."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        for item in framework.counts(rule.references):
            found.setdefault(item, []).append(rule.id)
    return found


def merge(tallies: Iterable[RuleTally]) -> Mapping[str, RuleTally]:
    """The tallies by rule, those of several parts added up."""
    merged: dict[str, RuleTally] = {}
    for tally in tallies:
        before = merged.get(tally.rule)
        if before is None:
            merged[tally.rule] = tally
            continue
        counts = {
            outcome: before.counts.get(outcome, 0) + tally.counts.get(outcome, 0)
            for outcome in Outcome
            if outcome in before.counts or outcome in tally.counts
        }
        merged[tally.rule] = RuleTally(tally.rule, tally.severity, counts, before.seconds + tally.seconds)
    return merged


def _framework(
    framework: Framework, cited: Mapping[str, list[str]], tallies: Mapping[str, RuleTally]
) -> FrameworkCoverage:
    parents = {item.parent for item in framework.requirements if item.parent}
    rows = []
    for item in framework.requirements:
        rules = cited.get(item.id, [])
        found = [tallies[rule] for rule in rules if rule in tallies]
        heading = item.id in parents and not rules and not item.attestation
        rows.append(_row(item, heading=heading, tallies=found))
    return FrameworkCoverage(framework, tuple(rows))


def _row(item: Requirement, *, heading: bool, tallies: list[RuleTally]) -> CoverageRow:
    def total(*outcomes: Outcome) -> int:
        return sum(tally.counts.get(outcome, 0) for tally in tallies for outcome in outcomes)

    checks = total(Outcome.PASS, Outcome.FAIL, Outcome.WAIVED)
    failing = [tally.severity for tally in tallies if tally.counts.get(Outcome.FAIL, 0)]
    return CoverageRow(
        requirement=item,
        heading=heading,
        assessment=_assess(item, checks),
        rules=len(tallies),
        checks=checks,
        fail=total(Outcome.FAIL),
        waived=total(Outcome.WAIVED),
        not_evaluated=total(Outcome.NOT_EVALUATED),
        worst=max(failing, default=None),
    )


def _assess(item: Requirement, checks: int) -> Assessment:
    if checks:
        return Assessment.ASSESSED if item.checkable is Checkable.YES else Assessment.PARTLY
    if item.checkable is Checkable.NO or item.attestation:
        return Assessment.ATTESTATION
    return Assessment.NOT_ASSESSED

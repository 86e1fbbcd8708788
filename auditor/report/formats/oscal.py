"""OSCAL 1.1.3 assessment results (NIST): coverage as findings, groups of findings as observations."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from auditor.model.outcome import Outcome
from auditor.report.coverage import Assessment, CoverageRow, FrameworkCoverage, cover
from auditor.report.formats.stream import cleaned
from auditor.report.groups import Group, group_findings
from auditor.report.source import ReportSource

_SPACE = "imaging-auditor"


def pieces(source: ReportSource) -> Iterator[str]:
    """One assessment-results document; its identifiers are derived from the run, so they are stable."""
    run = source.run
    groups = group_findings(source)
    coverage = cover(run)
    result: dict[str, Any] = {
        "uuid": _uuid(source, "result"),
        "title": f"{run.plan.name} of {run.site}",
        "description": _description(source),
        "start": _moment(run.started),
        "end": _moment(run.finished),
        "props": [{"name": "run-sha256", "ns": f"urn:{_SPACE}", "value": source.sha256}],
        "reviewed-controls": {"control-selections": [_selection(coverage)]},
    }
    observations = [_observation(source, group) for group in groups]
    findings = [_finding(source, one, row, groups) for one in coverage for row in one.rows if _judged(row)]
    result |= {key: items for key, items in (("observations", observations), ("findings", findings)) if items}
    document = {
        "assessment-results": {
            "uuid": _uuid(source, "document"),
            "metadata": {
                "title": f"Assessment of {run.site}",
                "last-modified": _moment(run.finished),
                "version": run.id,
                "oscal-version": "1.1.3",
            },
            "import-ap": {"href": f"#{_uuid(source, 'plan')}"},
            "results": [result],
            "back-matter": {"resources": [{"uuid": _uuid(source, "plan"), "title": f"Plan {run.plan.name}"}]},
        }
    }
    yield json.dumps(cleaned(document), ensure_ascii=False, indent=1) + "\n"


def _description(source: ReportSource) -> str:
    run = source.run
    state = "complete" if run.complete else "incomplete: part of what was asked for could not be looked at"
    return f"{len(run.pack.rules)} rules, purpose {run.plan.purpose}, {state}."


def control_id(framework: str, requirement: str) -> str:
    """An OSCAL token for a citation: `164.312(a)(1)` of `hipaa` becomes `hipaa-164.312-a-1`."""
    plain = requirement.replace(")(", "-").replace("(", "-").replace(")", "")
    kept = "".join(char if char.isalnum() or char in ".-_" else "-" for char in plain)
    return f"{framework}-{kept}"


def _selection(coverage: tuple[FrameworkCoverage, ...]) -> dict[str, Any]:
    ids = [control_id(one.framework.id, row.requirement.id) for one in coverage for row in one.rows if _judged(row)]
    return {"include-controls": [{"control-id": item} for item in ids]} if ids else {"include-all": {}}


def _judged(row: CoverageRow) -> bool:
    return not row.heading and row.assessment in (Assessment.ASSESSED, Assessment.PARTLY)


def _observation(source: ReportSource, group: Group) -> dict[str, Any]:
    made: dict[str, Any] = {
        "uuid": _uuid(source, "observation", group.rule, group.outcome),
        "title": group.title or group.rule,
        "description": f"{group.count} times {group.outcome.value}, severity {group.severity.word}. {group.message}",
        "methods": ["TEST"],
        "collected": _moment(source.run.finished),
    }
    evidence = [
        {"description": f"{item.subject}: {item.fact} {item.locator} {item.masked}".strip()} for item in group.examples
    ]
    return made | ({"relevant-evidence": evidence} if evidence else {})


def _finding(
    source: ReportSource, one: FrameworkCoverage, row: CoverageRow, groups: tuple[Group, ...]
) -> dict[str, Any]:
    reference = f"{one.framework.id}:{row.requirement.id}"
    related = [
        {"observation-uuid": _uuid(source, "observation", group.rule, group.outcome)}
        for group in groups
        if reference in group.references and group.outcome is Outcome.FAIL
    ]
    made: dict[str, Any] = {
        "uuid": _uuid(source, "finding", reference),
        "title": f"{row.requirement.id} {row.requirement.title}",
        "description": f"{row.fail} of {row.checks} checks failed; assessed {row.assessment.value}.",
        "target": {
            "type": "objective-id",
            "target-id": control_id(one.framework.id, row.requirement.id),
            "status": {"state": "not-satisfied" if row.fail else "satisfied"},
        },
    }
    return made | ({"related-observations": related} if related else {})


def _uuid(source: ReportSource, *words: str) -> str:
    return str(uuid5(NAMESPACE_URL, "/".join((f"urn:{_SPACE}", source.run.id, source.sha256, *words))))


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"

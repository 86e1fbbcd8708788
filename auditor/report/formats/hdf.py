"""Heimdall data format (MITRE SAF): rules as controls, findings as results."""

import json
from collections.abc import Iterator
from typing import Any

from auditor.model.finding import Finding
from auditor.model.outcome import Outcome
from auditor.model.rule import Rule
from auditor.model.run import RuleTally
from auditor.model.severity import Severity
from auditor.report.coverage import merge
from auditor.report.formats.stream import cleaned
from auditor.report.source import ReportSource

_IMPACT = {Severity.INFO: 0.0, Severity.LOW: 0.3, Severity.MEDIUM: 0.5, Severity.HIGH: 0.7, Severity.CRITICAL: 1.0}
_STATUS = {Outcome.FAIL: "failed", Outcome.WAIVED: "skipped", Outcome.NOT_EVALUATED: "skipped"}
_AT_MOST = 200


def pieces(source: ReportSource) -> Iterator[str]:
    """One exec-json document; of each rule the first 200 results are listed, the rest are counted."""
    run = source.run
    results: dict[str, list[dict[str, Any]]] = {}
    counts: dict[str, int] = {}
    started = f"{run.started:%Y-%m-%dT%H:%M:%S%z}"
    for finding in source.findings():
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
        if counts[finding.rule] <= _AT_MOST:
            results.setdefault(finding.rule, []).append(_result(finding, started))
    tallies = merge(run.tallies)
    controls = [
        _control(rule, results.get(rule.id, []), counts.get(rule.id, 0), tallies.get(rule.id), started)
        for rule in run.pack.rules
    ]
    document = {
        "platform": {"name": "imaging-auditor", "release": run.tool_version},
        "version": run.tool_version,
        "statistics": {"duration": (run.finished - run.started).total_seconds()},
        "profiles": [
            {
                "name": run.plan.name,
                "title": f"{run.plan.name} of {run.site}",
                "version": run.tool_version,
                "sha256": run.pack.digest,
                "summary": f"Run {run.id}, {'complete' if run.complete else 'incomplete'}",
                "supports": [],
                "attributes": [],
                "groups": [],
                "status": "loaded",
                "controls": controls,
            }
        ],
    }
    yield json.dumps(cleaned(document), ensure_ascii=False, indent=1) + "\n"


def _control(
    rule: Rule, results: list[dict[str, Any]], count: int, tally: RuleTally | None, started: str
) -> dict[str, Any]:
    if count > _AT_MOST:
        text = f"{count - _AT_MOST} further findings are not listed here"
        results = [*results, {"status": "failed", "code_desc": text, "start_time": started}]
    passed = tally.counts.get(Outcome.PASS, 0) if tally else 0
    if passed:
        results = [*results, {"status": "passed", "code_desc": f"{passed} subjects passed", "start_time": started}]
    return {
        "id": rule.id,
        "title": rule.title,
        "desc": rule.rationale,
        "descriptions": [{"label": place, "data": text} for place, text in rule.remediation.items()],
        "impact": _IMPACT[rule.severity],
        "refs": [],
        "tags": {"severity": rule.severity.word, "references": list(rule.references), "nist": []},
        "code": "",
        "source_location": {"ref": rule.source, "line": 1},
        "results": results,
    }


def _result(finding: Finding, started: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "status": _STATUS.get(finding.outcome, "skipped"),
        "code_desc": f"{finding.subject_kind} {finding.subject}",
        "start_time": started,
    }
    if finding.outcome is Outcome.FAIL:
        shown = "; ".join(f"{item.fact} {item.locator}: {item.masked}" for item in finding.evidence[:20])
        return made | {"message": f"{finding.message} {shown}".strip()}
    return made | {"skip_message": finding.waiver or finding.reason or finding.outcome.value}

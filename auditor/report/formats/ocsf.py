"""OCSF 1.5.0: each finding as an event of the class Compliance Finding (class_uid 2003)."""

from collections.abc import Iterator
from typing import Any

from auditor.model.finding import Finding
from auditor.model.outcome import Outcome
from auditor.model.rule import Rule
from auditor.model.severity import Severity
from auditor.report.formats.stream import array
from auditor.report.source import ReportSource

_SEVERITY = {
    Severity.INFO: (1, "Informational"),
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_STATUS = {
    Outcome.FAIL: (3, "Fail"),
    Outcome.WAIVED: (2, "Warning"),
    Outcome.NOT_EVALUATED: (0, "Unknown"),
    Outcome.PASS: (1, "Pass"),
    Outcome.NOT_APPLICABLE: (0, "Unknown"),
}


def pieces(source: ReportSource) -> Iterator[str]:
    """A JSON array of events, one a line."""
    rules = {rule.id: rule for rule in source.run.pack.rules}
    yield from array(_event(source, finding, rules.get(finding.rule)) for finding in source.findings())
    yield "\n"


def _event(source: ReportSource, finding: Finding, rule: Rule | None) -> dict[str, Any]:
    run = source.run
    moment = int(run.finished.timestamp() * 1000)
    severity_id, severity = _SEVERITY[finding.severity]
    status_id, status = _STATUS[finding.outcome]
    waived = finding.outcome is Outcome.WAIVED
    return {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": moment,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": 3 if waived else 1,
        "status": "Suppressed" if waived else "New",
        "message": finding.message,
        "metadata": {
            "version": "1.5.0",
            "uid": f"{run.id}/{finding.fingerprint[:32]}",
            "product": {"name": "imaging-auditor", "vendor_name": "imaging-auditor", "version": run.tool_version},
        },
        "finding_info": {
            "uid": finding.fingerprint,
            "title": rule.title if rule else finding.rule,
            "desc": finding.message,
            "created_time": moment,
            "types": [finding.room],
            "data_sources": [source.sha256],
        },
        "compliance": {
            "control": finding.rule,
            "requirements": list(rule.references) if rule else [],
            "standards": [framework.title for framework in run.frameworks] or ["HIPAA"],
            "status": status,
            "status_id": status_id,
            **({"status_detail": finding.reason or finding.waiver} if finding.reason or finding.waiver else {}),
        },
        "resources": [
            {
                "uid": finding.subject_digest or finding.fingerprint,
                "name": finding.subject,
                "type": finding.subject_kind,
            }
        ],
        "unmapped": {"evidence": "; ".join(f"{e.fact} {e.locator}: {e.masked}" for e in finding.evidence[:20])},
    }

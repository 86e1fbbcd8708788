"""SARIF 2.1.0 (OASIS): rules as descriptors, findings as results, waivers as suppressions."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from auditor.model.finding import Finding
from auditor.model.outcome import Outcome
from auditor.model.rule import Rule
from auditor.model.severity import Severity
from auditor.report.formats.stream import insert
from auditor.report.source import ReportSource

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVEL = {
    Severity.INFO: "note",
    Severity.LOW: "note",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}
_SCORE = {
    Severity.INFO: "0.0",
    Severity.LOW: "3.0",
    Severity.MEDIUM: "5.5",
    Severity.HIGH: "8.0",
    Severity.CRITICAL: "9.5",
}
_RESULTS = "results stand here"


def pieces(source: ReportSource) -> Iterator[str]:
    """One SARIF log with one run."""
    run = source.run
    index = {rule.id: number for number, rule in enumerate(run.pack.rules)}
    invocation = {
        "executionSuccessful": run.complete,
        "startTimeUtc": _utc(run.started),
        "endTimeUtc": _utc(run.finished),
        "toolExecutionNotifications": [
            {"level": "warning" if note.incomplete else "note", "message": {"text": f"{note.room}: {note.text}"}}
            for note in run.notes
        ],
    }
    driver = {
        "name": "imaging-auditor",
        "semanticVersion": run.tool_version,
        "rules": [_descriptor(rule) for rule in run.pack.rules],
    }
    made = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"{run.plan.name}/{run.id}"},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "properties": {"runSha256": source.sha256, "rulePack": run.pack.digest},
        "results": _RESULTS,
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [made]}
    yield from insert(document, _RESULTS, (_result(item, index) for item in source.findings()))


def _descriptor(rule: Rule) -> dict[str, Any]:
    helps = "\n".join(f"{place}: {text}" for place, text in rule.remediation.items())
    return {
        "id": rule.id,
        "name": rule.id.replace(".", "/"),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.rationale or rule.title},
        "help": {"text": helps or rule.message},
        "defaultConfiguration": {"level": _LEVEL[rule.severity]},
        "properties": {
            "tags": [*rule.tags, *rule.references],
            "security-severity": _SCORE[rule.severity],
            "precision": "high",
        },
    }


def _result(finding: Finding, index: Mapping[str, int]) -> dict[str, Any]:
    shown = "; ".join(f"{item.fact} {item.locator}: {item.masked}" for item in finding.evidence[:20])
    made: dict[str, Any] = {
        "ruleId": finding.rule,
        "kind": "fail" if finding.outcome in (Outcome.FAIL, Outcome.WAIVED) else "review",
        "level": _LEVEL[finding.severity] if finding.outcome is not Outcome.NOT_EVALUATED else "none",
        "message": {
            "text": " ".join(part for part in (finding.message, finding.reason, shown) if part) or finding.rule
        },
        "locations": [_location(finding)],
        "partialFingerprints": {"auditor/v1": finding.fingerprint},
        "properties": {
            "severity": finding.severity.word,
            "outcome": finding.outcome.value,
            "room": finding.room,
            "subjectDigest": finding.subject_digest,
        },
    }
    if finding.rule in index:
        made["ruleIndex"] = index[finding.rule]
    if finding.outcome is Outcome.WAIVED:
        made["suppressions"] = [{"kind": "external", "status": "accepted", "justification": finding.waiver or "waived"}]
    return made


def _location(finding: Finding) -> dict[str, Any]:
    place: dict[str, Any] = {
        "logicalLocations": [
            {"fullyQualifiedName": finding.subject or finding.subject_kind, "kind": finding.subject_kind}
        ]
    }
    if finding.subject_kind in ("instance", "file", "log"):
        place["physicalLocation"] = {"artifactLocation": {"uri": quote(finding.subject, safe="/!")}}
    return place


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"

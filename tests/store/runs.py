"""Makes runs for tests of store, report and schedule: deterministic, with every outcome in it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from auditor.model.condition import Leaf
from auditor.model.finding import Evidence, Finding
from auditor.model.framework import Checkable, Framework, Obligation, Requirement
from auditor.model.outcome import Disposition, Outcome
from auditor.model.part import Part, Written
from auditor.model.rule import Example, Examples, Parameter, Rule, Status
from auditor.model.run import Note, PackRecord, PlanRecord, RuleTally, Run
from auditor.model.severity import Severity
from auditor.model.target import InventoryRow
from auditor.model.waiver import Waiver
from auditor.store.folder import Store
from auditor.store.stored import StoredRun

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
ROOMS = ("headers", "endpoints", "trail", "deid")


def digest(*words: object) -> str:
    return sha256("|".join(map(str, words)).encode()).hexdigest()


def make_rule(number: int, room: str = "headers", severity: Severity = Severity.HIGH) -> Rule:
    return Rule(
        id=f"{room}.check-{number:03}",
        version=1,
        status=Status.STABLE,
        title=f"Check {number} of the {room} room finds something",
        severity=severity,
        target=room,
        fires_when=Leaf("Thing", "present", True),
        applies_when=None,
        params={"prefix": Parameter("SUBJ", "the prefix most sites use", None, None)},
        evidence=("Thing",),
        message=f"Thing {number} holds a value that it should not hold.",
        rationale="A name is the first of the 18 identifiers.",
        remediation={"pacs": "Change the routing rule so that the attribute is removed on export."},
        false_positives=("Pseudonyms with another prefix",),
        references=(("hipaa:164.514(b)(2)(i)(A)", "hipaa:164.312(e)(1)", "hipaa:164.312(b)")[number % 3],),
        tags=("direct-identifier",),
        examples=Examples((Example("plain", {"Thing": "Doe^Jane"}, {}),), (Example("none", {}, {}),)),
        source=f"rules/{room}/check-{number:03}.yaml",
        sha256=digest("rule", number),
    )


def make_finding(rule: Rule, number: int, outcome: Outcome = Outcome.FAIL, **changes: object) -> Finding:
    made = Finding(
        rule=rule.id,
        rule_version=1,
        room=rule.target,
        severity=rule.severity,
        outcome=outcome,
        subject_kind="instance",
        subject=f"s•••••/I•••••{'•' * (number % 3)}.dcm",
        subject_digest=digest("subject", number),
        fingerprint=digest(rule.id, number),
        message=rule.message,
        evidence=(Evidence("Thing", "D••^J•••", digest("value", number), "(0010,0010)", {"letter": "A"}),),
        reason="the detector was not installed" if outcome is Outcome.NOT_EVALUATED else "",
        waiver="SEC-7" if outcome is Outcome.WAIVED else "",
    )
    return made._replace(**changes)


def make_framework() -> Framework:
    rows = (
        ("164.312", "Technical safeguards", Obligation.REQUIRED, Checkable.PARTLY, "", ""),
        ("164.312(b)", "Audit controls", Obligation.REQUIRED, Checkable.PARTLY, "164.312", ""),
        ("164.312(e)(1)", "Transmission security", Obligation.REQUIRED, Checkable.YES, "164.312", ""),
        ("164.312(d)", "Person or entity authentication", Obligation.REQUIRED, Checkable.PARTLY, "164.312", ""),
        ("164.310(a)(1)", "Facility access controls", Obligation.REQUIRED, Checkable.NO, "", "Doors are locked."),
        ("164.514(b)(2)(i)(A)", "Names", Obligation.REQUIRED, Checkable.YES, "", ""),
    )
    requirements = tuple(
        Requirement(item, title, f"{title}, in our own words.", duty, checkable, parent, attestation)
        for item, title, duty, checkable, parent, attestation in rows
    )
    return Framework("hipaa", "HIPAA Security Rule", "2013", "45 CFR Part 164", "in force", requirements)


def make_findings(rules: Iterable[Rule], each: int) -> list[Finding]:
    findings = []
    for rule in rules:
        for number in range(each):
            outcome = (Outcome.FAIL, Outcome.FAIL, Outcome.WAIVED, Outcome.NOT_EVALUATED)[number % 4]
            findings.append(make_finding(rule, number, outcome))
    return findings


def make_rows(count: int = 6, room: str = "headers") -> list[InventoryRow]:
    kinds = (Disposition.READ, Disposition.READ, Disposition.SKIPPED, Disposition.UNREADABLE)
    return [
        InventoryRow(
            room,
            "file",
            f"s•••••/I••••{number % 10}",
            digest("row", number),
            kinds[number % 4],
            "" if kinds[number % 4] is Disposition.READ else "not DICOM: no DICM prefix",
            1024 * number,
            {"syntax": "1.2.840.10008.1.2.1"},
        )
        for number in range(count)
    ]


def tally(rules: Iterable[Rule], findings: Iterable[Finding]) -> tuple[RuleTally, ...]:
    found = list(findings)
    return tuple(
        RuleTally(
            rule.id,
            rule.severity,
            {
                outcome: sum(1 for item in found if item.rule == rule.id and item.outcome is outcome)
                + (7 if outcome is Outcome.PASS else 0)
                for outcome in Outcome
            },
            0.25,
        )
        for rule in rules
    )


def make_rules() -> list[Rule]:
    severities = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
    return [make_rule(number, ROOMS[number % 4], severities[number % 4]) for number in range(8)]


def make_run(run_id: str, rules: Iterable[Rule], parts: Iterable[Written], **changes: object) -> Run:
    parts = tuple(parts)
    tallies = tuple(item for part in parts for item in part.tallies)
    run = Run(
        id=run_id,
        plan=PlanRecord("audit", "export", "default", "high", {"headers": ("e•••••/",)}, {}),
        started=NOW,
        finished=NOW + timedelta(minutes=4),
        operator="radadmin",
        site="Sample Hospital",
        tool_version="0.1.0",
        platform="Linux x86_64, Python 3.11",
        pack=PackRecord(
            digest("pack"),
            tuple(rules),
            {"headers.check-000.prefix": "XX (default SUBJ)"},
            {"headers.check-900": "not wanted"},
        ),
        frameworks=(make_framework(),),
        tallies=tallies,
        dispositions={"headers": {"read": 3, "skipped": 2, "unreadable": 1}},
        waivers=(
            Waiver(
                "headers.check-000",
                "s*",
                "Vendor fix is due",
                "J. Officer",
                "SEC-7",
                date(2026, 4, 1),
                date(2026, 9, 1),
                source="waivers.yaml:3",
            ),
        ),
        parts=tuple(part.record for part in parts),
        notes=(Note("headers", "Text in pixels was not read: the ocr extra is not installed.", True),),
        complete=False,
    )
    return replace(run, **changes)


def seal_only(store: Store, findings: list[Finding] | None = None, **changes: object) -> str:
    """Seal one small run in `store`, as an audit would; returns its id."""
    rules = make_rules()
    found = make_findings(rules, 5) if findings is None else findings
    log = store.begin()
    half = len(found) // 2
    early = {item.rule for item in found[:half]}
    late = [rule for rule in rules if rule.id not in early and any(item.rule == rule.id for item in found[half:])]
    rest = [rule for rule in rules if rule not in late]
    parts = [
        log.writer.write(Part("headers-0001", found[:half], make_rows(6), tally(rest, found))),
        log.writer.write(Part("headers-0002", found[half:], make_rows(3), tally(late, found))),
    ]
    log.seal(make_run(log.run_id, rules, parts, **changes))
    return log.run_id


def seal_run(store: Store, findings: list[Finding] | None = None, **changes: object) -> StoredRun:
    """Seal one small run in `store` and load it again."""
    return store.load(seal_only(store, findings, **changes))

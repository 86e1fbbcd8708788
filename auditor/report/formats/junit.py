"""JUnit XML, as Jenkins and GitLab read it: one suite a room, one test case a rule."""

from collections.abc import Iterator
from datetime import UTC
from xml.etree import ElementTree as ET

from auditor.model.outcome import Outcome
from auditor.model.rule import Rule
from auditor.model.run import RuleTally
from auditor.report.coverage import merge
from auditor.report.groups import Group, group_findings
from auditor.report.source import ReportSource
from auditor.report.words import clean


def pieces(source: ReportSource) -> Iterator[str]:
    """One document; a rule that failed is a failure, one that was waived or not evaluated is skipped."""
    run = source.run
    tallies = merge(run.tallies)
    groups = {(group.rule, group.outcome): group for group in group_findings(source)}
    root = ET.Element("testsuites")
    for number, room in enumerate(sorted({rule.target for rule in run.pack.rules})):
        rules = [rule for rule in run.pack.rules if rule.target == room and rule.id in tallies]
        suite = ET.SubElement(
            root,
            "testsuite",
            name=room,
            package=f"auditor.{room}",
            id=str(number),
            timestamp=f"{run.started.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
            hostname="localhost",
        )
        properties = ET.SubElement(suite, "properties")
        for name, value in (("run", run.id), ("run_sha256", source.sha256), ("complete", str(run.complete).lower())):
            ET.SubElement(properties, "property", name=name, value=value)
        cases = [_case(suite, rule, tallies[rule.id], groups) for rule in rules]
        counts = [len(cases), cases.count("failure"), cases.count("skipped")]
        for name, count in zip(("tests", "failures", "skipped"), counts, strict=True):
            suite.set(name, str(count))
        suite.set("errors", "0")
        suite.set("time", f"{sum(tallies[rule.id].seconds for rule in rules):.3f}")
        ET.SubElement(suite, "system-out")
        ET.SubElement(suite, "system-err")
    ET.indent(root)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(suite: ET.Element, rule: Rule, tally: RuleTally, groups: dict[tuple[str, Outcome], Group]) -> str:
    """Add the test case of a rule; returns `failure`, `skipped` or `passed`."""
    case = ET.SubElement(suite, "testcase", name=clean(rule.title), classname=rule.id, time=f"{tally.seconds:.3f}")
    failed = groups.get((rule.id, Outcome.FAIL))
    if failed:
        item = ET.SubElement(
            case, "failure", message=clean(f"{failed.count} findings: {failed.message}"), type=rule.severity.word
        )
        shown = [clean(f"{one.subject}: {one.fact} {one.locator} {one.masked}") for one in failed.examples]
        more = [f"and {failed.count - len(shown)} more"] if failed.count > len(shown) else []
        item.text = "\n".join([*shown, *more])
        return "failure"
    for outcome in (Outcome.WAIVED, Outcome.NOT_EVALUATED):
        group = groups.get((rule.id, outcome))
        if group:
            ET.SubElement(case, "skipped", message=clean(f"{outcome.value}: {group.waiver or group.reason}"))
            return "skipped"
    if not tally.counts.get(Outcome.PASS, 0):
        ET.SubElement(case, "skipped", message="nothing that this rule applies to was met")
        return "skipped"
    return "passed"

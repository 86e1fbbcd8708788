"""A waiver is a decision until a date; what it covers stays visible."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.engine.facts import CATALOGUE as RUN
from auditor.engine.frameworks import load_frameworks
from auditor.engine.judge import Judge
from auditor.engine.load import load_rule
from auditor.engine.profiles import choose
from auditor.engine.waivers import Waivers, load_waivers
from auditor.errors import ConfigError
from auditor.model.finding import Finding
from auditor.model.outcome import Outcome
from auditor.model.severity import Severity
from auditor.model.waiver import Waiver
from auditor.resources import rules_folder
from tests.engine.den import EVERYTHING, NOW, PROTECTOR

TODAY = date(2026, 1, 31)
WAIVER = Waiver("den.one", "D•••/*", "we know", "the officer", "T-1", date(2026, 1, 1), date(2026, 1, 31))
FINDING = Finding("den.one", 1, "den", Severity.HIGH, Outcome.FAIL, "file", "D•••/x.dcm", "d", "abcdef0123", "m.")


def outcome(finding: Finding, *waivers: Waiver, today: date = TODAY) -> tuple[Outcome, str]:
    [result] = Waivers(waivers).apply([finding], today)
    return result.outcome, result.waiver


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Outcome.WAIVED),
        ({"subject": "D•••/x.dcm"}, Outcome.WAIVED),
        ({"subject": "E*"}, Outcome.FAIL),
        ({"rule": "den.two"}, Outcome.FAIL),
        ({"fingerprint": "abcdef01"}, Outcome.WAIVED),
        ({"fingerprint": "abcdef02"}, Outcome.FAIL),
        ({"expires": date(2026, 1, 30)}, Outcome.FAIL),
    ],
)
def test_a_waiver_covers_its_rule_on_its_subjects_through_its_last_day(change: Any, expected: Outcome) -> None:
    assert outcome(FINDING, replace(WAIVER, **change))[0] is expected


def test_subjects_with_brackets_are_met_as_they_are_written() -> None:
    finding = FINDING._replace(subject="[::1]:104")
    assert outcome(finding, replace(WAIVER, subject="[::1]:104"))[0] is Outcome.WAIVED


def test_the_first_waiver_that_covers_is_named_and_only_fails_are_waived() -> None:
    assert (
        outcome(FINDING, replace(WAIVER, ticket="T-0", subject="E*"), WAIVER, replace(WAIVER, ticket="T-2"))[1] == "T-1"
    )
    unclear = FINDING._replace(outcome=Outcome.NOT_EVALUATED)
    assert outcome(unclear, WAIVER) == (Outcome.NOT_EVALUATED, "")


TEXT = """\
waivers:
  - rule: den.one
    subject: 'D•••/*'
    reason: we know
    approver: the officer
    ticket: T-1
    created: 2026-01-01
    expires: 2026-12-31
"""


def load(tmp_path: Path, text: str, rules: Any = ("den.one",)) -> Waivers:
    file = tmp_path / "waivers.yaml"
    file.write_text(text)
    return load_waivers(file, rules)


def test_a_file_of_waivers_is_read(tmp_path: Path) -> None:
    [waiver] = load(tmp_path, TEXT).waivers
    assert (waiver.created, waiver.expires, waiver.source) == (date(2026, 1, 1), date(2026, 12, 31), "waivers.yaml:2")
    assert load(tmp_path, "# none yet\n") == load(tmp_path, "waivers: []") == load_waivers(None) == Waivers()
    assert load(tmp_path, TEXT, None).waivers


@pytest.mark.parametrize(
    ("change", "line", "what", "right"),
    [
        (("    expires: 2026-12-31\n", ""), 2, "waivers.0.expires is missing", "a key 'expires'"),
        (("2026-12-31", "2027-01-03"), 8, "the waiver lasts longer than a year", "2027-01-02 at the latest"),
        (("2026-12-31", "2025-12-31"), 8, "the waiver ends before it begins", "a day from 2026-01-01 on"),
        (("2026-01-01", "yesterday"), 7, "'yesterday' is no date", "a day such as 2026-01-31"),
        (("den.one", "den.on"), 2, "no rule is called 'den.on'", "did you mean 'den.one'?"),
        (("ticket:", "tikcet:"), 2, "waivers.0.ticket is missing", ""),
    ],
)
def test_a_faulty_waiver_is_told_by_file_and_line(
    tmp_path: Path, change: tuple[str, str], line: int, what: str, right: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, TEXT.replace(*change))
    assert what in caught.value.what
    assert caught.value.where == f"{tmp_path / 'waivers.yaml'}:{line}"
    assert right in caught.value.right


def findings(*waivers: Waiver, used: tuple[str, ...] = (), in_scope: Any = None) -> list[str]:
    frameworks = load_frameworks(rules_folder() / "frameworks")
    folder = rules_folder() / "run"

    rules = [load_rule(file, {"run": RUN}, frameworks) for file in sorted(folder.glob("waiver-*.yaml"))]
    judge = Judge(choose(rules, EVERYTHING), RUN, NOW, PROTECTOR)
    facts = Waivers(waivers).run_facts(frozenset(used), TODAY, PROTECTOR, in_scope)
    return [finding.rule.removeprefix("run.waiver-") for each in facts for finding in judge.judge(each)]


def test_waivers_that_expired_end_soon_or_waived_nothing_are_findings_of_the_run() -> None:
    later = replace(WAIVER, expires=date(2026, 6, 1))
    assert findings(replace(WAIVER, expires=date(2026, 1, 30))) == ["expired"]
    assert findings(later) == ["unused"]
    assert findings(later, used=("den.one T-1",)) == []
    assert findings(WAIVER, used=("den.one T-1",)) == ["ending"]
    assert findings(later, in_scope=("den.two",)) == []
    assert findings(later, in_scope=("den.one",)) == ["unused"]


def test_a_waiver_for_everything_is_a_finding() -> None:
    everything = replace(WAIVER, subject="*", expires=date(2026, 6, 1))
    assert findings(everything, used=("den.one T-1",)) == ["of-everything"]


def test_what_is_shown_of_a_waiver_holds_no_subject() -> None:
    [facts] = Waivers((replace(WAIVER, source="waivers.yaml:2"),)).run_facts(frozenset(), TODAY, PROTECTOR)
    assert facts.subject.display == "waiver T-1 of den.one (waivers.yaml:2)"
    assert len(facts.subject.digest) == 64

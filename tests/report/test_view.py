"""What templates may use is worked out from a run alone, and promises no more than was checked."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from auditor.model.outcome import Outcome
from auditor.model.severity import Severity
from auditor.report.build import draw
from auditor.report.charts import line, ring, stack
from auditor.report.compare import Change, compare, fix_times
from auditor.report.coverage import Assessment, cover
from auditor.report.groups import group_findings
from auditor.report.source import HistoryPoint
from auditor.report.view import contract, decide
from auditor.report.words import clean, strip_controls
from auditor.resources import reports_folder
from auditor.store.folder import open_store
from tests.report.test_pdf import text_of
from tests.store.runs import NOW, make_finding, make_rules, make_run, seal_run


def test_the_variables_templates_may_use_are_documented():
    told = (reports_folder() / "README.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE))
    assert listed == {*contract(), "logo", "site_styles", "language"}


def test_groups_count_findings_and_subjects_worst_first(stored):
    groups = group_findings(stored)
    assert sum(group.count for group in groups) == 40
    assert [group.severity for group in groups] == sorted((group.severity for group in groups), reverse=True)
    first = groups[0]
    assert (first.outcome, first.count, first.subjects, len(first.examples)) == (Outcome.FAIL, 3, 3, 3)
    assert first.examples[0].masked == "D••^J•••"


def test_a_requirement_is_never_more_assessed_than_its_rules(stored):
    rows = {row.requirement.id: row for row in cover(stored.run)[0].rows}
    assert rows["164.312"].heading
    assert rows["164.312(b)"].assessment is Assessment.PARTLY
    assert rows["164.312(e)(1)"].assessment is Assessment.ASSESSED
    assert rows["164.312(d)"].assessment is Assessment.NOT_ASSESSED
    assert rows["164.310(a)(1)"].assessment is Assessment.ATTESTATION
    assert rows["164.514(b)(2)(i)(A)"].worst is Severity.CRITICAL
    assert cover(stored.run)[0].total == 5


def test_a_requirement_whose_rules_met_nothing_is_not_assessed(stored):
    empty = tuple(replace(tally, counts={Outcome.NOT_APPLICABLE: 4}) for tally in stored.run.tallies)
    rows = cover(replace(stored.run, tallies=empty))[0].rows
    assert {row.assessment for row in rows} == {Assessment.NOT_ASSESSED, Assessment.ATTESTATION}


@pytest.mark.parametrize(
    ("failed", "complete", "fail_on", "decision"),
    [
        ({"high": 1}, True, "high", "fail"),
        ({"high": 1}, False, "high", "fail"),
        ({"medium": 1}, True, "high", "attention"),
        ({"medium": 1}, False, "high", "incomplete"),
        ({"critical": 1}, True, "none", "attention"),
        ({}, True, "high", "pass"),
        ({}, False, "high", "incomplete"),
    ],
)
def test_the_decision_follows_from_threshold_and_completeness(failed, complete, fail_on, decision):
    run = make_run("20260504T093000Z-abcdef", [], [], complete=complete)
    run = replace(run, plan=replace(run.plan, fail_on=fail_on))
    assert decide(run, {severity.word: 0 for severity in Severity} | failed) == decision


def test_a_certificate_shows_whole_sections_that_checks_reach_and_counts_what_it_leaves_out(stored):
    covered = cover(stored.run)[0]
    reached = [row.requirement.id for row in covered.reached]
    assert "164.312(d)" in reached  # no check counts towards it, and it stands in a section that checks reach
    assert "164.310(a)(1)" not in reached
    page = " ".join(text_of(draw(stored, "deid-certificate")[0]).split())
    assert "Person or entity authentication" in page
    assert "Facility access controls" not in page
    assert "1 requirement that no check of this audit cites is left out" in page
    assert "Facility access controls" in text_of(draw(stored, "officer")[0])


def test_figures_are_geometry_only():
    assert [bar.key for bar in stack([("a", 3), ("b", 0), ("c", 1)], 4, 100)] == ["a", "c"]
    assert stack([("a", 1), ("b", 9999)], 10_000, 300)[0].width == 2.0
    arcs = ring([("a", 1), ("b", 3), ("c", 0)], 60, 30)
    assert [arc.key for arc in arcs] == ["a", "b"]
    assert all(arc.path.startswith("M") for arc in arcs)
    points = line(
        [HistoryPoint("r1", "2026-01-01", 4, 0, 0, True), HistoryPoint("r2", "2026-02-01", 2, 0, 0, False)], 100, 50
    )
    assert [(point.x, point.y) for point in points] == [(0, 0), (100, 25)]


def test_words_are_made_safe_to_print():
    assert clean("a\x00b\u202ec\tд漢") == "a�b�c д�"
    assert clean("x" * 700) == "x" * 600 + "…"
    assert strip_controls("漢\x1b[0m\u2066") == "漢�[0m�"
    assert strip_controls("plain") == "plain"


@pytest.fixture
def three(tmp_path):
    store = open_store(tmp_path / "store")
    rules = make_rules()[:2]
    all_of = [make_finding(rule, number) for rule in rules for number in range(4)]
    waived = all_of[1]._replace(outcome=Outcome.WAIVED, waiver="SEC-7")
    worse = all_of[2]._replace(severity=Severity.LOW)
    fresh = make_finding(rules[0], 77)
    for day, findings in enumerate((all_of, [waived, worse, *all_of[3:6], fresh], [*all_of[3:5], all_of[1]])):
        seal_run(store, findings, complete=True, finished=NOW + timedelta(days=day * 10))
    return [store.load(entry.id) for entry in store.runs()]


def test_a_comparison_counts_every_way_a_finding_can_go(three):
    found = compare(three[0], three[1])
    counts = {change: found.count(change) for change in Change}
    assert counts == {
        Change.NEW: 1,
        Change.GONE: 3,
        Change.UNSEEN: 0,
        Change.STILL: 3,
        Change.SEVERITY: 1,
        Change.WAIVED: 1,
        Change.UNWAIVED: 0,
    }
    assert found.caution == ()
    assert compare(three[1], three[2]).count(Change.UNWAIVED) == 1


def test_time_to_fix_is_the_mean_over_what_was_fixed(three):
    times = {item.room: (item.days, item.findings) for item in fix_times(three)}
    assert times["headers"] == (13.3, 3)
    assert fix_times(three[:1]) == ()


def test_what_makes_two_runs_hard_to_compare_is_said(three, tmp_path):
    store = open_store(tmp_path / "other")
    log = store.begin()
    log.seal(make_run(log.run_id, [], [], complete=False))
    empty = store.load()
    changed = replace(three[0], run=replace(three[0].run, pack=replace(three[0].run.pack, digest="x")))
    told = " ".join(map(str, compare(changed, empty).caution))
    assert "The rules are not the same" in told
    assert "is incomplete" in told
    assert compare(three[0], empty).count(Change.GONE) == 8


def test_golden_words_of_the_officer_report(stored):
    """The words of a report, as a person reviewed them; a change of wording is a change of this file."""
    from auditor.report.build import Look, draw, folders
    from tests.report.test_pdf import text_of

    assert folders(Look())
    told = text_of(draw(stored)[0])
    lines = [" ".join(line.split()) for line in told.splitlines() if line.strip()]
    steady = [line for line in lines if not re.search(r"[0-9a-f]{16}|\d{8}T\d{6}Z|bytes|imaging-auditor", line)]
    golden = Path(__file__).parents[2] / "fixtures" / "golden" / "officer-report.txt"
    assert "\n".join(steady) + "\n" == golden.read_text("utf-8")

"""The judge says what the rules say, counts every outcome, and shows nothing raw."""

import pickle
from typing import Any

import pytest

from auditor.engine.judge import Judge
from auditor.engine.profiles import choose
from auditor.model.facts import Facts
from auditor.model.outcome import Outcome
from tests.engine.den import CATALOGUE, EVERYTHING, NOW, PROTECTOR, RuleMaker, counts, facts, judge_of, subject

DOE = {"purpose": "export", "name": "Doe^Jane"}


def test_the_five_outcomes_are_counted_and_only_fails_and_not_evaluated_are_listed(rule: RuleMaker) -> None:
    applies = "applies_when: {fact: purpose, equals: export}\n"
    judge = judge_of(rule("{fact: name, present: true}", more=applies))
    assert [finding.outcome for finding in judge.judge(facts(DOE))] == [Outcome.FAIL]
    assert judge.judge(facts({"purpose": "export"})) == ()
    assert judge.judge(facts({"purpose": "clinical", "name": "Doe^Jane"})) == ()
    assert judge.judge(facts({"name": "Doe^Jane"})) == ()
    [unclear] = judge.judge(facts({"purpose": "export"}, {"name": "damaged"}))
    assert (unclear.outcome, unclear.reason, unclear.evidence) == (Outcome.NOT_EVALUATED, "name: damaged", ())
    assert counts(judge) == {"den.one": {"fail": 1, "pass": 1, "not_applicable": 2, "not_evaluated": 1}}
    [tally] = judge.tallies()
    assert tally.seconds > 0


def test_waived_findings_are_no_fails(rule: RuleMaker) -> None:
    judge = judge_of(rule("{fact: name, present: true}"))
    [finding] = judge.judge(facts(DOE))
    judge.judge(facts(DOE))
    waived = finding._replace(outcome=Outcome.WAIVED)
    assert counts(judge, (waived, finding)) == {"den.one": {"fail": 1, "waived": 1}}


def test_a_rule_of_which_it_is_not_clear_that_it_applies_is_not_evaluated(rule: RuleMaker) -> None:
    judge = judge_of(rule("{fact: name, present: true}", more="applies_when: {fact: purpose, equals: export}\n"))
    [finding] = judge.judge(facts({}, {"purpose": "no purpose was given"}))
    assert (finding.outcome, finding.reason) == (Outcome.NOT_EVALUATED, "purpose: no purpose was given")


def test_what_is_wanted_is_what_rules_look_at_and_show(rule: RuleMaker) -> None:
    more = "applies_when: {fact: purpose, equals: export}\nevidence: [alias]\n"
    judge = judge_of(rule("{fact: name, present: true}", more=more))
    assert judge.wanted == {"purpose", "name", "alias"}


def test_evidence_is_masked_unless_it_identifies_nobody(rule: RuleMaker) -> None:
    more = "evidence: [name, purpose, open, born, count]\n"
    values = DOE | {"open": True, "born": NOW.date(), "count": 1.5}
    [finding] = judge_of(rule("{fact: name, present: true}", more=more)).judge(
        facts(values, locators={"name": "(0010,0010)"})
    )
    assert [(each.fact, each.masked) for each in finding.evidence] == [
        ("name", "D••^J•••"),
        ("purpose", "export"),
        ("open", "true"),
        ("born", "••••-••-••"),
        ("count", "1.5"),
    ]
    assert finding.evidence[0].locator == "(0010,0010)"
    assert finding.evidence[0].digest == PROTECTOR.digest("Doe^Jane")
    assert "Jane" not in repr(finding)


RECORDS = (
    {"locator": "(1)", "value": "Doe", "letter": "A", "owner": "Smith"},
    {"locator": "(2)", "value": "1234", "letter": "H", "size": 3},
    {"locator": "(3)", "value": "Jane", "letter": "A"},
    {"locator": "(4)", "letter": "A"},
)


def test_evidence_of_a_list_is_what_matched(rule: RuleMaker) -> None:
    judge = judge_of(rule("{some: {fact: places, where: {field: letter, equals: A}}}"))
    [finding] = judge.judge(facts({"places": RECORDS}))
    assert [(each.locator, each.masked) for each in finding.evidence] == [("(1)", "D••"), ("(3)", "J•••"), ("(4)", "")]
    assert finding.evidence[0].details == {"letter": "A"}
    assert "Smith" not in repr(finding)
    assert finding.evidence[2].digest == PROTECTOR.digest("(4)\x1fA")


def test_evidence_of_a_list_that_nothing_matched_is_the_whole_list(rule: RuleMaker) -> None:
    none = judge_of(rule("{not: {some: {fact: places, where: {field: letter, equals: Z}}}}"))
    assert len(none.judge(facts({"places": RECORDS}))[0].evidence) == 4
    every = judge_of(rule("{each: {fact: words, where: {field: value, starts_with: a}}}"))
    assert [each.masked for each in every.judge(facts({"words": ("ab", "ac")}))[0].evidence] == ["a•", "a•"]
    some = judge_of(rule("{some: {fact: words, where: {field: value, equals: ab}}}"))
    assert [each.masked for each in some.judge(facts({"words": ("ab", "ac")}))[0].evidence] == ["a•"]


def test_evidence_of_a_list_of_constants_keeps_the_order_of_the_list(rule: RuleMaker) -> None:
    judge = judge_of(
        rule("{some: {fact: places, where: {field: letter, in: [H, A]}}}", more="evidence: [places, name]\n")
    )
    [finding] = judge.judge(facts({"places": RECORDS, "name": "x"}))
    assert [each.locator for each in finding.evidence] == ["(1)", "(2)", "(3)", "(4)", ""]


def test_a_list_that_was_not_read_shows_nothing_and_is_not_evaluated(rule: RuleMaker) -> None:
    judge = judge_of(rule("{some: {fact: places, where: {field: letter, equals: A}}}"))
    [finding] = judge.judge(facts({}, {"places": "damaged"}))
    assert (finding.outcome, finding.reason) == (Outcome.NOT_EVALUATED, "places: damaged")
    [finding] = judge.judge(facts({"places": RECORDS[:1]}, {"places": "damaged"}))
    assert (finding.outcome, len(finding.evidence)) == (Outcome.FAIL, 1)


def test_fingerprints_are_the_same_between_runs_and_tell_subjects_and_evidence_apart(rule: RuleMaker) -> None:
    one = rule("{fact: name, present: true}")

    def fingerprint(values: Any, key: str = "1.2.3") -> str:
        return judge_of(one).judge(facts(values, subject=subject(key)))[0].fingerprint

    assert fingerprint(DOE) == fingerprint(DOE)
    assert len({fingerprint(DOE), fingerprint(DOE, "1.2.4"), fingerprint({"name": "Roe"})}) == 3


def test_what_grows_is_shown_and_leaves_the_fingerprint_alone(rule: RuleMaker) -> None:
    one = rule("{all: [{fact: name, present: true}, {fact: events, more_than: 1}]}", more="evidence: [name, events]\n")
    few, many = (judge_of(one).judge(facts({"name": "Roe", "events": number}))[0] for number in (3, 9))
    assert few.fingerprint == many.fingerprint
    assert few.evidence != many.evidence


def test_whole_numbers_are_the_same_however_they_are_held(rule: RuleMaker) -> None:
    one = rule("{fact: count, more_than: 1}")
    whole, pointed = (judge_of(one).judge(facts({"count": number}))[0] for number in (3, 3.0))
    assert whole.fingerprint == pointed.fingerprint
    assert whole.evidence == pointed.evidence


def test_fingerprints_do_not_hang_on_the_order_of_records(rule: RuleMaker) -> None:
    one = rule("{some: {fact: places, where: {field: letter, equals: A}}}")
    there = judge_of(one).judge(facts({"places": RECORDS}))[0]
    back = judge_of(one).judge(facts({"places": RECORDS[::-1]}))[0]
    assert there.fingerprint == back.fingerprint
    assert there.evidence != back.evidence


def test_a_value_of_another_type_than_declared_is_not_evaluated(rule: RuleMaker) -> None:
    judge = judge_of(rule("{fact: count, more_than: 3}", "a"), rule("{fact: name, starts_with: a}", "b"))
    found = judge.judge(facts({"count": "many", "name": 7}))
    assert [(each.rule, each.outcome, each.reason) for each in found] == [
        ("den.a", Outcome.NOT_EVALUATED, "a value could not be compared: count"),
        ("den.b", Outcome.NOT_EVALUATED, "a value could not be compared: name"),
    ]


def test_a_record_of_another_type_than_declared_is_no_match(rule: RuleMaker) -> None:
    judge = judge_of(rule("{some: {fact: places, where: {field: size, more_than: 3}}}"))
    [finding] = judge.judge(facts({"places": ({"size": 5, "locator": "(1)"}, {"size": "x", "locator": "(2)"})}))
    assert [each.locator for each in finding.evidence] == ["(1)"]


def test_a_profile_may_change_severity_and_a_site_parameters(rule: RuleMaker) -> None:
    more = "params: {most: {default: 3, min: 1, max: 9, why: because}}\n"
    one = rule("{fact: count, more_than: {param: most}}", more=more)
    assert judge_of(one).judge(facts({"count": 5}))
    assert not judge_of(one, params={"den.one": {"most": 7}}).judge(facts({"count": 5}))


def test_the_same_facts_of_another_subject_are_not_weighed_again(rule: RuleMaker) -> None:
    judge = judge_of(rule("{fact: name, present: true}"))
    first, second = facts(DOE, subject=subject("1")), facts(DOE, subject=subject("2"))
    [one], [two] = judge.judge(first), judge.judge(second)
    assert one.evidence is two.evidence
    assert one.fingerprint != two.fingerprint
    [unclear] = judge.judge(Facts(subject("3"), {}, unknown={"name": "damaged"}))
    assert unclear.outcome is Outcome.NOT_EVALUATED
    assert counts(judge) == {"den.one": {"fail": 2, "not_evaluated": 1}}


def test_the_same_facts_that_could_not_all_be_read_are_weighed_again(rule: RuleMaker) -> None:
    judge = judge_of(rule("{fact: alias, present: true}"))
    read, damaged = facts(DOE), facts(DOE, {"alias": "damaged"})
    assert [len(judge.judge(each)) for each in (read, damaged, read)] == [0, 1, 0]
    assert counts(judge) == {"den.one": {"pass": 2, "not_evaluated": 1}}


def test_a_judge_that_is_started_again_counts_anew_and_says_the_same(rule: RuleMaker) -> None:
    judge = judge_of(rule("{fact: name, present: true}", more="applies_when: {fact: purpose, equals: export}\n"))
    before = judge.judge(facts(DOE)), judge.judge(facts({}))
    assert counts(judge) == {"den.one": {"fail": 1, "not_applicable": 1}}
    judge.start()
    assert (counts(judge), judge.tallies()[0].seconds) == ({"den.one": {}}, 0)
    assert (judge.judge(facts(DOE)), judge.judge(facts({}))) == before
    assert counts(judge) == {"den.one": {"fail": 1, "not_applicable": 1}}


def test_memory_is_bounded(rule: RuleMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("judge", "compiled", "evidence", "operators"):
        monkeypatch.setattr(f"auditor.engine.{module}._MEMORY", 3)
    judge = judge_of(
        rule("{some: {fact: places, where: {field: letter, equals: A}}}", "a"), rule("{fact: name, matches: x}", "b")
    )
    for number in range(20):
        records = ({"locator": f"({number})", "letter": "A", "size": number}, {"locator": "()", "letter": "A"})
        found = judge.judge(facts({"places": records, "name": f"x{number}"}))
        assert found[0].evidence[0].locator == f"({number})"
    assert len(judge._weighed) <= 3


def test_long_values_are_judged_and_not_remembered(rule: RuleMaker) -> None:
    judge = judge_of(rule("{fact: name, matches: 'x$'}"))
    assert judge.judge(facts({"name": "a" * 1000 + "x"}))
    assert not judge.judge(facts({"name": "a" * 1001}))
    assert [len(judge.judge(facts({"name": "x"}))) for _ in range(2)] == [1, 1]


def test_workers_are_sent_only_what_they_need_and_judge_the_same(rule: RuleMaker) -> None:
    more = "params: {most: {default: 3, why: because}}\napplies_when: {fact: purpose, equals: export}\n"
    whole = choose([rule("{fact: count, more_than: {param: most}}", more=more)], EVERYTHING)
    slim = whole.slim("den")
    assert whole.slim("other").bound == ()
    assert slim.digest == whole.digest
    assert len(pickle.dumps(slim)) < len(pickle.dumps(whole))
    subject_facts = facts({"purpose": "export", "count": 5})
    assert [Judge(each, CATALOGUE, NOW, PROTECTOR).judge(subject_facts) for each in (whole, slim)] == [
        judge_of(whole.rules[0]).judge(subject_facts)
    ] * 2


def test_a_selection_crosses_processes(rule: RuleMaker) -> None:
    selection = choose([rule("{fact: name, present: true}")], EVERYTHING)
    again = pickle.loads(pickle.dumps(selection))  # noqa: S301 - our own bytes
    assert again == selection
    assert Judge(again, CATALOGUE, NOW, PROTECTOR).judge(facts(DOE))

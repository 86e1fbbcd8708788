"""What helps those who write rules: self-test, lint, schema, scaffold, description."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor.config.strictyaml import load
from auditor.engine.author import new_rule, scaffold
from auditor.engine.bind import bounds
from auditor.engine.describe import describe
from auditor.engine.lint import CHECKS, Weight, lint
from auditor.engine.load import load_rule
from auditor.engine.schema import FILE, rule_schema, schema_text
from auditor.engine.selftest import selftest
from auditor.errors import UsageError
from auditor.model.facts import Catalogue
from auditor.model.rule import Example, Examples, Parameter, Rule, Status
from auditor.model.severity import Severity
from auditor.resources import rules_folder
from tests.engine.den import CATALOGUE, CATALOGUES, RULE, RuleMaker

CONDITION = (
    "{all: [{fact: name, present: true}, {any: [{fact: count, more_than: 3}, {not: {fact: open, equals: true}}]}]}"
)


def examples(**groups: list[dict[str, Any]]) -> Examples:
    made = {
        group: tuple(Example(f"{group} {number}", facts, {}) for number, facts in enumerate(each))
        for group, each in groups.items()
    }
    return Examples(
        made.get("fires", ()), made.get("quiet", ()), made.get("not_applicable", ()), made.get("not_evaluated", ())
    )


def test_examples_that_come_out_otherwise_are_told(rule: RuleMaker) -> None:
    one = replace(rule("{fact: name, present: true}"), examples=examples(fires=[{}], quiet=[{"name": "a"}]))
    assert [failure.what for failure in selftest(one, CATALOGUE)] == [
        "the example 'fires 0' came out as pass",
        "the example 'quiet 0' came out as fail",
    ]


def test_a_leaf_that_no_example_would_miss_is_told(rule: RuleMaker) -> None:
    fires = [{"name": "a", "count": 4, "open": True}, {"name": "a", "count": 1}]
    quiet = [{"count": 4}, {"name": "a", "count": 1, "open": True}]
    one = rule(CONDITION)
    assert selftest(replace(one, examples=examples(fires=fires, quiet=quiet)), CATALOGUE) == ()
    lazy = selftest(replace(one, examples=examples(fires=fires[1:], quiet=quiet[1:])), CATALOGUE)
    assert [failure.what for failure in lazy] == [
        "no example notices when fires_when 'name present true' is dropped",
        "no example notices when fires_when 'count more_than 3' is dropped",
    ]


def test_what_applies_is_tested_too(rule: RuleMaker) -> None:
    one = rule("{fact: name, present: true}", more="applies_when: {fact: purpose, equals: export}\n")
    values = {"purpose": "export", "name": "a"}
    lazy = examples(fires=[values], quiet=[{"purpose": "export"}])
    assert [failure.what for failure in selftest(replace(one, examples=lazy), CATALOGUE)] == [
        "no example notices when applies_when 'purpose equals export' is dropped"
    ]
    unclear = Example("unclear", {}, {"purpose": "damaged"})
    whole = replace(lazy, not_applicable=(Example("clinical", {"name": "a"}, {}),), not_evaluated=(unclear,))
    assert selftest(replace(one, examples=whole), CATALOGUE) == ()


def test_leaves_inside_lists_are_dropped_too(rule: RuleMaker) -> None:
    one = rule("{some: {fact: places, where: {all: [{field: letter, equals: A}, {field: size, more_than: 2}]}}}")
    met, small, other = {"letter": "A", "size": 3}, {"letter": "A", "size": 1}, {"letter": "B", "size": 3}
    good = examples(fires=[{"places": (met,)}], quiet=[{"places": (small,)}, {"places": (other,)}])
    assert selftest(replace(one, examples=good), CATALOGUE) == ()
    assert len(selftest(replace(one, examples=replace(good, quiet=good.quiet[:1])), CATALOGUE)) == 1


@pytest.mark.parametrize(
    ("check", "change"),
    [
        ("unfilled", {"title": "FILL IN what is wrong"}),
        ("unfilled", {"rationale": "FILL IN why it matters to whom and when"}),
        ("false-positives", {"false_positives": ()}),
        ("references", {"references": ()}),
        ("references", {"references": ("law:1", "law:1")}),
        ("hipaa-reasons", {"references": ("hipaa:164.312(b)",), "rationale": "short"}),
        ("hipaa-reasons", {"references": ("hipaa:164.312(b)",), "remediation": {"manual": "mend"}}),
        ("proposal-only", {"references": ("hipaa-proposed-2025:164.312(b)(1)",)}),
        ("full-stops", {"title": "It is wrong."}),
        ("full-stops", {"message": "It is wrong"}),
        ("title-length", {"title": "x" * 91}),
        ("placeholders", {"message": "More than {most}."}),
        ("example-names", {"examples": Examples((Example("a", {}, {}),), (Example("a", {}, {}),))}),
        ("not-applicable", {"applies_when": object()}),
        ("evidence", {"evidence": ("alias",)}),
        ("tags", {"tags": ()}),
        ("draft-critical", {"status": Status.DRAFT, "severity": Severity.CRITICAL}),
    ],
)
def test_lint_finds_what_is_missing_or_badly_put(rule: RuleMaker, check: str, change: dict[str, Any]) -> None:
    one = replace(rule("{fact: name, present: true}"), references=("law:1",))
    assert lint([one]) == ()
    issues = lint([replace(one, **change)])
    assert [issue.check for issue in issues] == [check]
    assert issues[0].source == "one.yaml"


def test_lint_finds_rules_that_are_alike(rule: RuleMaker) -> None:
    one, two = (replace(rule("{fact: name, present: true}", name), references=("law:1",)) for name in ("a", "b"))
    assert [(each.rule, each.check) for each in lint([one, two])] == [("den.b", "same-condition")]
    two = replace(two, params={"most": Parameter(3, "w")}, title=one.title)
    assert [(each.rule, each.check) for each in lint([one, two])] == [("den.b", "same-title")]
    assert lint([one, two], [one]) == ()
    assert {check.weight for check in CHECKS} == set(Weight)


def test_the_schema_in_the_folder_is_the_one_that_is_made() -> None:
    """To renew it: auditor rules schema > rules/schema/rule.schema.json"""
    assert (rules_folder() / FILE).read_text("utf-8") == schema_text()


VALIDATOR = jsonschema.Draft202012Validator(rule_schema())


def errors(file: Path) -> list[str]:
    data = json.loads(json.dumps(load(file).data))
    return [error.message for error in VALIDATOR.iter_errors(data)]


def test_what_loads_meets_the_schema_and_what_is_misspelt_does_not(write: Callable[..., Path]) -> None:
    assert errors(write(CONDITION)) == []
    assert errors(write("{some: {fact: places, where: {field: size, between: [1, {param: x}]}}}"))
    assert errors(write("{fact: name, presnt: true}"))
    assert errors(write(CONDITION, text=RULE.replace("severity", "sevrity")))


def test_every_shipped_rule_meets_the_schema() -> None:
    rooms = [folder for folder in rules_folder().iterdir() if folder.name not in ("frameworks", "profiles", "schema")]
    files = [file for folder in rooms for file in folder.glob("*.yaml")]
    assert files
    assert {name: wrong for name, wrong in ((str(file), errors(file)) for file in files) if wrong} == {}


@pytest.mark.parametrize("fact", sorted(CATALOGUE.specs))
def test_a_new_rule_loads_passes_its_examples_and_asks_to_be_filled_in(tmp_path: Path, fact: str) -> None:
    file = new_rule("den.a-new-one", CATALOGUE, fact, tmp_path)
    one = load_rule(file, CATALOGUES, ())
    assert selftest(one, CATALOGUE) == ()
    wanted = {issue.check for issue in lint([one]) if issue.weight is Weight.ERROR}
    assert wanted == {"unfilled", "references"}


def filled(one: Rule) -> Rule:
    texts = {name: f"{getattr(one, name)}".replace("FILL IN", "It says") for name in ("title", "message", "rationale")}
    parts = {
        group: tuple(replace(each, name=each.name.replace("FILL IN ", "")) for each in getattr(one.examples, group))
        for group in ("fires", "quiet")
    }
    return replace(
        one,
        **texts,
        remediation={"manual": "Mend it where it stands."},
        false_positives=("It is meant so.",),
        references=("law:1",),
        tags=("new",),
        examples=replace(one.examples, **parts),
    )


def test_a_new_rule_that_was_filled_in_passes_lint(tmp_path: Path) -> None:
    one = filled(load_rule(new_rule("den.new", CATALOGUE, "name", tmp_path), CATALOGUES, ()))
    assert lint([one]) == ()


def test_a_room_of_records_with_a_locator_alone_can_have_rules_too(tmp_path: Path) -> None:
    spec = CATALOGUE.specs["places"]
    narrow = Catalogue.of("den", (replace(spec, fields=spec.fields[:1]),))
    one = load_rule(new_rule("den.new", narrow, "places", tmp_path), {"den": narrow}, ())
    assert selftest(one, narrow) == ()


@pytest.mark.parametrize(
    ("name", "fact", "right"),
    [
        ("den.Bad", "name", "den.<words-joined-by-hyphens>"),
        ("other.good", "name", "den.<words-joined-by-hyphens>"),
        ("den.good", "naem", "did you mean 'name'?"),
    ],
)
def test_what_cannot_become_a_rule_is_told(name: str, fact: str, right: str) -> None:
    with pytest.raises(UsageError) as caught:
        scaffold(name, CATALOGUE, fact)
    assert caught.value.right == right


def test_a_rule_is_never_overwritten(tmp_path: Path) -> None:
    new_rule("den.new", CATALOGUE, "name", tmp_path)
    with pytest.raises(UsageError, match="already"):
        new_rule("den.new", CATALOGUE, "name", tmp_path)


def test_a_condition_is_described_in_words(rule: RuleMaker) -> None:
    text = (
        "{any: [{all: [{fact: name, in: [a, b]}, {not: {fact: open, equals: true}}]}, "
        "{some: {fact: places, where: {field: size, at_least: {param: most}}}}, "
        "{each: {fact: words, where: {field: value, equals: x}}}]}"
    )
    more = "params: {most: {default: 3, why: because}}\n"
    assert "\n".join(describe(rule(text, more=more).fires_when)) == (
        "any of\n  all of\n    name in 'a', 'b'\n    not\n      open equals true\n"
        "  some item of places with\n    size at least {most}\n  each item of words with\n    value equals 'x'"
    )


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        (Parameter(3, "w", 1, 9), "a number, at least 1, at most 9 (default 3)"),
        (Parameter(True, "w"), "true or false (default True)"),
        (Parameter("x", "w"), "text (default x)"),
    ],
)
def test_bounds_are_told_in_words(rule: RuleMaker, parameter: Parameter, words: str) -> None:
    one = replace(rule("{fact: name, present: true}"), params={"most": parameter})
    assert bounds(one, "most") == words

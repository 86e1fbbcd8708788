"""A faulty condition is told by file and line, with what would be right."""

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.engine.load import load_rule
from auditor.errors import RuleError
from auditor.model.condition import All, Each, Leaf, Not, ParameterRef, Some
from auditor.model.condition import Any as AnyOf
from tests.engine.den import CATALOGUES, RuleMaker

PARAMS = "params: {days: {default: 3, min: 1, max: 9, why: because}, sort: {default: x, why: because}}\n"


def test_a_condition_is_read_as_it_is_written(rule: RuleMaker) -> None:
    text = (
        "{all: [{fact: name, present: true}, {not: {fact: count, at_least: {param: days}}}, "
        "{any: [{some: {fact: places, where: {all: [{field: letter, equals: A}, {field: owner, same_as: value}]}}}, "
        "{each: {fact: words, where: {field: value, matches: '^a'}}}]}]}"
    )
    assert rule(text, more=PARAMS.replace(", sort: {default: x, why: because}", "")).fires_when == All(
        (
            Leaf("name", "present", True),
            Not(Leaf("count", "at_least", ParameterRef("days"))),
            AnyOf(
                (
                    Some("places", All((Leaf("letter", "equals", "A"), Leaf("owner", "same_as", "value")))),
                    Each("words", Leaf("value", "matches", "^a")),
                )
            ),
        )
    )


@pytest.mark.parametrize(
    ("condition", "what", "right"),
    [
        ("just text", "this is no condition", "{fact: name, operator: value}, or all, any, not, some or each"),
        ("{}", "this is no condition", "{fact: name"),
        ("{fact: naem, present: true}", "unknown fact 'naem'", "did you mean 'name'?"),
        ("{fcat: name, present: true}", "the condition names no fact", "the key 'fact'"),
        ("{field: name, present: true}", "the condition names no fact", "the key 'fact' instead of 'field'"),
        ("{fact: name, presnt: true}", "unknown operator 'presnt'", "did you mean 'present'?"),
        ("{fact: name}", "0 operators on 'name'", "exactly one"),
        ("{fact: name, present: true, equals: a}", "2 operators on 'name'", "exactly one"),
        ("{fact: name, less_than: 3}", "'less_than' does not take 'name', which is of type text", "present, absent"),
        ("{fact: words, equals: a}", "'equals' does not take 'words'", "contains (or 'some' and 'each')"),
        ("{fact: name, equals: 3}", "3 does not fit a fact of type text", "text (write it in quotes)"),
        ("{fact: count, equals: '3'}", "'3' does not fit a fact of type number", "a number"),
        ("{fact: open, equals: 1}", "1 does not fit a fact of type flag", "true or false"),
        ("{fact: born, equals: monday}", "'monday' is not a moment", "a date such as"),
        ("{fact: name, present: yes}", "'yes' is neither true nor false", "true or false"),
        ("{fact: name, in: a}", "'a' is not a list", "a list such as [a, b]"),
        ("{fact: name, in: []}", "() is not a list", "a list such as"),
        ("{fact: name, in: [a, a]}", "stands in the list twice", "each value once"),
        ("{fact: name, in: [a, 3]}", "3 does not fit", "text"),
        ("{fact: name, contains: ''}", "'' is not text", "text"),
        ("{fact: name, matches: '(?=a)'}", "'(?=a)' is no pattern: invalid perl operator: (?=", "RE2"),
        ("{fact: name, matches: '['}", "missing ]", "RE2"),
        ("{fact: count, less_than: many}", "'many' is not a number", "a number"),
        ("{fact: count, less_than: true}", "True is not a number", "a number"),
        ("{fact: count, between: [1, 2, 3]}", "is not a pair", "two numbers"),
        ("{fact: count, between: [3, 1]}", "3 is more than 1", "[1, 3]"),
        ("{fact: born, older_than: 30}", "30 is not a duration", "'30d'"),
        ("{fact: born, older_than: 30 days}", "is not a duration", "'30d'"),
        ("{fact: host, in_network: 10.0.0.1/8}", "'10.0.0.1/8' is not a network", "'10.0.0.0/8'"),
        ("{fact: host, in_network: [3]}", "3 is not a network", "'10.0.0.0/8'"),
        ("{fact: name, same_as: allias}", "unknown fact 'allias'", "did you mean 'alias'?"),
        ("{fact: name, same_as: count}", "'count' is of type number", "a fact of type text: name, alias or purpose"),
        ("{fact: name, equals: {param: nope}}", "unknown param 'nope'", "one of days, sort"),
        ("{fact: name, equals: {value: 3}}", "keys and values", "a value, or {param: name}"),
        ("{fact: name, equals: {param: days}}", "3 does not fit a fact of type text", "text"),
        ("{all: []}", "'all' is no list of conditions", "at least one"),
        ("{any: {fact: name, present: true}}", "'any' is no list of conditions", "at least one"),
        ("{all: [{fact: name, present: true}], any: []}", "'any' stands beside 'all'", "each under its own '-'"),
        ("{not: 3}", "this is no condition", "{fact: name"),
        ("{some: {fact: places}}", "'some' needs exactly 'fact' and 'where'", "{some: {fact: LIST"),
        ("{some: [a]}", "'some' needs exactly", "{some:"),
        ("{some: {fact: name, where: {field: x, present: true}}}", "'name' is no list fact", "one of others, places"),
        ("{some: {fact: placs, where: {field: x, present: true}}}", "unknown fact 'placs'", "did you mean 'places'?"),
        ("{some: {fact: places, where: {field: leter, equals: A}}}", "unknown field 'leter'", "did you mean 'letter'?"),
        ("{some: {fact: places, where: {fact: letter, equals: A}}}", "names no field", "'field' instead of 'fact'"),
        ("{some: {fact: places, where: {some: {fact: words, where: {}}}}}", "'some' inside another", "fields only"),
        ("{some: {fact: words, where: {field: letter, equals: A}}}", "unknown field 'letter'", "one of value"),
    ],
)
def test_a_fault_says_where_it_is_and_what_would_be_right(
    write: Callable[..., Path], condition: str, what: str, right: str
) -> None:
    file = write(condition, more=PARAMS)
    with pytest.raises(RuleError) as caught:
        load_rule(file, CATALOGUES, ())
    assert what in caught.value.what.splitlines()[0]
    assert right in caught.value.right
    assert caught.value.where == f"{file}:7"


def test_all_faults_of_a_rule_are_told_at_once(write: Callable[..., Path]) -> None:
    file = write(
        "{all: [{fact: naem, present: true}, {fact: count, equals: x}]}",
        more="applies_when: {fact: opn, absent: true}\n",
    )
    with pytest.raises(RuleError) as caught:
        load_rule(file, CATALOGUES, ())
    lines = caught.value.what.splitlines()
    assert lines[0] == "unknown fact 'naem'"
    assert "'x' does not fit a fact of type number" in lines[1]
    assert f"unknown fact 'opn' ({file}:14; right: did you mean 'open'?)" in lines[2]

"""What a rule cannot fire without is worked out once, and it is never too much."""

from typing import Any

import pytest

from auditor.engine.triggers import Key, Narrow, keys_to_fire, narrowing, popularity
from auditor.model.condition import All, Condition, Each, Leaf, Not, Some
from auditor.model.condition import Any as AnyOf
from tests.engine.den import CATALOGUE

PRESENT = Leaf("name", "present", True)
ABSENT = Leaf("alias", "absent", True)
COUNT = Leaf("count", "more_than", 3)
OPEN = Leaf("open", "equals", True)
A = Leaf("letter", "equals", "A")
BIG = Leaf("size", "more_than", 3)


def keys(condition: Condition, *others: Condition) -> Any:
    found = keys_to_fire(condition, popularity([condition, *others]), CATALOGUE.specs)
    return None if found is None else sorted((key.fact, key.field, key.value) for key in found)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (PRESENT, [("name", "", None)]),
        (ABSENT, None),
        (Not(ABSENT), [("alias", "", None)]),
        (Not(PRESENT), None),
        (Leaf("name", "empty", False), None),
        (OPEN, [("open", "=", True)]),
        (Leaf("name", "in", ("a", "b")), [("name", "=", "a"), ("name", "=", "b")]),
        (Leaf("born", "equals", "2026-01-01"), [("born", "", None)]),
        (All((ABSENT, COUNT)), [("count", "", None)]),
        (All((COUNT, OPEN)), [("open", "=", True)]),
        (All((ABSENT, Not(PRESENT))), None),
        (AnyOf((COUNT, PRESENT)), [("count", "", None), ("name", "", None)]),
        (AnyOf((COUNT, ABSENT)), None),
        (Not(All((ABSENT, Leaf("name", "absent", True)))), [("alias", "", None), ("name", "", None)]),
        (Not(AnyOf((ABSENT, Not(COUNT)))), [("alias", "", None)]),
        (Some("places", BIG), [("places", "", None)]),
        (Not(Some("places", A)), None),
        (Each("places", A), [("places", "", None)]),
        (Not(Each("places", A)), None),
        (Some("places", A), [("places", "letter", "A")]),
        (Some("places", All((BIG, A))), [("places", "letter", "A")]),
        (
            Some("places", AnyOf((A, Leaf("owner", "equals", "x")))),
            [("places", "letter", "A"), ("places", "owner", "x")],
        ),
        (Some("places", AnyOf((A, BIG))), [("places", "", None)]),
        (Some("places", Not(A)), [("places", "", None)]),
        (Some("places", Leaf("seen", "equals", "2026-01-01")), [("places", "", None)]),
        (Some("words", Leaf("value", "equals", "a")), [("words", "", None)]),
    ],
)
def test_the_keys_without_which_a_condition_is_false(condition: Condition, expected: Any) -> None:
    assert keys(condition) == expected


def test_of_two_facts_the_one_that_fewer_rules_ask_for_is_the_key() -> None:
    assert keys(All((COUNT, PRESENT)), COUNT) == [("name", "", None)]
    assert keys(All((COUNT, PRESENT)), PRESENT) == [("count", "", None)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Some("places", A), Narrow("places", "letter", ("A",), ("name",))),
        (All((OPEN, Some("places", All((A, BIG))))), Narrow("places", "letter", ("A",), ("name",))),
        (Not(Some("places", A)), None),
        (Each("places", A), None),
        (Some("places", BIG), None),
        (Some("places", AnyOf((A, Leaf("owner", "equals", "x")))), None),
        (All((Some("places", A), Not(Some("places", BIG)))), None),
        (AnyOf((Some("places", A), Leaf("places", "absent", True))), None),
    ],
)
def test_records_are_left_out_only_where_they_cannot_matter(condition: Condition, expected: Narrow | None) -> None:
    assert narrowing(condition, CATALOGUE.specs, ("name", "places")) == expected


def test_what_is_left_in_keeps_its_order_and_what_is_absent_stays_absent() -> None:
    narrow = Narrow("places", "letter", ("B", "A"), ("name",))
    records = ({"letter": "A"}, {"letter": "C"}, {"letter": "B"})
    met = {("places", "letter"): {"A": [0], "B": [2]}}
    assert narrow.of({"name": "x", "open": True, "places": records}, met) == {
        "name": "x",
        "places": (records[0], records[2]),
    }
    assert narrow.of({}, {("places", "letter"): {}}) == {}
    assert Key("places") != Key("places", "letter", "A")

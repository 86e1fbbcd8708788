"""Conditions are three-valued, and what is not known is never taken for a pass."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.engine.compile import compile_condition
from auditor.model.condition import All, Condition, Each, Leaf, Not, Some
from auditor.model.condition import Any as AnyOf
from tests.engine.den import CATALOGUE, NOW

YES = Leaf("open", "equals", True)
MAYBE = Leaf("name", "present", True)
NO = Leaf("count", "more_than", 5)
VALUES = {"open": True, "count": 1}
UNKNOWN = {"name": "damaged"}


def ask(condition: Condition, values: Any = VALUES, unknown: Any = UNKNOWN) -> bool | None:
    return compile_condition(condition, CATALOGUE.specs, NOW)(values, unknown)


@pytest.mark.parametrize(
    ("parts", "every", "some"),
    [
        ((YES, YES), True, True),
        ((YES, MAYBE), None, True),
        ((YES, NO), False, True),
        ((MAYBE, MAYBE), None, None),
        ((MAYBE, NO), False, None),
        ((NO, NO), False, False),
        ((), True, False),
    ],
)
def test_all_and_any_follow_kleene(parts: tuple[Condition, ...], every: bool | None, some: bool | None) -> None:
    assert ask(All(parts)) is every
    assert ask(AnyOf(parts)) is some


def test_not_turns_what_is_known_and_leaves_what_is_not() -> None:
    assert [ask(Not(part)) for part in (YES, MAYBE, NO)] == [False, None, True]


A = Leaf("letter", "equals", "A")
NEAR = Leaf("peer", "in_network", "10.0.0.0/8")


@pytest.mark.parametrize(
    ("records", "unknown", "some", "each"),
    [
        (None, {}, False, False),
        ((), {}, False, False),
        (None, {"places": "damaged"}, None, None),
        (({"letter": "A"}, {"letter": "B"}), {}, True, False),
        (({"letter": "B"}, {}), {}, False, False),
        (({"letter": "A"}, {"letter": "A"}), {}, True, True),
        (({"letter": "A"},), {"places": "damaged"}, True, None),
        (({"letter": "B"},), {"places": "damaged"}, None, False),
    ],
)
def test_some_and_each_over_records(records: Any, unknown: Any, some: bool | None, each: bool | None) -> None:
    values = {} if records is None else {"places": records}
    assert ask(Some("places", A), values, unknown) is some
    assert ask(Each("places", A), values, unknown) is each


def test_a_record_that_cannot_be_compared_leaves_the_answer_open() -> None:
    values = {"places": ({"peer": "pacs.example"},)}
    assert ask(Some("places", NEAR), values, {}) is None
    assert ask(Each("places", NEAR), values, {}) is None
    assert ask(Some("places", NEAR), {"places": ({"peer": "pacs.example"}, {"peer": "10.0.0.1"})}, {}) is True


def test_a_list_of_texts_has_one_field_called_value() -> None:
    where = Leaf("value", "starts_with", "a")
    assert ask(Some("words", where), {"words": ("b", "ab")}, {}) is True
    assert ask(Each("words", where), {"words": ("b", "ab")}, {}) is False


LEAVES = st.sampled_from([YES, MAYBE, NO, Leaf("name", "equals", "a"), Leaf("open", "absent", True), Some("places", A)])
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: All(tuple(parts)))
        | st.lists(inner, max_size=3).map(lambda parts: AnyOf(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=6,
)
STATES = st.fixed_dictionaries(
    {},
    optional={
        "open": st.booleans(),
        "name": st.sampled_from(["", "a", "b"]),
        "count": st.integers(0, 9),
        "places": st.lists(st.fixed_dictionaries({}, optional={"letter": st.sampled_from("AB")}), max_size=2).map(
            tuple
        ),
    },
)


@settings(max_examples=200, deadline=None)
@given(CONDITIONS, STATES, st.sets(st.sampled_from(["open", "name", "count", "places"])))
def test_not_not_is_nothing_and_de_morgan_holds(condition: Condition, values: Any, lost: set[str]) -> None:
    unknown = dict.fromkeys(lost, "damaged")
    said = ask(condition, values, unknown)
    assert ask(Not(Not(condition)), values, unknown) is said
    assert ask(Not(All((condition, YES))), values, unknown) is ask(AnyOf((Not(condition), Not(YES))), values, unknown)


@settings(max_examples=200, deadline=None)
@given(CONDITIONS, STATES, st.sampled_from(["open", "name", "count"]))
def test_what_is_said_without_a_fact_being_known_holds_whatever_it_turns_out_to_be(
    condition: Condition, values: Any, lost: str
) -> None:
    known = {name: value for name, value in values.items() if name != lost}
    said = ask(condition, known, {lost: "damaged"})
    if said is not None:
        assert ask(condition, values, {}) is said

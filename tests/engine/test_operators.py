"""Every operator: what it takes, and what it says of a value that is there, absent, empty or unknown."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from auditor.engine.compile import compile_condition
from auditor.engine.operators import OPERATORS, fitting
from auditor.model.condition import Leaf
from auditor.model.facts import FactType
from tests.engine.den import CATALOGUE, NOW


def says(fact: str, operator: str, operand: Any, values: dict[str, Any], unknown: dict[str, str] | None = None) -> Any:
    return compile_condition(Leaf(fact, operator, operand), CATALOGUE.specs, NOW)(values, unknown or {})


@pytest.mark.parametrize(
    ("fact", "operator", "operand", "meets", "misses"),
    [
        ("name", "equals", "a", "a", "A"),
        ("name", "not_equals", "a", "b", "a"),
        ("count", "equals", 3, 3.0, 4),
        ("open", "equals", True, True, False),
        ("born", "equals", "2026-01-01", date(2026, 1, 1), date(2026, 1, 2)),
        ("born", "not_equals", "2026-01-01", date(2026, 1, 2), datetime(2026, 1, 1, tzinfo=UTC)),
        ("name", "in", ("a", "b"), "b", "c"),
        ("count", "in", (1, 2), 2, 3),
        ("name", "not_in", ("a", "b"), "c", "a"),
        ("name", "contains", "oh", "John", "Jane"),
        ("words", "contains", "oh", ("oh", "no"), ("ohno",)),
        ("name", "starts_with", "Jo", "John", "joHn"),
        ("name", "ends_with", "hn", "John", "Johns"),
        ("name", "matches", "^SUBJ-[0-9]+$", "SUBJ-12", "xSUBJ-12"),
        ("name", "matches", "b.d", "a bad one", "ab"),
        ("count", "less_than", 3, 2, 3),
        ("count", "at_most", 3, 3, 3.5),
        ("count", "more_than", 3, 4, 3),
        ("count", "at_least", 3, 3, 2),
        ("count", "between", (1, 3), 3, 0),
        ("born", "older_than", "30d", NOW - timedelta(days=31), NOW - timedelta(days=30)),
        ("born", "older_than", "0d", date(2026, 1, 31), date(2026, 2, 1)),
        ("born", "newer_than", "1d 6h", NOW - timedelta(hours=29), NOW - timedelta(hours=30)),
        ("born", "newer_than", "5m", NOW, NOW.replace(tzinfo=None) - timedelta(minutes=6)),
        ("host", "in_network", "10.0.0.0/8", "10.1.2.3", "11.1.2.3"),
        ("host", "in_network", ("10.0.0.0/8", "fd00::/8"), "fd00::1", "::1"),
        ("name", "same_as", "alias", "twin", "other"),
        ("born", "same_as", "since", date(2026, 1, 1), date(2026, 1, 2)),
    ],
)
def test_an_operator_tells_what_meets_it_from_what_does_not(
    fact: str, operator: str, operand: Any, meets: Any, misses: Any
) -> None:
    beside = {"alias": "twin", "since": datetime(2026, 1, 1, tzinfo=UTC)}
    assert says(fact, operator, operand, {**beside, fact: meets}) is True
    assert says(fact, operator, operand, {**beside, fact: misses}) is False
    assert says(fact, operator, operand, beside) is False
    assert says(fact, operator, operand, beside, {fact: "damaged"}) is None


@pytest.mark.parametrize("operator", ["present", "absent", "empty"])
@pytest.mark.parametrize("values", [{}, {"name": ""}, {"name": "a"}, {"words": ()}, {"words": ("a",)}])
def test_present_absent_and_empty_divide_what_is_known_into_three(operator: str, values: dict[str, Any]) -> None:
    fact = next(iter(values), "name")
    state = "absent" if not values else "empty" if not values[fact] else "present"
    assert says(fact, operator, True, values) is (state == operator)
    assert says(fact, operator, False, values) is (state != operator)
    assert says(fact, operator, True, {}, {fact: "damaged"}) is None


def test_an_empty_list_that_was_only_partly_read_is_unknown() -> None:
    assert says("words", "empty", True, {"words": ()}, {"words": "damaged"}) is None
    assert says("words", "present", True, {"words": ("a",)}, {"words": "damaged"}) is True


def test_a_host_name_lies_in_no_network_that_could_be_told() -> None:
    assert says("host", "in_network", "10.0.0.0/8", {"host": "pacs.example"}) is None


def test_same_as_is_unknown_while_either_side_is() -> None:
    assert says("name", "same_as", "alias", {"name": "a"}, {"alias": "damaged"}) is None
    assert says("name", "same_as", "alias", {"alias": "a"}, {"name": "damaged"}) is None
    assert says("name", "same_as", "alias", {}, {"alias": "damaged"}) is False
    assert says("name", "same_as", "alias", {"name": "a"}) is False


def test_text_that_is_no_unicode_is_searched_all_the_same() -> None:
    assert says("name", "matches", "Doe", {"name": "\udc80 Doe"}) is True


def test_every_type_has_operators_and_only_the_compiler_builds_those_over_states() -> None:
    assert {fact_type: len(fitting(fact_type)) > 2 for fact_type in FactType} == dict.fromkeys(FactType, True)
    for name in ("present", "absent", "empty", "same_as"):
        with pytest.raises(NotImplementedError):
            OPERATORS[name].build(True, FactType.TEXT, NOW)

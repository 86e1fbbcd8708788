"""Conditions to closures, once. Three-valued: True, False, or None for what is not known (Kleene's strong logic)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from auditor.engine.operands import moment
from auditor.engine.operators import EMPTY, OPERATORS
from auditor.model.condition import All, Condition, Leaf, Not, Some
from auditor.model.condition import Any as AnyOf
from auditor.model.facts import FactSpec, FactType

Specs: TypeAlias = Mapping[str, FactSpec]
Values: TypeAlias = Mapping[str, Any]
Test: TypeAlias = Callable[[Values, Mapping[str, str]], bool | None]

NOTHING_UNKNOWN: Mapping[str, str] = {}
WRONG_TYPE = (TypeError, AttributeError, ValueError)
"""What a closure raises when a value is of another type than the catalogue declares."""
_ITEM = FactSpec("value", FactType.TEXT, "the item itself")


def fields_of(spec: FactSpec) -> Specs:
    """What `where` may name inside a list fact: the declared fields, or `value` for a list of texts."""
    return {_ITEM.name: _ITEM} if spec.type is FactType.TEXTS else {inner.name: inner for inner in spec.fields}


def compile_condition(condition: Condition, specs: Specs, now: datetime) -> Test:
    """Make the closure of `condition`, parameters bound, over facts declared in `specs`; `now` is aware."""
    match condition:
        case Leaf():
            return _leaf(condition, specs, now)
        case All(parts):
            return _all(tuple(compile_condition(part, specs, now) for part in parts))
        case AnyOf(parts):
            return _any(tuple(compile_condition(part, specs, now) for part in parts))
        case Not(part):
            return _not(compile_condition(part, specs, now))
        case Some(fact, where):
            return _some(fact, where_test(where, specs[fact], now))
        case _:
            return _each(condition.fact, where_test(condition.where, specs[condition.fact], now))


def where_test(where: Condition, spec: FactSpec, now: datetime) -> Test:
    """The closure of `where` over one item of the list fact `spec`; nothing is unknown within an item."""
    test = compile_condition(where, fields_of(spec), now)
    if spec.type is FactType.TEXTS:
        return lambda item, unknown: test({_ITEM.name: item}, unknown)
    return test


def _leaf(leaf: Leaf, specs: Specs, now: datetime) -> Test:
    name = leaf.fact
    if leaf.operator in ("present", "absent", "empty"):
        return _state(name, leaf.operator, leaf.operand is True)
    if leaf.operator == "same_as":
        return _same_as(name, str(leaf.operand), specs[name].type)
    if leaf.operator == "equals" and specs[name].type is not FactType.MOMENT:
        return _equals(name, leaf.operand)
    predicate = OPERATORS[leaf.operator].build(leaf.operand, specs[name].type, now)

    def test(values: Values, unknown: Mapping[str, str]) -> bool | None:
        value = values.get(name)
        if value is None:
            return None if name in unknown else False
        return predicate(value)

    return test


def _equals(name: str, wanted: object) -> Test:
    """What the general leaf would do, in one call: this is what most rules ask most often."""

    def test(values: Values, unknown: Mapping[str, str]) -> bool | None:
        value = values.get(name)
        if value is None:
            return None if name in unknown else False
        return bool(value == wanted)

    return test


def _state(name: str, operator: str, wanted: bool) -> Test:
    def test(values: Values, unknown: Mapping[str, str]) -> bool | None:
        value = values.get(name)
        if value is None:
            return None if name in unknown else (operator == "absent") is wanted
        if value == () and name in unknown:
            return None
        return (operator == ("empty" if value in EMPTY else "present")) is wanted

    return test


def _same_as(name: str, other: str, fact_type: FactType) -> Test:
    plain = fact_type is not FactType.MOMENT

    def test(values: Values, unknown: Mapping[str, str]) -> bool | None:
        left, right = values.get(name), values.get(other)
        if (left is None and name not in unknown) or (right is None and other not in unknown):
            return False
        if left is None or right is None:
            return None
        return bool(left == right) if plain else moment(left) == moment(right)

    return test


def _all(parts: tuple[Test, ...]) -> Test:
    def test(values: Values, unknown: Mapping[str, str]) -> bool | None:
        result: bool | None = True
        for part in parts:
            answer = part(values, unknown)
            if answer is False:
                return False
            if answer is None:
                result = None
        return result

    return test


def _any(parts: tuple[Test, ...]) -> Test:
    def test(values: Values, unknown: Mapping[str, str]) -> bool | None:
        result: bool | None = False
        for part in parts:
            answer = part(values, unknown)
            if answer:
                return True
            if answer is None:
                result = None
        return result

    return test


def _not(part: Test) -> Test:
    def test(values: Values, unknown: Mapping[str, str]) -> bool | None:
        answer = part(values, unknown)
        return None if answer is None else not answer

    return test


def _some(name: str, where: Test) -> Test:
    def test(values: Values, unknown: Mapping[str, str]) -> bool | None:
        result: bool | None = None if name in unknown else False
        for item in values.get(name, ()):
            answer = where(item, NOTHING_UNKNOWN)
            if answer:
                return True
            if answer is None:
                result = None
        return result

    return test


def _each(name: str, where: Test) -> Test:
    def test(values: Values, unknown: Mapping[str, str]) -> bool | None:
        items = values.get(name)
        if not items:
            return None if name in unknown else False
        result: bool | None = None if name in unknown else True
        for item in items:
            answer = where(item, NOTHING_UNKNOWN)
            if answer is False:
                return False
            if answer is None:
                result = None
        return result

    return test

"""The closed set of operators: which facts each takes, what stands on its right, and what it asks of a value.

A predicate sees only values that are there. It answers True or False, or None where the value cannot be
compared (a host name with a network). An absent fact meets no comparison, `not_equals` and `not_in`
included; `present`, `absent` and `empty` divide what is known of a fact into three.
"""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from auditor.engine import operands
from auditor.model.condition import Operand
from auditor.model.facts import FactType

Predicate: TypeAlias = Callable[[Any], bool | None]
Builder: TypeAlias = Callable[[Any, FactType, datetime], Predicate]

_ALL = frozenset(FactType)
_SCALAR = frozenset({FactType.TEXT, FactType.ADDRESS, FactType.NUMBER, FactType.FLAG, FactType.MOMENT})
_TEXT = frozenset({FactType.TEXT, FactType.ADDRESS})
_LISTED = frozenset({FactType.TEXT, FactType.ADDRESS, FactType.NUMBER})
_NUMBER = frozenset({FactType.NUMBER})
_MOMENT = frozenset({FactType.MOMENT})
_MEMORY = 512
_REMEMBERED = 256
EMPTY: tuple[object, ...] = ("", ())


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator. `build` makes the predicate once, when a rule is compiled."""

    name: str
    types: frozenset[FactType]
    operand: operands.Kind
    build: Builder
    doc: str


def _equals(operand: Any, fact_type: FactType, _now: datetime) -> Predicate:
    if fact_type is FactType.MOMENT:
        wanted = operands.moment(operand)
        return lambda value: operands.moment(value) == wanted
    return lambda value: bool(value == operand)


def _not_equals(operand: Any, fact_type: FactType, now: datetime) -> Predicate:
    equals = _equals(operand, fact_type, now)
    return lambda value: not equals(value)


def _in(operand: Any, _type: FactType, _now: datetime) -> Predicate:
    return frozenset(operand).__contains__


def _not_in(operand: Any, _type: FactType, _now: datetime) -> Predicate:
    listed = frozenset(operand)
    return lambda value: value not in listed


def _matches(operand: Any, _type: FactType, _now: datetime) -> Predicate:
    """Remembers its last answers: RE2 is quick on long texts, but a call of it costs more than all else in a rule."""
    search = operands.compiled(operand).search
    answers: dict[str, bool] = {}

    def matches(value: str) -> bool:
        answer = answers.get(value)
        if answer is None:
            answer = search(value.encode("utf-8", "surrogatepass")) is not None
            if len(answers) >= _MEMORY:
                answers.clear()
            if len(value) <= _REMEMBERED:
                answers[value] = answer
        return answer

    return matches


def _between(operand: Any, _type: FactType, _now: datetime) -> Predicate:
    low, high = operand
    return lambda value: bool(low <= value <= high)


def _older_than(operand: Any, _type: FactType, now: datetime) -> Predicate:
    limit = now - operands.duration(operand)
    return lambda value: operands.moment(value) < limit


def _newer_than(operand: Any, _type: FactType, now: datetime) -> Predicate:
    limit = now - operands.duration(operand)
    return lambda value: operands.moment(value) > limit


def _in_network(operand: Any, _type: FactType, _now: datetime) -> Predicate:
    nets = [operands.network(item) for item in (operand if isinstance(operand, tuple) else (operand,))]

    def inside(value: str) -> bool | None:
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            return None
        return any(address in net for net in nets)

    return inside


def _never(_operand: Any, _type: FactType, _now: datetime) -> Predicate:
    """For operators the compiler writes itself, because they look at more than one value."""
    raise NotImplementedError


OPERATORS: Mapping[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("present", _ALL, operands.flag, _never, "true: the fact is there and not empty"),
        Operator("absent", _ALL, operands.flag, _never, "true: it was looked for and is not there"),
        Operator("empty", _ALL, operands.flag, _never, "true: it is there and holds nothing"),
        Operator("equals", _SCALAR, operands.scalar, _equals, "is exactly this"),
        Operator("not_equals", _SCALAR, operands.scalar, _not_equals, "is there and is anything but this"),
        Operator("in", _LISTED, operands.scalars, _in, "is one of these"),
        Operator("not_in", _LISTED, operands.scalars, _not_in, "is there and is none of these"),
        Operator(
            "contains",
            _TEXT | {FactType.TEXTS},
            operands.text,
            lambda operand, _type, _now: lambda value: operand in value,
            "text: holds this text; list: has this item",
        ),
        Operator(
            "starts_with",
            _TEXT,
            operands.text,
            lambda operand, _type, _now: lambda value: value.startswith(operand),
            "begins with this text",
        ),
        Operator(
            "ends_with",
            _TEXT,
            operands.text,
            lambda operand, _type, _now: lambda value: value.endswith(operand),
            "ends with this text",
        ),
        Operator("matches", _TEXT, operands.pattern, _matches, "holds a match of this RE2 pattern"),
        Operator(
            "less_than",
            _NUMBER,
            operands.number,
            lambda operand, _type, _now: lambda value: value < operand,
            "is below this number",
        ),
        Operator(
            "at_most",
            _NUMBER,
            operands.number,
            lambda operand, _type, _now: lambda value: value <= operand,
            "is this number or below",
        ),
        Operator(
            "more_than",
            _NUMBER,
            operands.number,
            lambda operand, _type, _now: lambda value: value > operand,
            "is above this number",
        ),
        Operator(
            "at_least",
            _NUMBER,
            operands.number,
            lambda operand, _type, _now: lambda value: value >= operand,
            "is this number or above",
        ),
        Operator("between", _NUMBER, operands.pair, _between, "is in this range, both ends included"),
        Operator(
            "older_than", _MOMENT, operands.span, _older_than, "lies longer ago than this; '0d' means in the past"
        ),
        Operator("newer_than", _MOMENT, operands.span, _newer_than, "lies less long ago than this, or in the future"),
        Operator(
            "in_network",
            frozenset({FactType.ADDRESS}),
            operands.networks,
            _in_network,
            "is an address in these networks",
        ),
        Operator("same_as", _SCALAR, operands.name, _never, "equals the value of this other fact or field"),
    )
}


def check(operator: str, raw: Any, fact_type: FactType) -> Operand:
    """Return `raw` as an operand of `operator` for a fact of `fact_type`; raises operands.OperandError."""
    return OPERATORS[operator].operand(raw, fact_type)


def fitting(fact_type: FactType) -> tuple[str, ...]:
    """The operators that take a fact of this type."""
    return tuple(operator.name for operator in OPERATORS.values() if fact_type in operator.types)

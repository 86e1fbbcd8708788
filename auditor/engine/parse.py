"""Conditions as written to conditions as data: every fault is noted with its line, and reading goes on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from auditor.config.strictmodel import Fault
from auditor.config.strictyaml import Document, Place, nearest
from auditor.engine.compile import Specs, fields_of
from auditor.engine.operands import OperandError
from auditor.engine.operators import OPERATORS, check, fitting
from auditor.model.condition import All, Condition, Each, Leaf, Not, Operand, ParameterRef, Some
from auditor.model.condition import Any as AnyOf
from auditor.model.facts import FactType
from auditor.model.rule import Parameter

GROUPS = ("all", "any", "not", "some", "each")
LISTS = (FactType.TEXTS, FactType.RECORDS)
_FAULTY = All(())


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean where a condition stands: the facts (or fields) there are, and the rule's parameters.

    `subject` is the key that names them: `fact`, or inside `some` and `each` `field`. Faults are added to
    `faults`, parameter names met to `used`.
    """

    document: Document
    specs: Specs
    params: Mapping[str, Parameter]
    faults: list[Fault]
    subject: str = "fact"
    used: set[str] = field(default_factory=set)

    def fault(self, place: Place, what: str, right: str) -> Condition:
        """Note a fault at `place` and return a stand-in."""
        self.faults.append(Fault(what, self.document.where(place), right))
        return _FAULTY


def parse_condition(raw: Any, place: Place, scope: Scope) -> Condition:
    """Read the condition `raw` written at `place`. A stand-in is returned where a fault was noted."""
    if not isinstance(raw, dict) or not raw:
        return scope.fault(
            place, "this is no condition", f"{{{scope.subject}: name, operator: value}}, or {_or(GROUPS)}"
        )
    group = next((key for key in raw if key in GROUPS), None)
    if group is None:
        return _leaf(raw, place, scope)
    if len(raw) > 1:
        other = next(key for key in raw if key != group)
        return scope.fault((*place, other), f"{other!r} stands beside {group!r}", "each under its own '-' of an 'all'")
    inner, at = raw[group], (*place, group)
    if group in ("all", "any"):
        return _many(group, inner, at, scope)
    if group == "not":
        return Not(parse_condition(inner, at, scope))
    return _quantified(group, inner, at, scope)


def _many(group: str, inner: Any, at: Place, scope: Scope) -> Condition:
    if not isinstance(inner, tuple) or not inner:
        return scope.fault(at, f"{group!r} is no list of conditions", "at least one '- condition' below it")
    parts = tuple(parse_condition(part, (*at, number), scope) for number, part in enumerate(inner))
    return All(parts) if group == "all" else AnyOf(parts)


def _quantified(group: str, inner: Any, at: Place, scope: Scope) -> Condition:
    if scope.subject == "field":
        return scope.fault(at, f"{group!r} inside another", "conditions on fields only")
    if not isinstance(inner, dict) or set(inner) != {"fact", "where"}:
        return scope.fault(at, f"{group!r} needs exactly 'fact' and 'where'", f"{{{group}: {{fact: LIST, where: …}}}}")
    spec = scope.specs.get(str(inner["fact"]))
    if spec is None or spec.type not in LISTS:
        lists = [each.name for each in scope.specs.values() if each.type in LISTS]
        what = f"{inner['fact']!r} is no list fact" if spec else f"unknown fact {inner['fact']!r}"
        return scope.fault((*at, "fact"), what, nearest(str(inner["fact"]), lists))
    within = replace(scope, specs=fields_of(spec), subject="field")
    where = parse_condition(inner["where"], (*at, "where"), within)
    return Some(spec.name, where) if group == "some" else Each(spec.name, where)


def _leaf(raw: dict[str, Any], place: Place, scope: Scope) -> Condition:
    other = "fact" if scope.subject == "field" else "field"
    if scope.subject not in raw:
        right = f"the key {scope.subject!r}" + (f" instead of {other!r}" if other in raw else "")
        return scope.fault(place, f"the condition names no {scope.subject}", right)
    name = raw[scope.subject]
    spec = scope.specs.get(str(name))
    if spec is None:
        return scope.fault(
            (*place, scope.subject), f"unknown {scope.subject} {name!r}", nearest(str(name), scope.specs)
        )
    operators = [key for key in raw if key != scope.subject]
    unknown = next((key for key in operators if key not in OPERATORS), None)
    if unknown is not None:
        return scope.fault((*place, unknown), f"unknown operator {unknown!r}", nearest(unknown, (*OPERATORS, *GROUPS)))
    if len(operators) != 1:
        return scope.fault(place, f"{len(operators)} operators on {name!r}", "exactly one; join more with 'all'")
    operator = operators[0]
    if spec.type not in OPERATORS[operator].types:
        what = f"{operator!r} does not take {name!r}, which is of type {spec.type}"
        hint = " (or 'some' and 'each')" if spec.type in LISTS else ""
        return scope.fault((*place, operator), what, f"{_or(fitting(spec.type))}{hint}")
    return _with_operand(spec.name, operator, raw[operator], (*place, operator), scope)


def _with_operand(name: str, operator: str, raw: Any, at: Place, scope: Scope) -> Condition:
    fact_type = scope.specs[name].type
    operand: Operand
    try:
        if isinstance(raw, dict):
            operand = _parameter(raw, scope)
            check(operator, scope.params[operand.name].default, fact_type)
        else:
            operand = check(operator, raw, fact_type)
        if operator == "same_as":
            _same(str(operand), fact_type, scope)
    except OperandError as problem:
        return scope.fault(at, f"{operator}: {problem}", problem.right)
    return Leaf(name, operator, operand)


def _parameter(raw: dict[str, Any], scope: Scope) -> ParameterRef:
    if set(raw) != {"param"}:
        raise OperandError("keys and values", "a value, or {param: name}")
    name = str(raw["param"])
    if name not in scope.params:
        raise OperandError(f"unknown param {name!r}", nearest(name, scope.params))
    scope.used.add(name)
    return ParameterRef(name)


def _same(other: str, fact_type: FactType, scope: Scope) -> None:
    spec = scope.specs.get(other)
    if spec is None:
        raise OperandError(f"unknown {scope.subject} {other!r}", nearest(other, scope.specs))
    if spec.type is not fact_type:
        same = [each.name for each in scope.specs.values() if each.type is fact_type]
        raise OperandError(f"{other!r} is of type {spec.type}", f"a {scope.subject} of type {fact_type}: {_or(same)}")


def _or(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last

"""Walks over conditions: their leaves, the facts they name, and their parameters bound."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from auditor.model.condition import All, Condition, Each, Leaf, Not, Operand, ParameterRef, Some
from auditor.model.condition import Any as AnyOf

ParamValue: TypeAlias = int | float | str | bool
Path: TypeAlias = tuple[int, ...]


def rebuild(
    condition: Condition, change: Callable[[Leaf, Path, bool], Condition], path: Path = (), conjunct: bool = True
) -> Condition:
    """Return `condition` with every leaf replaced by what `change` makes of it.

    `change` is told the leaf, its path (numbers of the parts on the way), and whether the nearest group
    around it asks for all of its parts.
    """
    match condition:
        case Leaf():
            return change(condition, path, conjunct)
        case All(parts):
            return All(tuple(rebuild(part, change, (*path, number), True) for number, part in enumerate(parts)))
        case AnyOf(parts):
            return AnyOf(tuple(rebuild(part, change, (*path, number), False) for number, part in enumerate(parts)))
        case Not(part):
            return Not(rebuild(part, change, (*path, 0), conjunct))
        case Some(fact, where):
            return Some(fact, rebuild(where, change, (*path, 0), True))
        case _:
            return Each(condition.fact, rebuild(condition.where, change, (*path, 0), True))


def leaves(condition: Condition) -> Iterator[tuple[Path, Leaf]]:
    """Every leaf with its path, in the order they are written."""
    found: list[tuple[Path, Leaf]] = []

    def note(leaf: Leaf, path: Path, _conjunct: bool) -> Condition:
        found.append((path, leaf))
        return leaf

    rebuild(condition, note)
    return iter(found)


def facts_of(condition: Condition | None) -> frozenset[str]:
    """The facts (not the fields) that the condition looks at."""
    match condition:
        case None:
            return frozenset()
        case Leaf(fact, "same_as", other):
            return frozenset({fact, str(other)})
        case Leaf(fact):
            return frozenset({fact})
        case Not(part):
            return facts_of(part)
        case All(parts) | AnyOf(parts):
            return frozenset().union(*(facts_of(part) for part in parts))
        case _:
            return frozenset({condition.fact})


def mentions(condition: Condition, fact: str) -> int:
    """In how many places the condition looks at `fact`."""
    match condition:
        case Leaf(name, operator, operand):
            return (name == fact) + (operator == "same_as" and operand == fact)
        case Not(part):
            return mentions(part, fact)
        case All(parts) | AnyOf(parts):
            return sum(mentions(part, fact) for part in parts)
        case _:
            return int(condition.fact == fact)


def quantified(condition: Condition) -> list[Some | Each]:
    """The `some` and `each` that can make the condition true; those below a `not` are left out."""
    match condition:
        case Some() | Each():
            return [condition]
        case All(parts) | AnyOf(parts):
            return [found for part in parts for found in quantified(part)]
        case _:
            return []


def bind(condition: Condition, values: Mapping[str, ParamValue]) -> Condition:
    """Return `condition` with every parameter replaced by its value."""

    def bound(leaf: Leaf, _path: Path, _conjunct: bool) -> Condition:
        operand: Operand = leaf.operand
        return Leaf(leaf.fact, leaf.operator, values[operand.name]) if isinstance(operand, ParameterRef) else leaf

    return rebuild(condition, bound)

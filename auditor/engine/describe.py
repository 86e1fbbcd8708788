"""Conditions in words, one line a part, for `auditor rules show`."""

from collections.abc import Iterator

from auditor.model.condition import All, Condition, Leaf, Not, Operand, ParameterRef, Some
from auditor.model.condition import Any as AnyOf

_STEP = "  "


def describe(condition: Condition, depth: int = 0) -> Iterator[str]:
    """Lines of text that say what `condition` asks, parts indented below what joins them."""
    indent = _STEP * depth
    match condition:
        case Leaf(fact, operator, operand):
            yield f"{indent}{fact} {operator.replace('_', ' ')} {_operand(operand)}"
        case All(parts):
            yield f"{indent}all of"
            for part in parts:
                yield from describe(part, depth + 1)
        case AnyOf(parts):
            yield f"{indent}any of"
            for part in parts:
                yield from describe(part, depth + 1)
        case Not(part):
            yield f"{indent}not"
            yield from describe(part, depth + 1)
        case Some(fact, where):
            yield f"{indent}some item of {fact} with"
            yield from describe(where, depth + 1)
        case _:
            yield f"{indent}each item of {condition.fact} with"
            yield from describe(condition.where, depth + 1)


def _operand(operand: Operand) -> str:
    if isinstance(operand, ParameterRef):
        return f"{{{operand.name}}}"
    if isinstance(operand, tuple):
        return ", ".join(_operand(item) for item in operand)
    if isinstance(operand, bool):
        return "true" if operand else "false"
    return repr(operand)

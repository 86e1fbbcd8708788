"""The condition language of rules, as data. The engine parses it from YAML and compiles it to closures."""

from dataclasses import dataclass
from typing import TypeAlias, Union


@dataclass(frozen=True, slots=True)
class ParameterRef:
    """An operand that takes its value from the rule's parameter `name`."""

    name: str


Operand: TypeAlias = str | int | float | bool | tuple[str | int | float, ...] | ParameterRef


@dataclass(frozen=True, slots=True)
class Leaf:
    """One operator applied to one fact (or, inside `Some` and `Each`, to one field of the record)."""

    fact: str
    operator: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is true."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """True when at least one part is true."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True when the part is false."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Some:
    """True when at least one record of the list fact meets `where`."""

    fact: str
    where: "Condition"


@dataclass(frozen=True, slots=True)
class Each:
    """True when the list fact is present and every record of it meets `where`."""

    fact: str
    where: "Condition"


Condition: TypeAlias = Union[Leaf, All, Any, Not, Some, Each]  # noqa: UP007 - a recursive alias needs Union

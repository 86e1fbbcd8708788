"""Which rules a set of facts can make fire at all: worked out once, so that the others cost nothing.

For most rules some facts can be named without which the rule cannot fire (`All` of anything with
``PatientName present``: PatientName). Where the rule asks for `some` record whose field equals a constant,
the key is that constant, so a hundred rules over one list of records are told apart by one look-up a
record. A rule for which nothing can be named is always judged.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from auditor.engine.compile import Specs
from auditor.engine.walk import facts_of, mentions, quantified
from auditor.model.condition import All, Condition, Leaf, Not, Some
from auditor.model.condition import Any as AnyOf
from auditor.model.facts import FactSpec, FactType

ITSELF = "="


@dataclass(frozen=True, slots=True)
class Key:
    """Hit when `fact` is there; with a field, when one of its records has this value in that field.

    The field ITSELF means the fact's own value.
    """

    fact: str
    field: str = ""
    value: object = None


Keys: TypeAlias = frozenset[Key]
Met: TypeAlias = Mapping[tuple[str, str], Mapping[object, Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Narrow:
    """Of the list fact `fact` only records matter whose `field` is one of `constants`; `others` matter whole."""

    fact: str
    field: str
    constants: tuple[object, ...]
    others: tuple[str, ...]

    def of(self, values: Mapping[str, Any], met: Met) -> Mapping[str, Any]:
        """The values that matter to the rule: the records at the places that `met` names, in their order."""
        records = values.get(self.fact)
        kept = {name: values[name] for name in self.others if name in values}
        if records is not None:
            places = met[self.fact, self.field]
            if len(self.constants) == 1:
                chosen = places.get(self.constants[0], ())
            else:
                chosen = sorted(place for constant in self.constants for place in places.get(constant, ()))
            kept[self.fact] = tuple([records[place] for place in chosen])
        return kept


def popularity(conditions: Iterable[Condition]) -> Counter[str]:
    """How many of the conditions look at each fact; a fact all rules ask for tells none of them apart."""
    return Counter(fact for condition in conditions for fact in facts_of(condition))


def keys_to_fire(condition: Condition, popular: Counter[str], specs: Specs) -> Keys | None:
    """Keys of which at least one must be hit for `condition` to be anything but False; None: cannot be said."""
    return _Analysis(popular, specs).forced(condition, False)


def narrowing(condition: Condition, specs: Specs, named: Iterable[str]) -> Narrow | None:
    """How to leave out the records that cannot matter to a rule, its condition looking at `named` facts.

    Possible where the condition looks at a list fact once, in one `some` that can make it true, and asks
    of some field that it equal one of a few constants: all other records answer False.
    """
    for part in quantified(condition):
        keys = _constants(part.where, specs[part.fact]) if isinstance(part, Some) else None
        if keys and mentions(condition, part.fact) == 1:
            field = next(iter(keys)).field
            others = tuple(name for name in named if name != part.fact)
            if all(key.field == field for key in keys):
                return Narrow(part.fact, field, tuple(key.value for key in keys), others)
    return None


@dataclass(frozen=True, slots=True)
class _Analysis:
    popular: Counter[str]
    specs: Specs

    def forced(self, condition: Condition, wanted: bool) -> Keys | None:
        """Keys such that `condition` is exactly `wanted` while none of them is hit."""
        match condition:
            case Leaf():
                return self._leaf(condition, wanted)
            case Not(part):
                return self.forced(part, not wanted)
            case All(parts):
                found = [self.forced(part, wanted) for part in parts]
                return _together(found) if wanted else self._best(found)
            case AnyOf(parts):
                found = [self.forced(part, wanted) for part in parts]
                return self._best(found) if wanted else _together(found)
            case Some(fact, where):
                return None if wanted else _constants(where, self.specs[fact]) or frozenset({Key(fact)})
            case _:
                return None if wanted else frozenset({Key(condition.fact)})

    def _leaf(self, leaf: Leaf, wanted: bool) -> Keys | None:
        states = {
            "absent": leaf.operand is True,
            "present": leaf.operand is not True,
            "empty": leaf.operand is not True,
        }
        if states.get(leaf.operator, False) is not wanted:
            return None
        if leaf.operator in ("equals", "in") and self.specs[leaf.fact].type is not FactType.MOMENT:
            constants = leaf.operand if isinstance(leaf.operand, tuple) else (leaf.operand,)
            return frozenset(Key(leaf.fact, ITSELF, constant) for constant in constants)
        return frozenset({Key(leaf.fact)})

    def _best(self, found: list[Keys | None]) -> Keys | None:
        usable = [keys for keys in found if keys is not None]
        return min(usable, key=self._cost) if usable else None

    def _cost(self, keys: Keys) -> tuple[bool, int, int]:
        """Cheapest first: constants before whole facts, then facts that few rules ask for."""
        whole = [self.popular[key.fact] for key in keys if not key.field]
        return (bool(whole), sum(whole), len(keys))


def _together(found: list[Keys | None]) -> Keys | None:
    result: Keys = frozenset()
    for keys in found:
        if keys is None:
            return None
        result |= keys
    return result


def _constants(where: Condition, spec: FactSpec) -> Keys | None:
    """Keys by the constants that a field must equal for `where` to be met; None when there are none."""
    match where:
        case Leaf(name, "equals", operand) if _comparable(spec, name):
            return frozenset({Key(spec.name, name, operand)})
        case Leaf(name, "in", tuple() as operand) if _comparable(spec, name):
            return frozenset(Key(spec.name, name, value) for value in operand)
        case All(parts):
            return next((keys for part in parts if (keys := _constants(part, spec))), None)
        case AnyOf(parts):
            return _together([_constants(part, spec) for part in parts]) or None
        case _:
            return None


def _comparable(spec: FactSpec, name: str) -> bool:
    """Whether a field's value is found by look-up: moments are compared by meaning, texts have no fields."""
    field = spec.field_named(name)
    return field is not None and field.type is not FactType.MOMENT

"""The triggers of a set of rules, turned into tables: facts in, numbers of the rules that must be judged out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.engine.triggers import ITSELF, Keys, Met, Narrow


class Index:
    """Finds the rules worth judging. `keys` are those of each rule, by its number; None means always.

    The constants of `narrows` are looked for too, so that those rules see only the records they ask for.
    """

    def __init__(self, keys: Iterable[Keys | None], narrows: Iterable[Narrow | None] = ()) -> None:
        always: list[int] = []
        by_fact: dict[str, set[int]] = defaultdict(set)
        by_constant: dict[tuple[str, str], dict[object, set[int]]] = defaultdict(lambda: defaultdict(set))
        by_value: dict[str, dict[object, set[int]]] = defaultdict(lambda: defaultdict(set))
        by_any: dict[str, set[int]] = defaultdict(set)
        for number, each in enumerate(keys):
            if each is None:
                always.append(number)
                continue
            for key in each:
                by_any[key.fact].add(number)
                if key.field == ITSELF:
                    by_value[key.fact][key.value].add(number)
                elif key.field:
                    by_constant[key.fact, key.field][key.value].add(number)
                else:
                    by_fact[key.fact].add(number)
        for narrow in narrows:
            if narrow is not None:
                for constant in narrow.constants:
                    by_constant[narrow.fact, narrow.field][constant].update()
        self._always = frozenset(always)
        self._by_fact = {fact: frozenset(numbers) for fact, numbers in by_fact.items()}
        self._by_value = {fact: dict(table) for fact, table in by_value.items()}
        self._by_any = {fact: frozenset(numbers) for fact, numbers in by_any.items()}
        self._by_constant = [(*place, dict(table)) for place, table in by_constant.items()]

    def look(self, values: Mapping[str, Any], unknown: Mapping[str, str]) -> "Look":
        """Numbers of the rules that these facts can make anything but quiet, and where their constants were met."""
        found = set(self._always)
        for fact in values.keys() & self._by_fact.keys():
            found |= self._by_fact[fact]
        for fact, constants in self._by_value.items():
            value = values.get(fact)
            if value in constants:
                found |= constants[value]
        met: dict[tuple[str, str], dict[object, list[int]]] = {}
        for fact, field, table in self._by_constant:
            places: dict[object, list[int]] = {}
            for place, record in enumerate(values.get(fact, ())):
                value = record.get(field)
                if value in places:
                    places[value].append(place)
                elif value in table:
                    found |= table[value]
                    places[value] = [place]
            met[fact, field] = places
        for fact in unknown:
            found |= self._by_any.get(fact, frozenset())
        return Look(found, met)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look over the facts of a subject gave.

    `numbers` are those of the rules to judge; `met` maps fact and field to the places, in the fact's list,
    of the records that hold each constant some rule asks for.
    """

    numbers: set[int]
    met: Met

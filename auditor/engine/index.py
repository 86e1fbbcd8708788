"""The triggers of a set of rules, turned into tables: facts in, numbers of the rules that must be judged out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from auditor.engine.triggers import Keys


class Index:
    """Finds the rules worth judging. `keys` are those of each rule, by its number; None means always."""

    def __init__(self, keys: Iterable[Keys | None]) -> None:
        always: list[int] = []
        by_fact: dict[str, set[int]] = defaultdict(set)
        by_constant: dict[tuple[str, str], dict[object, set[int]]] = defaultdict(lambda: defaultdict(set))
        by_any: dict[str, set[int]] = defaultdict(set)
        for number, each in enumerate(keys):
            if each is None:
                always.append(number)
                continue
            for key in each:
                by_any[key.fact].add(number)
                if key.field:
                    by_constant[key.fact, key.field][key.value].add(number)
                else:
                    by_fact[key.fact].add(number)
        self._always = frozenset(always)
        self._by_fact = {fact: frozenset(numbers) for fact, numbers in by_fact.items()}
        self._by_any = {fact: frozenset(numbers) for fact, numbers in by_any.items()}
        self._by_constant = [(*place, dict(table)) for place, table in by_constant.items()]

    def hits(self, values: Mapping[str, Any], unknown: Mapping[str, str]) -> list[int]:
        """Numbers of the rules that these facts can make anything but quiet, in ascending order."""
        found = set(self._always)
        by_fact = self._by_fact
        for fact in values:
            if fact in by_fact:
                found |= by_fact[fact]
        for fact, field, table in self._by_constant:
            for record in values.get(fact, ()):
                value = record.get(field)
                if value in table:
                    found |= table[value]
        for fact in unknown:
            found |= self._by_any.get(fact, frozenset())
        return sorted(found)

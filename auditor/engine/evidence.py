"""What was seen: the matched values of a finding, masked and digested, and never a raw one."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeAlias

from auditor.engine.bind import BoundRule
from auditor.engine.compile import NOTHING_UNKNOWN, WRONG_TYPE, Test, where_test
from auditor.engine.walk import quantified
from auditor.model.facts import Catalogue, FactSpec, FactType
from auditor.model.finding import Evidence
from auditor.model.ports import Protector

_MEMORY = 4096
_Parts: TypeAlias = tuple[tuple[str, ...], bool, bool]
_Record: TypeAlias = Mapping[str, Any]


class Witness:
    """Makes evidence. Remembers what it made, of single values by content, of records by the record itself.

    A record that is remembered is kept alive, so that its id stands for it alone. Equal details are one object.
    """

    def __init__(self, protector: Protector) -> None:
        self._protector = protector
        self._made: dict[tuple[object, ...], Evidence] = {}
        self._parts: dict[str, _Parts] = {}
        self._seen: dict[str, dict[int, tuple[_Record, Evidence]]] = {}
        self._held = 0
        self._details: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}

    def scalar(self, spec: FactSpec, value: Any, locator: str) -> Evidence:
        """Evidence of one value of the fact (or one text of a list)."""
        key = (spec.name, locator, type(value), value)
        made = self._made.get(key)
        return made or self._keep(key, self._protected(spec.name, shown(value), locator, spec.plain, {}))

    def records(self, spec: FactSpec, records: Iterable[_Record]) -> list[Evidence]:
        """Evidence of each record: its `value`, its `locator`, and those of its other fields that are plain."""
        if self._held >= _MEMORY:
            self._seen.clear()
            self._held = 0
        seen = self._seen.setdefault(spec.name, {})
        found = []
        for record in records:
            known = seen.get(id(record))
            if known is None:
                known = seen[id(record)] = (record, self._of_record(spec, record))
                self._held += 1
            found.append(known[1])
        return found

    def _of_record(self, spec: FactSpec, record: _Record) -> Evidence:
        names, value, plain = self._parts.get(spec.name) or self._learn(spec)
        told = tuple([(name, shown(record[name])) for name in names if name in record])
        details = self._details.get(told)
        if details is None:
            if len(self._details) >= _MEMORY:
                self._details.clear()
            details = self._details[told] = dict(told)
        locator = str(record.get("locator", ""))
        if not value or "value" not in record:
            digest = self._protector.digest("\x1f".join((locator, *details.values())))
            return Evidence(spec.name, "", digest, locator, details)
        return self._protected(spec.name, shown(record["value"]), locator, plain, details)

    def _learn(self, spec: FactSpec) -> _Parts:
        """Of a list fact: the names of the plain fields to show, whether it has a value, and whether that is plain."""
        names = tuple(field.name for field in spec.fields if field.plain and field.name not in ("locator", "value"))
        value = spec.field_named("value")
        parts = self._parts[spec.name] = (names, value is not None, spec.plain or (value is not None and value.plain))
        return parts

    def _protected(self, name: str, text: str, locator: str, plain: bool, details: Mapping[str, str]) -> Evidence:
        masked = text if plain else self._protector.mask(text)
        return Evidence(name, masked, self._protector.digest(text), locator, details)

    def _keep(self, key: tuple[object, ...], made: Evidence) -> Evidence:
        if len(self._made) >= _MEMORY:
            self._made.clear()
        self._made[key] = made
        return made


class Exhibits:
    """The evidence one rule shows: for a list fact, the items that its `some` and `each` matched."""

    def __init__(self, bound: BoundRule, catalogue: Catalogue, now: datetime) -> None:
        self._specs = [catalogue.specs[name] for name in bound.rule.evidence]
        self._wheres: dict[str, list[Test]] = {}
        for part in quantified(bound.fires_when):
            test = where_test(part.where, catalogue.specs[part.fact], now)
            self._wheres.setdefault(part.fact, []).append(test)

    def of(self, values: Mapping[str, Any], locators: Mapping[str, str], witness: Witness) -> tuple[Evidence, ...]:
        """All evidence in `values`, in the order the rule names it."""
        found: list[Evidence] = []
        for spec in self._specs:
            value = values.get(spec.name)
            if value is None:
                continue
            locator = locators.get(spec.name, "")
            if spec.type is FactType.RECORDS:
                found += witness.records(spec, self._matched(spec.name, value))
            elif spec.type is FactType.TEXTS:
                found += [witness.scalar(spec, item, locator) for item in self._matched(spec.name, value)]
            else:
                found.append(witness.scalar(spec, value, locator))
        return tuple(found)

    def _matched(self, name: str, items: Iterable[Any]) -> Iterable[Any]:
        wheres = self._wheres.get(name)
        if wheres is None:
            return items
        return [item for item in items if any(_meets(where, item) for where in wheres)] or items


def _meets(where: Test, item: Any) -> bool:
    """Whether the item is a match; one whose values are of another type than declared is none."""
    try:
        return where(item, NOTHING_UNKNOWN) is True
    except WRONG_TYPE:
        return False


def shown(value: Any) -> str:
    """A value as text, the same in every run: moments in ISO 8601, flags as in YAML, whole numbers without a point."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)

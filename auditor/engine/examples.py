"""A rule's own examples: values as written to values as the room would supply them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from auditor.config.strictmodel import Fault
from auditor.config.strictyaml import Document, Place, nearest
from auditor.engine.compile import Specs
from auditor.engine.operands import OperandError, duration, moment
from auditor.engine.rulefile import ExampleShape, ExamplesShape
from auditor.model.facts import FactSpec, FactType
from auditor.model.rule import Example, Examples

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
"""The moment examples are judged at; moments in them may be written ``now-40d`` or ``now+12h``."""

_RELATIVE = re.compile(r"now(?P<sign>[-+])(?P<span>.+)")
_PLAIN: Mapping[FactType, tuple[tuple[type, ...], str]] = {
    FactType.TEXT: ((str,), "text (write it in quotes)"),
    FactType.ADDRESS: ((str,), "an address or host name (write it in quotes)"),
    FactType.NUMBER: ((int, float), "a number"),
    FactType.FLAG: ((bool,), "true or false"),
}


def read_examples(shape: ExamplesShape, specs: Specs, document: Document, faults: list[Fault]) -> Examples:
    """Turn the examples of `document` into the model's, noting every fault with its line."""
    reader = _Reader(specs, document, faults)
    return Examples(
        reader.group("fires", shape.fires),
        reader.group("quiet", shape.quiet),
        reader.group("not_applicable", shape.not_applicable),
        reader.group("not_evaluated", shape.not_evaluated),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    specs: Specs
    document: Document
    faults: list[Fault]

    def group(self, name: str, shapes: tuple[ExampleShape, ...]) -> tuple[Example, ...]:
        return tuple(self._example(shape, ("tests", name, number)) for number, shape in enumerate(shapes))

    def _example(self, shape: ExampleShape, place: Place) -> Example:
        values = {name: self._fact(name, raw, (*place, "facts", name)) for name, raw in shape.facts.items()}
        for name in shape.unknown:
            if name not in self.specs:
                self._note((*place, "unknown", name), f"unknown fact {name!r}", nearest(name, self.specs))
        return Example(shape.name, values, dict(shape.unknown))

    def _fact(self, name: str, raw: Any, place: Place) -> Any:
        spec = self.specs.get(name)
        if spec is None:
            return self._note(place, f"unknown fact {name!r}", nearest(name, self.specs))
        if spec.type is not FactType.RECORDS:
            return self._value(spec, raw, place)
        if not isinstance(raw, tuple) or not all(isinstance(record, dict) for record in raw):
            return self._note(place, f"{name}: this is no list of records", "a list such as [{field: value}]")
        return tuple(self._record(spec, record, (*place, number)) for number, record in enumerate(raw))

    def _record(self, spec: FactSpec, record: dict[str, Any], place: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name, raw in record.items():
            field = spec.field_named(name)
            if field is None:
                known = (each.name for each in spec.fields)
                self._note((*place, name), f"unknown field {name!r} of {spec.name!r}", nearest(name, known))
            else:
                result[name] = self._value(field, raw, (*place, name))
        return result

    def _value(self, spec: FactSpec, raw: Any, place: Place) -> Any:
        try:
            return example_value(spec, raw)
        except OperandError as problem:
            return self._note(place, f"{spec.name}: {problem}", problem.right)

    def _note(self, place: Place, what: str, right: str) -> str:
        """Note a fault and return a stand-in for the value."""
        self.faults.append(Fault(what, self.document.where(place), right))
        return ""


def example_value(spec: FactSpec, raw: Any) -> Any:
    """The value of a fact that is no list of records; raises OperandError when `raw` does not fit its type."""
    if spec.type is FactType.TEXTS:
        if not isinstance(raw, tuple) or not all(isinstance(item, str) for item in raw):
            raise OperandError("this is no list of texts", "a list such as ['a', 'b']")
        return raw
    if spec.type is FactType.MOMENT:
        return _moment(raw)
    types, right = _PLAIN[spec.type]
    if type(raw) not in types:
        raise OperandError(f"{raw!r} does not fit a fact of type {spec.type}", right)
    return raw


def _moment(raw: Any) -> datetime:
    relative = _RELATIVE.fullmatch(raw) if isinstance(raw, str) else None
    if relative:
        span = duration(relative["span"])
        return NOW - span if relative["sign"] == "-" else NOW + span
    if not isinstance(raw, str):
        raise OperandError(f"{raw!r} is no moment", "'2026-01-31', '2026-01-31T12:00:00+00:00' or 'now-40d'")
    return moment(raw)

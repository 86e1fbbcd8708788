"""The JSON Schema of a rule file, made from the shapes and operators themselves: for editors, checked for drift."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from auditor.engine import operands
from auditor.engine.operators import OPERATORS, Operator
from auditor.engine.rulefile import RuleShape

FILE = "schema/rule.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SCALAR: Mapping[str, Any] = {"type": ["string", "number", "boolean"]}
_OPERANDS: Mapping[Callable[..., Any], Mapping[str, Any]] = {
    operands.flag: {"type": "boolean"},
    operands.scalar: _SCALAR,
    operands.scalars: {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1, "uniqueItems": True},
    operands.text: {"type": "string", "minLength": 1},
    operands.pattern: {"type": "string", "minLength": 1, "description": "RE2 pattern, searched for"},
    operands.number: {"type": "number"},
    operands.pair: {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    operands.span: {"type": "string", "pattern": r"^[0-9]{1,6}[dhms]( ?[0-9]{1,6}[dhms])*$"},
    operands.networks: {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]},
    operands.name: {"type": "string", "minLength": 1, "description": "name of another fact or field"},
}


def rule_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) that every rule file meets; facts and citations are checked by the loader alone."""
    schema = RuleShape.model_json_schema(mode="validation")
    definitions = schema.pop("$defs")
    properties = schema["properties"]
    for name in ("fires_when", "applies_when"):
        properties[name] = {"$ref": "#/$defs/condition"}
    definitions |= {
        "condition": _condition("fact", ("some", "each")),
        "field_condition": _condition("field", ()),
        "quantified": _object({"fact": {"type": "string"}, "where": {"$ref": "#/$defs/field_condition"}}),
        "param": _object({"param": {"type": "string"}}),
    }
    ordered = {"$schema": _DIALECT, "title": "A rule of the imaging auditor", **schema, "$defs": definitions}
    return ordered | {"title": "A rule of the imaging auditor"}


def schema_text() -> str:
    """The schema as it is kept in the file: sorted keys, two-space indent, final line feed."""
    return json.dumps(rule_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _condition(subject: str, quantifiers: Sequence[str]) -> dict[str, Any]:
    itself = {"$ref": f"#/$defs/{'condition' if subject == 'fact' else 'field_condition'}"}
    many = {"type": "array", "items": itself, "minItems": 1}
    groups = [_object({"all": many}), _object({"any": many}), _object({"not": itself})]
    groups += [_object({name: {"$ref": "#/$defs/quantified"}}) for name in quantifiers]
    return {"anyOf": [*groups, *(_leaf(subject, operator) for operator in OPERATORS.values())]}


def _leaf(subject: str, operator: Operator) -> dict[str, Any]:
    operand = {"anyOf": [_OPERANDS[operator.operand], {"$ref": "#/$defs/param"}], "description": operator.doc}
    return _object({subject: {"type": "string"}, operator.name: operand})


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }

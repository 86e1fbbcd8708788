"""The JSON Schema of the JSON export, made from the model itself, so that the two cannot drift apart."""

import json
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from auditor.model.codec import hints_of, is_record
from auditor.model.finding import Finding
from auditor.model.run import SCHEMA_VERSION, Run
from auditor.model.severity import Severity
from auditor.model.target import InventoryRow

_SIMPLE: Mapping[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
}


def schema_text() -> str:
    """The schema as it is published in `reports/schema/run-export.schema.json`."""
    definitions: dict[str, Any] = {}
    properties = {
        "schema_version": {"const": SCHEMA_VERSION},
        "run_sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "run": _of(Run, definitions),
        "findings": {"type": "array", "items": _of(Finding, definitions)},
        "inventory": {"type": "array", "items": _of(InventoryRow, definitions)},
    }
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A run of the imaging auditor",
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
        "$defs": definitions,
    }
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"


def _of(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_in_union(option, definitions) for option in typing.get_args(hint)]}
    if origin is tuple:
        return {"type": "array", "items": _of(typing.get_args(hint)[0], definitions)}
    if origin is not None:
        return {"type": "object", "additionalProperties": _of(typing.get_args(hint)[1], definitions)}
    if hint is Severity:
        return {"enum": [item.word for item in Severity]}
    if is_record(hint):
        return _reference(typing.cast(type, hint), definitions)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [item.value for item in hint]}
    return _SIMPLE[hint]


def _in_union(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """An alternative; dataclasses and moments carry their kind under `$` (see model.codec)."""
    if hint in (date, datetime):
        return {
            "type": "object",
            "properties": {"$": {"const": hint.__name__}, "value": _SIMPLE[hint]},
            "required": ["$", "value"],
        }
    if is_record(hint):
        kind = typing.cast(type, hint)
        name = f"{kind.__name__}OfKind"
        if name not in definitions:
            definitions[name] = {}
            made = dict(_object(kind, definitions))
            made["properties"] = {"$": {"const": kind.__name__}} | made["properties"]
            made["required"] = ["$", *made["required"]]
            definitions[name] = made
        return {"$ref": f"#/$defs/{name}"}
    if typing.get_origin(hint) is tuple:
        item = typing.get_args(hint)[0]
        return {
            "type": "array",
            "items": _in_union(item, definitions) if not _is_union(item) else _of(item, definitions),
        }
    return _of(hint, definitions)


def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def _reference(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}
        definitions[kind.__name__] = _object(kind, definitions)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _object(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    properties = {name: _of(part, definitions) for name, part in hints_of(kind).items()}
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }

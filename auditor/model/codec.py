"""Model to JSON and back, strictly and without loss: what `run.json` and the JSON export are written with.

The shape follows the type hints of the dataclasses and named tuples. Where a hint allows several dataclasses
or a moment beside a text, the JSON object carries its kind under ``"$"``. Unknown keys, missing keys and wrong
types are refused with the path of the value, never guessed at.
"""

import dataclasses
import json
import math
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from auditor.model.severity import Severity

T = TypeVar("T")
KIND = "$"
_AS_IT_IS = frozenset((str, int, bool, type(None)))


class CodecError(ValueError):
    """The value does not fit its declared type; the message starts with its path."""


def dump(value: object) -> bytes:
    """Canonical JSON of a model object: UTF-8, sorted keys, two-space indent, final line feed."""
    text = json.dumps(to_data(value), ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return (text + "\n").encode("utf-8", "backslashreplace")


def compact(data: Any) -> bytes:
    """Canonical JSON of plain data on one line: for what a machine reads again and nobody else."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def load(kind: type[T], raw: bytes) -> T:
    """Read what `dump` wrote; raises CodecError for anything else."""
    return from_data(kind, parse(raw))


def parse(raw: bytes) -> Any:
    """The plain data in JSON; raises CodecError for anything else."""
    try:
        return json.loads(raw)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise CodecError(f"not JSON: {error}") from error


def to_data(value: object, hint: Any = None) -> Any:
    """Plain JSON data of `value`, declared as `hint` (its own class when left out)."""
    if type(value) in _AS_IT_IS:
        return value
    hint = type(value) if hint is None else hint
    if _is_union(hint):
        return _tagged(value, hint)
    if isinstance(value, Severity):
        return value.word
    if isinstance(value, Enum):
        return value.value
    kind: Any = type(value)
    if is_record(kind):
        return {name: to_data(getattr(value, name), part) for name, part in hints_of(kind).items()}
    return _plain_to_data(value, hint)


def _plain_to_data(value: object, hint: Any) -> Any:
    arguments = typing.get_args(hint)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        key, item = arguments or (str, None)
        return {to_data(name, key): to_data(part, item) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [to_data(part, arguments[0] if arguments else None) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise CodecError(f"{value} cannot be written as JSON")
    if value is None or isinstance(value, str | int | float):
        return value
    raise CodecError(f"a {type(value).__name__} cannot be written as JSON")


def _tagged(value: object, hint: Any) -> Any:
    if isinstance(value, datetime | date):
        return {KIND: type(value).__name__, "value": value.isoformat()}
    kind: Any = type(value)
    if is_record(kind):
        return {KIND: kind.__name__, **to_data(value)}
    if isinstance(value, Mapping):
        return {name: _tagged(part, hint) for name, part in value.items()}
    if isinstance(value, tuple):
        return [_tagged(part, hint) for part in value]
    return _plain_to_data(value, type(value))


def from_data(kind: type[T], data: Any) -> T:
    """The object of class `kind` that `to_data` made `data` of."""
    return typing.cast(T, _read(kind, data, kind.__name__))


def _read(hint: Any, data: Any, path: str) -> Any:
    if _is_union(hint):
        return _read_union(hint, data, path)
    origin = typing.get_origin(hint)
    if origin is tuple:
        _expect(isinstance(data, list), path, "a list")
        item = typing.get_args(hint)[0]
        return tuple(_read(item, part, f"{path}[{number}]") for number, part in enumerate(data))
    if origin is not None:
        _expect(isinstance(data, dict), path, "an object")
        key, item = typing.get_args(hint)
        return {_read(key, name, path): _read(item, part, f"{path}.{name}") for name, part in data.items()}
    if is_record(hint):
        return _read_record(hint, data, path)
    return _read_scalar(hint, data, path)


def _read_record(kind: Any, data: Any, path: str) -> Any:
    _expect(isinstance(data, dict), path, "an object")
    hints = hints_of(kind)
    unknown = sorted(set(data) - set(hints) - {KIND})
    missing = sorted(set(hints) - set(data))
    _expect(not unknown, path, f"no key {', '.join(map(repr, unknown))}")
    _expect(not missing, path, f"the key {', '.join(map(repr, missing))}")
    return kind(**{name: _read(hint, data[name], f"{path}.{name}") for name, hint in hints.items()})


def _read_scalar(hint: Any, data: Any, path: str) -> Any:
    if hint is float:
        _expect(type(data) in (int, float), path, "a number")
        return data
    if hint in (str, int, bool, type(None)):
        _expect(type(data) is hint, path, f"a {hint.__name__}")
        return data
    _expect(isinstance(data, str), path, "a text")
    try:
        if hint is Severity:
            return Severity.from_word(data)
        return hint(data) if issubclass(hint, Enum) else hint.fromisoformat(data)
    except (KeyError, ValueError) as error:
        raise CodecError(f"{path}: {data!r} is no {hint.__name__}") from error


def _read_union(hint: Any, data: Any, path: str) -> Any:
    options = _options(hint)
    if isinstance(data, dict) and KIND in data:
        chosen = next((option for option in options if getattr(option, "__name__", "") == data[KIND]), None)
        _expect(chosen is not None, path, "a known kind")
        if chosen in (date, datetime):
            return _read_scalar(chosen, data.get("value"), path)
        return _read_record(chosen, data, path)
    if isinstance(data, list):
        _expect(any(typing.get_origin(option) is tuple for option in options), path, "no list")
        return tuple(_read_union(hint, part, f"{path}[{number}]") for number, part in enumerate(data))
    if isinstance(data, dict):
        _expect(any(typing.get_origin(option) is Mapping for option in options), path, "no object")
        return {name: _read_union(hint, part, f"{path}.{name}") for name, part in data.items()}
    _expect(type(data) in options, path, "a value of an allowed type")
    return data


def _expect(condition: bool, path: str, right: str) -> None:
    if not condition:
        raise CodecError(f"{path}: expected {right}")


@cache
def _is_union(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


@cache
def _options(hint: Any) -> tuple[Any, ...]:
    """All alternatives of a union, those of nested unions and of tuples' items included."""
    found: list[Any] = []
    for option in typing.get_args(hint):
        found.append(option)
        if typing.get_origin(option) is tuple:
            item = typing.get_args(option)[0]
            found.extend(_options(item) if _is_union(item) else [item])
    return tuple(found)


@cache
def is_record(kind: Any) -> bool:
    """Whether `kind` becomes an object of JSON: a dataclass, or a tuple whose items have names."""
    return dataclasses.is_dataclass(kind) or hasattr(kind, "_fields")


@cache
def hints_of(kind: Any) -> Mapping[str, Any]:
    """The type hint of each field of a record, in order."""
    return typing.get_type_hints(kind)

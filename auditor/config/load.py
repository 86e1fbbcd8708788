"""Loads `auditor.toml`: flag over `AUDITOR_*` over file over default, with the origin of every value."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from auditor.config.settings import Configuration, Settings
from auditor.config.strictmodel import raise_faults, told
from auditor.config.strictyaml import Place
from auditor.errors import ConfigError

FILE_NAME = "auditor.toml"
_PREFIX = "AUDITOR_"
_MAXIMUM_BYTES = 1_000_000


def load(
    file: Path | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    flags: Mapping[str, object] | None = None,
    start: Path | None = None,
) -> Configuration:
    """Load the configuration from `file`, or from the nearest `auditor.toml` at or above `start`.

    `flags` maps dotted names (`audit.purpose`) to values; None means not given. Raises ConfigError with
    `file:line` for anything unknown or of the wrong type.
    """
    found = file or _nearest(start or Path.cwd())
    text, table = _read(found) if found else ("", {})
    origins = {name: "file" for name in _leaves(table)}
    for name, value in _from_environment(environment or {}).items():
        _put(table, name, value)
        origins[name] = "environment"
    for name, value in (flags or {}).items():
        if value is not None:
            _put(table, name, value)
            origins[name] = "flag"
    settings = _validate(table, found, text, origins)
    for name in _leaves(settings.model_dump()):
        origins.setdefault(name, "default")
    base = found.resolve().parent if found else Path.cwd()
    return Configuration(settings, base, found, origins)


def _nearest(start: Path) -> Path | None:
    folders = (start.resolve(), *start.resolve().parents)
    return next((folder / FILE_NAME for folder in folders if (folder / FILE_NAME).is_file()), None)


def _read(file: Path) -> tuple[str, dict[str, Any]]:
    try:
        with file.open("rb") as stream:
            raw = stream.read(_MAXIMUM_BYTES + 1)
        if len(raw) > _MAXIMUM_BYTES:
            raise ConfigError(
                "the configuration file is too large", where=str(file), right=f"at most {_MAXIMUM_BYTES} bytes"
            )
        text = raw.decode("utf-8")
        return text, tomllib.loads(text)
    except OSError as error:
        raise ConfigError(
            f"the configuration file cannot be read: {error.strerror}",
            where=str(file),
            right="a readable TOML file",
            next_step="auditor init",
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            f"the configuration file is not TOML: {error}",
            where=str(file),
            right="TOML 1.0 in UTF-8",
            next_step="auditor config show",
        ) from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, object]:
    """`AUDITOR_AUDIT_FAIL_ON=low` sets `audit.fail_on`; names that are no setting are left alone."""
    values: dict[str, object] = {}
    for section, field in Settings.model_fields.items():
        keys = getattr(field.annotation, "model_fields", {})
        for key, spec in keys.items():
            variable = f"{_PREFIX}{section}_{key}".upper()
            if variable in environment:
                values[f"{section}.{key}"] = _typed(environment[variable], spec.annotation, variable)
    return values


def _typed(text: str, annotation: Any, variable: str) -> object:
    if annotation == tuple[str, ...]:
        return tuple(part for part in text.split(",") if part)
    try:
        return TypeAdapter(annotation).validate_strings(text, strict=False)
    except ValidationError as error:
        raise ConfigError(
            f"{variable} has a value that cannot be used: {error.errors()[0]['msg']}",
            where=f"environment variable {variable}",
            next_step="auditor config show",
        ) from error


def _put(table: dict[str, Any], name: str, value: object) -> None:
    section, key = name.split(".", 1)
    table.setdefault(section, {})[key] = value


def _leaves(table: Mapping[str, Any], prefix: str = "") -> list[str]:
    names: list[str] = []
    for key, value in table.items():
        if isinstance(value, Mapping) and not prefix:
            names += _leaves(value, f"{key}.")
        else:
            names.append(prefix + key)
    return names


def _validate(table: dict[str, Any], file: Path | None, text: str, origins: Mapping[str, str]) -> Settings:
    def where(place: Place) -> str:
        origin = origins.get(".".join(map(str, place[:2])), "file")
        return f"{file}:{_line(text, place)}" if file and origin == "file" else origin

    try:
        return Settings.model_validate(_frozen(table))
    except ValidationError as problem:
        found = told(problem, Settings, where)
    raise_faults(found, ConfigError, "auditor init FOLDER, for a sample of auditor.toml")


def _frozen(value: Any) -> Any:
    """TOML arrays become tuples, which is what the sections hold."""
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return value


def _line(text: str, place: Place) -> int:
    """The line on which the last named part of `place` is written, as near as TOML's reader lets us know.

    A number after the section's name is its turn among several (`[[schedule]]`).
    """
    names = [part for part in place if isinstance(part, str)]
    turn = next((part for part in place[1:2] if isinstance(part, int)), 0)
    section, line, met = "", 1, -1
    for number, content in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*(\[+)\s*([\w.\"-]+)\s*\]+", content)
        if header:
            section = header.group(2).split(".")[0].strip('"')
            met += section == names[0] and header.group(1) == "[["
            if section == names[0] and met <= turn:
                line = number
        here = section == names[0] and len(names) > 1 and met in (-1, turn)
        if here and re.match(rf'\s*"?{re.escape(names[-1])}"?\s*=', content):
            return number
    return line

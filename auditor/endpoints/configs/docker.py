"""Orthanc's settings as its Docker images take them: ORTHANC__ variables in env files and compose files."""

import re
from collections.abc import Iterator
from typing import Any

from auditor.config.strictyaml import loads
from auditor.endpoints.configs.jsonc import parse
from auditor.endpoints.configs.orthanc import Merged, judge
from auditor.endpoints.configs.secrets import is_default_secret
from auditor.endpoints.configs.statement import Statements, Unparseable
from auditor.endpoints.data import document
from auditor.errors import ConfigError

_BEFORE = r"^\s*(?:(?:-|export|ENV|ARG)\s*)?"
_NAME = re.compile(_BEFORE + r"[\"']?(ORTHANC__[A-Z0-9_]+|ORTHANC_JSON)[\"']?(?:\s*[=:]\s*|\s+)(.*?)\s*$")
_ANY = re.compile(r"\bORTHANC_(_[A-Z]|JSON)")
_NEXT = re.compile(r"\s+(?=ORTHANC__[A-Z0-9_]+=)")
_SECRET = re.compile(_BEFORE + r"[\"']?([A-Z0-9_]*(?:PASSWORD|PASSWD|SECRET|PIN|ROOTPASS))[\"']?\s*[=:]\s*(.*?)\s*$")
_SECTIONS = ("PostgreSQL", "MySQL", "DicomWeb", "DicomModalities", "RegisteredUsers")


def has_variables(text: str) -> bool:
    """Whether the text sets any of Orthanc's variables."""
    return _ANY.search(text) is not None


def read(text: str, name: str, version: str = "") -> Statements:
    """Statements of an env or compose file; raises Unparseable when a compose file is no YAML."""
    pairs = _of_yaml(text, name) if name.lower().endswith((".yml", ".yaml")) else _of_lines(text)
    lines = {found.group(1): at for at, line in _pieces(text) if (found := _NAME.match(line))}
    merged = Merged()
    for variable, value in pairs:
        _put(merged, variable, value, name, lines.get(variable, 1))
    if not merged.data:
        raise Unparseable("no variable of Orthanc is set here")
    said = judge(merged, name, version, document("orthanc.yaml")["image_defaults"])
    _other_secrets(said, text)
    return said


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; one of a Dockerfile that sets several variables is cut between them."""
    for number, line in enumerate(text.splitlines(), 1):
        for piece in _NEXT.split(line):
            yield number, piece.removesuffix("\\")


def _other_secrets(said: Statements, text: str) -> None:
    """Passwords of the services beside Orthanc, such as its database's."""
    for number, line in enumerate(text.splitlines(), 1):
        found = _SECRET.match(line)
        if found and not found.group(1).startswith("ORTHANC__"):
            value = found.group(2).strip("\"'")
            state = "default" if is_default_secret(value) else "own"
            said.say("secret", state, found.group(1), "(not shown)", number)


def _of_lines(text: str) -> list[tuple[str, str]]:
    matches = (_NAME.match(line) for _, line in _pieces(text))
    return [(found.group(1), found.group(2).strip("\"'")) for found in matches if found]


def _of_yaml(text: str, name: str) -> list[tuple[str, str]]:
    """The variables of a compose file; where it uses anchors, which are not followed, those that stand on a line."""
    try:
        return list(_of_compose(loads(text, name).data))
    except ConfigError as error:
        if "alias" in error.what or "anchor" in error.what:
            return _of_lines(text)
        raise Unparseable(f"not YAML at line {error.where.rpartition(':')[2]}: {error.what}") from error


def _of_compose(data: Any) -> Iterator[tuple[str, str]]:
    """Variables wherever a compose file, a ConfigMap or a pod sets them: by key, by `NAME=value`, by name and value."""
    if isinstance(data, dict):
        name = data.get("name")
        if isinstance(name, str) and name.startswith("ORTHANC_") and "value" in data:
            yield name, _text(data["value"])
        for key, value in data.items():
            if key.startswith("ORTHANC_") and not isinstance(value, dict | tuple):
                yield key, _text(value)
            else:
                yield from _of_compose(value)
    elif isinstance(data, tuple):
        for value in data:
            key, equals, given = str(value).partition("=") if isinstance(value, str) else ("", "", "")
            if equals and key.startswith("ORTHANC_"):
                yield key, given
            else:
                yield from _of_compose(value)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _put(merged: Merged, variable: str, value: str, name: str, line: int) -> None:
    if variable == "ORTHANC_JSON":
        found = parse(value)
        if isinstance(found.data, dict):
            merged.data.update(found.data)
            merged.where.update({place: (name, line) for place in found.lines})
        return
    parts = [_camel(part) for part in variable.removeprefix("ORTHANC__").split("__")]
    table = merged.data
    for part in parts[:-1]:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise Unparseable(f"line {line}: a variable sets a part of what another sets as a whole")
    try:
        found = parse(value)
        table[parts[-1]] = found.data
        merged.where.update({(*parts, *place): (name, line) for place in found.lines})
    except Unparseable:
        table[parts[-1]] = value
    merged.where[tuple(parts)] = (name, line)


def _camel(part: str) -> str:
    """`DICOM_TLS_ENABLED` is DicomTlsEnabled; sections written otherwise are known by name."""
    plain = part.replace("_", "").lower()
    return next(
        (each for each in _SECTIONS if each.lower() == plain), "".join(word.capitalize() for word in part.split("_"))
    )

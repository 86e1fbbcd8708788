"""deid recipes (https://pydicom.github.io/deid), read through the deid package, and strictly.

What deid 0.4 skips with a warning is an error here, with file and line; filters of several recipes are all kept.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.config.strictyaml import nearest
from auditor.deid.attributes import parse_attribute
from auditor.errors import RuleError

ACTIONS = ("KEEP", "ADD", "REPLACE", "JITTER", "REMOVE", "BLANK")  # in the order in which deid lets them win
SECTIONS = ("header", "labels", "filter", "values", "fields")
FILTERS = ("notcontains", "contains", "notequals", "equals", "missing", "present", "empty")
COORDINATES = ("ctpkeepcoordinates", "ctpcoordinates", "keepcoordinates", "coordinates")
EXPANDERS = ("all", "startswith", "endswith", "contains", "except", "select", "fields", "values")
_NEED_VALUE = ("ADD", "REPLACE", "JITTER")
_SPACES = re.compile(r"""(?:[^\s"']+|"(?:\\.|[^"])*"|'(?:\\.|[^'])*')+""")
_MOST_LINES = 20_000
_NOT_A_WORD = -100


@dataclass(frozen=True, slots=True)
class Line:
    """One header action: what, to which field, with which value, and where it is written."""

    action: str
    field: str
    value: str
    where: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """Header actions in the order they apply; named groups of fields and values; filters by name."""

    lines: tuple[Line, ...]
    fields: Mapping[str, tuple[Mapping[str, str], ...]]
    values: Mapping[str, tuple[Mapping[str, str], ...]]
    filters: Mapping[str, tuple[Mapping[str, Any], ...]]
    sources: tuple[str, ...]


def load_recipes(paths: Sequence[Path]) -> Recipe:
    """Read one or several recipes; later ones add to earlier ones. Raises RuleError with ``file:line``."""
    from deid.config.utils import load_deid

    lines: list[Line] = []
    groups: dict[str, dict[str, list[Any]]] = {"fields": {}, "values": {}, "filter": {}}
    for path in paths:
        written = _checked(path)
        try:
            with _silence():
                loaded = load_deid(str(path))
        except SystemExit as error:
            raise RuleError("the recipe is not one", where=str(path), right="a recipe that deid reads") from error
        lines += _matched(loaded.get("header", []), written, path)
        for section, named in groups.items():
            for name, entries in (loaded.get(section) or {}).items():
                named.setdefault(name, []).extend(entries)
    order = {action: number for number, action in enumerate(ACTIONS)}
    ranked = sorted(lines, key=lambda line: order[line.action])
    frozen = {section: {name: tuple(entries) for name, entries in named.items()} for section, named in groups.items()}
    recipe = Recipe(tuple(ranked), frozen["fields"], frozen["values"], frozen["filter"], tuple(map(str, paths)))
    _check_groups(recipe)
    return recipe


@contextmanager
def _silence() -> Iterator[None]:
    """deid tells every line it reads, on streams that it took when it was loaded."""
    from deid.logger import bot

    before = bot.level
    bot.level = _NOT_A_WORD
    try:
        yield
    finally:
        bot.level = before


def _matched(header: Sequence[Mapping[str, str]], written: Sequence[tuple[int, str]], path: Path) -> Iterator[Line]:
    """deid's reading beside the lines it was made of; they must agree in number, or something was lost."""
    if len(header) != len(written):
        raise RuleError("deid reads fewer actions than are written", where=str(path), right="one action a line")
    for entry, (number, _) in zip(header, written, strict=True):
        value = (entry.get("value") or "").strip()
        yield Line(entry["action"].upper(), entry["field"], value, f"{path}:{number}")


def _checked(path: Path) -> list[tuple[int, str]]:
    """The numbered header actions of a recipe in which every line is understood."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError("the recipe cannot be read", where=str(path), right="a text file in UTF-8") from error
    section, formatted, header = "", False, []
    for number, raw in enumerate(text.splitlines()[:_MOST_LINES], 1):
        line, where = raw.strip(), f"{path}:{number}"
        if not line or line.startswith("#"):
            continue
        if line.lower().startswith("format"):
            _check(line.split()[1:] == ["dicom"], "the format is not dicom", where, "FORMAT dicom")
            formatted = True
        elif line.startswith("%"):
            section = _section(line, where)
        else:
            _CHECKS.get(section, _no_section)(line, where)
            if section == "header":
                header.append((number, line))
    _check(formatted, "the recipe does not say its format", f"{path}:1", "FORMAT dicom in the first line")
    return header


def _section(line: str, where: str) -> str:
    words = line.split("#")[0].split()
    name = words[0][1:].lower()
    _check(name in SECTIONS, f"{words[0]!r} is no section", where, nearest(name, SECTIONS) or "%" + " %".join(SECTIONS))
    named = name in ("filter", "values", "fields")
    _check(len(words) > 1 or not named, f"%{name} needs a name", where, f"%{name} NAME")
    return name


def _header(line: str, where: str) -> None:
    words = _SPACES.findall(line.split(" #")[0])
    action = words[0]
    right = nearest(action.upper(), ACTIONS) or "one of " + " ".join(ACTIONS)
    _check(action in ACTIONS, f"{action!r} is no action", where, right)
    _check(len(words) > 1, f"{action} needs a field", where, f"{action} FIELD")
    _check(len(words) > 2 or action not in _NEED_VALUE, f"{action} needs a value", where, f"{action} FIELD VALUE")
    _field(words[1], where)
    value = " ".join(words[2:])
    if action == "JITTER" and ":" not in value:
        _check(value.lstrip("+-").isdecimal(), "JITTER needs a number of days", where, "JITTER FIELD -31")


def _field(name: str, where: str) -> None:
    expander, separator, rest = name.partition(":")
    if name.lower() == "all" or (separator and '"' not in expander):
        right = nearest(expander.lower(), EXPANDERS) or ", ".join(EXPANDERS)
        _check(expander.lower() in EXPANDERS and (rest or not separator), f"{name!r} selects nothing", where, right)
        return
    try:
        parse_attribute(name)
    except RuleError as error:
        raise RuleError(error.what, where=where, right=_keyword_near(name) or error.right) from error


def _keyword_near(name: str) -> str:
    from pydicom.datadict import keyword_dict

    return nearest(name, keyword_dict) if name.isalpha() else ""


def _group(line: str, where: str) -> None:
    words = _SPACES.findall(line)
    _check(words[0].upper() in ("FIELD", "SPLIT"), f"{words[0]!r} is no group action", where, "FIELD or SPLIT")
    _check(len(words) > 1, f"{words[0]} needs a field", where, f"{words[0]} FIELD")
    _field(words[1], where)


def _filter(line: str, where: str) -> None:
    body = line.lstrip("+| ")
    word = body.split()[0].lower() if body.split() else ""
    known = ("label", *FILTERS, *COORDINATES)
    _check(word in known, f"{word!r} is no filter", where, nearest(word, known) or "one of " + ", ".join(known))
    if word in FILTERS[:4]:
        _check(len(body.split()) > 2, f"{word} needs a field and a value", where, f"{word} FIELD VALUE")


def _labels(line: str, where: str) -> None:
    word = line.split()[0].upper()
    _check(word in (*ACTIONS, "LABEL"), f"{word!r} is no action", where, "LABEL, or an action")


def _no_section(line: str, where: str) -> None:
    raise RuleError("an action stands before any section", where=where, right="%header above it")


_CHECKS: Mapping[str, Callable[[str, str], None]] = {
    "header": _header,
    "labels": _labels,
    "values": _group,
    "fields": _group,
    "filter": _filter,
}


def _check_groups(recipe: Recipe) -> None:
    for line in recipe.lines:
        kind, separator, name = line.field.partition(":")
        groups = {"fields": recipe.fields, "values": recipe.values}.get(kind.lower())
        if separator and groups is not None:
            _check(name in groups, f"%{kind} {name} is not defined", line.where, nearest(name, groups) or "a group")


def _check(holds: object, what: str, where: str, right: str) -> None:
    if not holds:
        raise RuleError(what, where=where, right=right, next_step="auditor deid explain PROFILE FILE")

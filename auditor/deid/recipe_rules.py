"""A recipe at work on one file: which action each element gets, and what is added."""

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auditor.config.table import read_table
from auditor.deid.attributes import parse_attribute
from auditor.deid.decide import Act, Decision
from auditor.deid.recipe import Line, Recipe, load_recipes
from auditor.deid.recipe_filters import regions
from auditor.deid.selector import Named, Test, group_selector, selector
from auditor.dicomio.charset import decode
from auditor.dicomio.dictionary import keyword_of, vr_of
from auditor.dicomio.element import Element
from auditor.errors import ConfigError, RuleError
from auditor.pixels.region import Region

_ACTS = {"KEEP": Act.KEEP, "BLANK": Act.EMPTY, "REMOVE": Act.REMOVE, "REPLACE": Act.REPLACE, "JITTER": Act.SHIFT}
_LARGEST = 512_000_000  # bytes of a table of variables
_DYNAMIC = ("func:", "deid_func:")
_TEXTUAL = frozenset(
    ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT")
)


@dataclass(frozen=True, slots=True)
class Lookup:
    """What ``var:`` and ``func:`` name: values by patient ID (``*`` for everyone), and a site's own functions."""

    variables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)


def read_variables(path: Path) -> Mapping[str, Mapping[str, str]]:
    """A CSV file with a column ``id`` (patient ID, or ``*``) and one column a variable; raises ConfigError."""
    rows = read_table(path, "the table of variables", most_bytes=_LARGEST, columns=("id",))
    return {row.cells["id"]: {name: value for name, value in row.cells.items() if name != "id"} for row in rows}


def read_functions(path: Path) -> Mapping[str, Callable[..., Any]]:
    """The functions of a Python file the user named; it is run as it is. Raises ConfigError."""
    import runpy

    try:
        names = runpy.run_path(str(path))
    except Exception as error:
        raise ConfigError(
            f"the functions cannot be loaded ({type(error).__name__})", where=str(path), right="a Python file"
        ) from error
    return {name: value for name, value in names.items() if callable(value) and not name.startswith("_")}


def rules_from(recipes: Sequence[str], variables: str, functions: str) -> "RecipeRules | None":
    """The rules of some recipe files, or None when there are none. Raises RuleError and ConfigError."""
    if not recipes:
        return None
    lookup = Lookup(
        read_variables(Path(variables)) if variables else {}, read_functions(Path(functions)) if functions else {}
    )
    return RecipeRules(load_recipes([Path(path) for path in recipes]), lookup)


class RecipeRules:
    """Applies one recipe; refuses, before any file is read, a recipe that asks for what nobody gave."""

    def __init__(self, recipe: Recipe, lookup: Lookup) -> None:
        self._lookup = lookup
        self._tests = [(line, self._test(recipe, line.field)) for line in recipe.lines if line.action != "ADD"]
        self._recipe = recipe
        self.by_file = any(line.value.startswith(_DYNAMIC) or line.field.startswith("values:") for line in recipe.lines)
        known = {name for row in lookup.variables.values() for name in row}
        for line in recipe.lines:
            self._given(line, "var:", known)
            self._given(line, "func:", lookup.functions)

    @staticmethod
    def _given(line: Line, prefix: str, known: Any) -> None:
        if line.value.startswith(prefix) and line.value[len(prefix) :].split()[0] not in known:
            option = "--variables" if prefix == "var:" else "--functions"
            raise RuleError(f"{line.value} is not given", where=line.where, right=f"a file with it, by {option}")

    @staticmethod
    def _test(recipe: Recipe, name: str) -> Test | None:
        if name.lower().startswith("values:"):
            return None
        return group_selector(recipe, name[7:]) if name.lower().startswith("fields:") else selector(name)

    def file(self, elements: Sequence[Element], patient: str, dataset: Callable[[], Any]) -> "FileRules":
        """The rules for one file; `dataset` reads it with pydicom, only if a function asks for it."""
        variables = {**self._lookup.variables.get("*", {}), **self._lookup.variables.get(patient, {})}
        values = {name: self._values(name, elements) for name in self._recipe.values}
        return FileRules(self, variables, values, dataset)

    def _values(self, name: str, elements: Sequence[Element]) -> re.Pattern[str] | None:
        found: set[str] = set()
        for entry in self._recipe.values[name]:
            test = selector(entry["field"])
            for element in elements:
                if element[1] in _TEXTUAL and element[2] and test(named(element)):
                    text = decode(element[2], element[3].charset, element[1]).strip(" \0")
                    found |= set(_split(text, entry)) if entry["action"].upper() == "SPLIT" else {text}
        escaped = sorted((re.escape(text) for text in found if text), key=len, reverse=True)
        return re.compile("|".join(escaped), re.IGNORECASE) if escaped else None

    def lines(self) -> Sequence[tuple[Line, Test | None]]:
        """Lines with their tests, in order of precedence."""
        return self._tests

    def additions(self) -> tuple[Line, ...]:
        """The ADD lines."""
        return tuple(line for line in self._recipe.lines if line.action == "ADD")

    def filters(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The filters by name."""
        return self._recipe.filters

    def function(self, name: str) -> Callable[..., Any]:
        """A function by name, a site's own before those of deid."""
        return self._lookup.functions[name]


@dataclass(frozen=True, slots=True)
class FileRules:
    """A recipe bound to one file."""

    rules: RecipeRules
    variables: Mapping[str, str]
    values: Mapping[str, re.Pattern[str] | None]
    dataset: Callable[[], Any]

    def decide(self, element: Element) -> Decision | None:
        """The action the recipe gives an element, or None when it names it nowhere."""
        one = named(element)
        for line, test in self.rules.lines():
            if test(one) if test is not None else self._holds_value(line, element):
                decision = self._decision(line, element)
                if decision is not None:
                    return decision
        return None

    def regions(self, top: Mapping[int, bytes]) -> list[Region]:
        """What the recipe's filters blank in this file."""
        return regions(self.rules.filters(), top)

    def added(self) -> list[tuple[int, str, str]]:
        """(tag, VR, value) of everything the recipe adds at the top level or in the file meta."""
        found = []
        for line in self.rules.additions():
            tag = parse_attribute(line.field)
            if not isinstance(tag, int):
                raise RuleError("a private attribute cannot be added", where=line.where, right="a keyword or tag")
            value = self._value(line, None)
            if value is not None:
                found.append((tag, vr_of(tag, "") or "LO", value))
        return found

    def _holds_value(self, line: Line, element: Element) -> bool:
        pattern = self.values[line.field.partition(":")[2]]
        if pattern is None or element[1] not in _TEXTUAL or not element[2]:
            return False
        return pattern.search(decode(element[2], element[3].charset, element[1])) is not None

    def _decision(self, line: Line, element: Element) -> Decision | None:
        act, why = _ACTS[line.action], f"recipe {Path(line.where).name}: {line.action} {line.field}"
        if line.action == "REMOVE" and line.value:
            return Decision(act, why) if self._call(line, element) else None
        if line.action not in ("REPLACE", "JITTER"):
            return Decision(act, why)
        value = self._value(line, element)
        if value is None:
            return Decision(Act.REMOVE, f"{why} (no value)")
        return Decision(act, why, value)

    def _value(self, line: Line, element: Element | None) -> str | None:
        if line.value.startswith("var:"):
            return self.variables.get(line.value[4:].strip())
        if line.value.startswith(_DYNAMIC):
            result = self._call(line, element)
            return None if result is None else str(result)
        return line.value

    def _call(self, line: Line, element: Element | None) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # deid's own imports
            from deid.dicom.actions import deid_funcs
            from deid.dicom.fields import DicomField

        kind, _, rest = line.value.partition(":")
        name, _, extras = rest.partition(" ")
        function = deid_funcs.get(name) if kind == "deid_func" else self.rules.function(name)
        dataset = self.dataset()
        data_element = _find(dataset, element) if element else None
        target = DicomField(data_element, keyword_of(element[0]), str(element[0])) if element else line.field
        item = {**self.variables}
        try:
            if function is None:
                raise KeyError(name)
            more = {"extras": extras} if kind == "deid_func" else {}
            return function(item=item, value=line.value, field=target, dicom=dataset, **more)
        except Exception as error:
            raise RuleError(
                f"{line.value.split()[0]} failed ({type(error).__name__})",
                where=line.where,
                right="a function that returns",
            ) from error


def named(element: Element) -> Named:
    """An element as selectors see it."""
    tag, vr, _, scope, *_ = element
    creator = scope.creator(tag) if (tag >> 16) & 1 else ""
    return Named(tag, vr, creator, (*(keyword_of(outer) for outer, _ in scope.path), keyword_of(tag)))


def _find(dataset: Any, element: Element) -> Any:
    current = dataset.file_meta if element[0] >> 16 == 2 else dataset
    for tag, index in element[3].path:
        current = current[tag].value[index]
    return current[element[0]]


def _split(text: str, entry: Mapping[str, str]) -> list[str]:
    options = dict(part.split("=", 1) for part in entry.get("value", "").split(";") if "=" in part)
    by = options.get("by", " ").strip("'\"") or " "
    shortest = int(options.get("minlength", 1))
    return [part for part in text.split(by) if len(part) >= shortest]

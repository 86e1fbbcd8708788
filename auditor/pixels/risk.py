"""How likely a file's pictures hold burned-in text, and where, judged from its attributes alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, TypeAlias

import re2
import yaml

from auditor.pixels.region import Box, Region

_LEVELS = ("none", "low", "medium", "high")
_OPERATORS = ("+", "||", "contains", "equals", "missing", "empty", "present", "notcontains", "notequals")
_SECTIONS = {"whitelist": "low", "graylist": "high", "blacklist": "high"}


@dataclass(frozen=True, slots=True)
class PixelRisk:
    """`level` is none, low, medium or high; `reasons` name tables and labels, `regions` where text may stand."""

    level: str
    reasons: tuple[str, ...]
    regions: tuple[Region, ...] = ()


Condition: TypeAlias = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Label:
    """One entry of deid's table: a name, alternatives, and boxes.

    An alternative is a row of conditions that all must hold; a condition is a choice of tests.
    """

    name: str
    section: str
    alternatives: tuple[tuple[Condition, ...], ...]
    boxes: tuple[Box, ...]


def assess(attributes: Mapping[str, str]) -> PixelRisk:
    """Judge a file by its attributes: keyword to text, several values joined by a backslash.

    Looks at Burned In Annotation (PS3.3 C.7.6.1), Modality, SOP Class, Image Type, and at the coordinate table of
    the deid package by manufacturer, model, modality and size.
    """
    table = _table()
    reasons: list[str] = []
    level = table["modalities"].get(attributes.get("Modality", ""), "none")
    if level != "none":
        reasons.append(f"modality {attributes['Modality']}")
    for start, rank in table["sop_classes"].items():
        uid = attributes.get("SOPClassUID", "")
        if uid == start or uid.startswith(f"{start}."):
            level = _higher(level, rank)
            reasons.append("SOP class of screen captures, ultrasound or photographs")
    for word, rank in table["image_types"].items():
        if word in attributes.get("ImageType", "").upper():
            level = _higher(level, rank)
            reasons.append(f"image type {word}")
    burned = attributes.get("BurnedInAnnotation", "").strip().upper()
    if burned == "YES":
        level = "high"
        reasons.append("Burned In Annotation is YES")
    regions: list[Region] = []
    for label in matching(attributes):
        level = _higher(
            level, "medium" if label.section == "graylist" and not label.boxes else _SECTIONS[label.section]
        )
        reasons.append(f"deid table: {label.name}")
        regions.extend(Region(box) for box in label.boxes)
    return PixelRisk(level, tuple(reasons), tuple(dict.fromkeys(regions)))


def matching(attributes: Mapping[str, str]) -> Iterator[Label]:
    """The entries of deid's table whose conditions this file meets."""
    for label in labels():
        if any(_all_hold(conditions, attributes) for conditions in label.alternatives):
            yield label


def _all_hold(conditions: tuple[Condition, ...], attributes: Mapping[str, str]) -> bool:
    return bool(conditions) and all(any(_holds(test, attributes) for test in tests) for tests in conditions)


@lru_cache(maxsize=1)
def labels() -> tuple[Label, ...]:
    """deid's own table `deid.dicom`, read as data from the installed package."""
    text = (files("deid") / "data" / "deid.dicom").read_text(encoding="utf-8")
    return tuple(_parsed(text.splitlines()))


def _parsed(lines: list[str]) -> Iterator[Label]:
    section, name = "", ""
    rows: list[list[Condition]] = [[]]
    boxes: list[Box] = []
    for line in (*(line.strip() for line in lines), "LABEL"):
        head, _, rest = line.partition(" ")
        if head in ("LABEL", "%filter", "%header"):
            if name and section:
                yield Label(name, section, tuple(map(tuple, rows)), tuple(boxes))
            name, rows, boxes = rest.partition("#")[0].strip() if head == "LABEL" else "", [[]], []
            section = rest.strip() if head == "%filter" else "" if head == "%header" else section
        elif name and head.endswith("coordinates"):
            boxes.append(_box(head, rest))
        elif name and head in _OPERATORS:
            rows += [[]] if head == "||" else []
            tests = rest if head in ("+", "||") else line
            rows[-1].append(tuple(_test(part) for part in tests.split("||")))


def _box(head: str, text: str) -> Box:
    """deid writes corners, CTP writes corner, width and height."""
    one, two, three, four = (int(part) for part in text.split(","))
    return (one, two, one + three, two + four) if head.startswith("ctp") else (one, two, three, four)


def _test(text: str) -> tuple[str, str, str]:
    operator, _, rest = text.strip().partition(" ")
    keyword, _, value = rest.strip().partition(" ")
    return operator, keyword, value.strip()


def _holds(test: tuple[str, str, str], attributes: Mapping[str, str]) -> bool:
    operator, keyword, value = test
    have = attributes.get(keyword)
    if operator in ("missing", "present"):
        return (have is None) == (operator == "missing")
    if operator == "empty":
        return have is not None and not have.strip()
    positive = operator.removeprefix("not")
    if have is None:
        return operator != positive
    found = have.strip().lower() == value.lower() if positive == "equals" else bool(_pattern(value).search(have))
    return found == (operator == positive)


@lru_cache(maxsize=512)
def _pattern(value: str) -> Any:
    return re2.compile(f"(?i){value.replace('+', chr(92) + '+') if value.endswith('+') else value}")


def _higher(one: str, other: str) -> str:
    return max(one, other, key=_LEVELS.index)


@lru_cache(maxsize=1)
def _table() -> Any:
    text = (files("auditor.pixels") / "data" / "risk.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders

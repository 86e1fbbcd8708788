"""Filters of a recipe: which equipment a file is of, and the coordinates that are blanked then."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auditor.deid.attributes import parse_attribute
from auditor.errors import RuleError
from auditor.pixels.region import Box, Region

_WHOLE: Box = (0, 0, 1 << 20, 1 << 20)


def regions(filters: Mapping[str, Sequence[Mapping[str, Any]]], top: Mapping[int, bytes]) -> list[Region]:
    """Regions to blank in a file with the top-level values `top`; ``keepcoordinates`` are cut out again, in order."""
    boxes: list[Box] = []
    for label in (label for labels in filters.values() for label in labels):
        if not _met(label.get("filters", ()), top):
            continue
        for keep, text in label["coordinates"]:
            box = _box(str(text))
            boxes = [part for one in boxes for part in _without(one, box)] if int(keep) else [*boxes, box]
    return [Region(box, 0, -1) for box in boxes]


def _met(lines: Sequence[Mapping[str, Any]], top: Mapping[int, bytes]) -> bool:
    """Lines joined left to right by their operators, as deid joins them; no line at all is met."""
    result = True
    for number, line in enumerate(lines):
        told = list(_answers(line, top))
        answer = told[0]
        for operator, other in zip(line["InnerOperators"], told[1:], strict=False):
            answer = (answer or other) if operator == "or" else (answer and other)
        either = number > 0 and line["operator"] == "or"
        result = (result or answer) if either else (result and answer)
    return result


def _answers(line: Mapping[str, Any], top: Mapping[int, bytes]) -> Iterator[bool]:
    values = iter(line["value"])
    for action, field in zip(line["action"], line["field"], strict=True):
        tag = parse_attribute(field)
        raw = top.get(tag) if isinstance(tag, int) else None
        text = raw.decode("latin-1").strip(" \0") if raw is not None else ""
        if action in ("missing", "present", "empty"):
            yield {"missing": raw is None, "present": raw is not None, "empty": raw is not None and not text}[action]
            continue
        wanted = next(values, "")
        if action in ("equals", "notequals"):
            same = raw is not None and any(part.strip().lower() == wanted.lower() for part in text.split("\\"))
            yield same == (action == "equals")
        else:
            yield (raw is not None and _search(wanted, text)) == (action == "contains")


def _search(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text, re.IGNORECASE) is not None
    except re.error as error:
        raise RuleError("a filter of the recipe is no expression", right="a regular expression") from error


def _box(text: str) -> Box:
    if text.strip().lower() == "all":
        return _WHOLE
    try:
        x0, y0, x1, y1 = (int(part) for part in text.split(","))
    except ValueError as error:
        raise RuleError("coordinates of the recipe are not four numbers", right="x0,y0,x1,y1 or all") from error
    return x0, y0, x1, y1


def _without(one: Box, hole: Box) -> list[Box]:
    """What is left of a rectangle when another is cut out of it: at most four."""
    x0, y0, x1, y1 = max(one[0], hole[0]), max(one[1], hole[1]), min(one[2], hole[2]), min(one[3], hole[3])
    if x0 >= x1 or y0 >= y1:
        return [one]
    parts = [
        (one[0], one[1], one[2], y0),
        (one[0], y1, one[2], one[3]),
        (one[0], y0, x0, y1),
        (x1, y0, one[2], y1),
    ]
    return [part for part in parts if part[0] < part[2] and part[1] < part[3]]

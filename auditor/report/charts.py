"""Geometry for the figures that the templates draw as SVG: numbers in, plain numbers out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.report.source import HistoryPoint


@dataclass(frozen=True, slots=True)
class Bar:
    """One segment of a bar: where it starts and how wide it is, in user units, and the number it stands for."""

    x: float
    width: float
    value: int
    key: str


@dataclass(frozen=True, slots=True)
class Arc:
    """One sector of a ring as an SVG path, with the number it stands for."""

    path: str
    value: int
    key: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a line."""

    x: float
    y: float
    value: int
    label: str
    complete: bool


def stack(values: Sequence[tuple[str, int]], largest: int, width: float) -> tuple[Bar, ...]:
    """Segments of one stacked bar; a number above zero is never thinner than two units."""
    bars = []
    x = 0.0
    for key, value in values:
        if value > 0 and largest > 0:
            size = max(2.0, round(width * value / largest, 2))
            bars.append(Bar(round(x, 2), size, value, key))
            x += size
    return tuple(bars)


def ring(values: Sequence[tuple[str, int]], radius: float, inner: float) -> tuple[Arc, ...]:
    """Sectors of a ring round (0, 0), clockwise from the top, with a place for each label."""
    total = sum(value for _, value in values)
    arcs = []
    start = 0.0
    for key, value in values:
        if value <= 0:
            continue
        share = min(value / total, 0.9999)
        end = start + share
        middle = (start + end) / 2
        x, y = _spot(middle, (radius + inner) / 2)
        arcs.append(Arc(_sector(start, end, radius, inner), value, key, x, y))
        start += value / total
    return tuple(arcs)


def line(history: Sequence[HistoryPoint], width: float, height: float) -> tuple[Point, ...]:
    """The failures of each run as points, evenly spaced; the largest stands at the top."""
    largest = max((point.fail for point in history), default=0) or 1
    step = width / max(1, len(history) - 1)
    return tuple(
        Point(round(i * step, 2), round(height - height * item.fail / largest, 2), item.fail, item.day, item.complete)
        for i, item in enumerate(history)
    )


def _sector(start: float, end: float, radius: float, inner: float) -> str:
    large = 1 if end - start > 0.5 else 0
    (ax, ay), (bx, by) = _spot(start, radius), _spot(end, radius)
    (cx, cy), (dx, dy) = _spot(end, inner), _spot(start, inner)
    return f"M{ax} {ay}A{radius} {radius} 0 {large} 1 {bx} {by}L{cx} {cy}A{inner} {inner} 0 {large} 0 {dx} {dy}Z"


def _spot(turn: float, radius: float) -> tuple[float, float]:
    angle = 2 * math.pi * turn - math.pi / 2
    return round(radius * math.cos(angle), 2), round(radius * math.sin(angle), 2)

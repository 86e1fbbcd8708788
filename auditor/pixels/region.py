"""A rectangle on some frames."""

from dataclasses import dataclass
from typing import TypeAlias

Box: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Region:
    """`box` is x0, y0, x1, y1 in pixels, ends exclusive; frames from 0, `last` inclusive, -1 for the last one."""

    box: Box
    first: int = 0
    last: int = -1


def union(one: Box, other: Box) -> Box:
    """The smallest box around both."""
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share a pixel."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]

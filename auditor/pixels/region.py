"""A rectangle on some frames."""

from collections.abc import Sequence
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


def blocks(boxes: Sequence[Box]) -> list[Box]:
    """For each line of text the box of those that stand directly above and below it, as one writes a block of text."""
    order = sorted(range(len(boxes)), key=lambda index: boxes[index][1])
    found: list[Box] = []
    member: dict[int, int] = {}
    for index in order:
        line = boxes[index]
        near = next((number for number, block in enumerate(found) if _adjoins(block, line)), None)
        if near is None:
            found.append(line)
            near = len(found) - 1
        else:
            found[near] = union(found[near], line)
        member[index] = near
    return [found[member[index]] for index in range(len(boxes))]


def _adjoins(block: Box, line: Box) -> bool:
    height = line[3] - line[1]
    close = line[1] - block[3] <= height // 2
    aligned = abs(line[0] - block[0]) <= height or abs(line[2] - block[2]) <= height
    return close and aligned and line[3] > block[1]

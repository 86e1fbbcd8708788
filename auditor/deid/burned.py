"""Which boxes of text in a picture are blanked: those that identify someone, and the lines they stand among."""

from collections.abc import Iterator, Sequence
from typing import Any

from auditor.deid.clean import Cleaner
from auditor.deid.objection import Objection
from auditor.identifiers.field import Field, Nature
from auditor.pixels.region import Box, Region

_MARGIN = 3
_FIELD = Field(Nature.OCR)


def burned(reading: Any, cleaner: Cleaner, objection: Objection) -> Iterator[tuple[str, Region]]:
    """(tag path of the picture, region) of text to blank.

    A reader tears names and dates apart, and a block of lines is about one person, so the block goes whole. When
    a copy was objected to twice, everything that can be read in its pictures goes.
    """
    boxes = list(reading.boxes)
    waiting = [box for box in boxes if objection.turn > 1 or cleaner.identifies(box.text, _FIELD)]
    taken = {id(box) for box in waiting}
    while waiting:
        current = waiting.pop()
        yield current.locator, Region(grown(current.box), 0, -1)
        for box in boxes:
            if id(box) not in taken and box.locator == current.locator and _next_line(current.box, box.box):
                taken.add(id(box))
                waiting.append(box)


def objected(objection: Objection, place: str) -> Sequence[Region]:
    """Regions for the boxes of text that the verifying scan saw in the picture at `place`."""
    return [Region(grown(box, objection.turn), 0, -1) for box in objection.in_picture(place)]


def grown(box: Box, times: int = 1) -> Box:
    """A box with a margin for what a reader cuts off."""
    x0, y0, x1, y1 = box
    margin = _MARGIN * max(1, times)
    return (max(0, x0 - margin), max(0, y0 - margin), x1 + margin, y1 + margin)


def _next_line(one: Box, other: Box) -> bool:
    """Whether two boxes are lines of one block: close above each other, aligned or overlapping for the most part."""
    height = min(one[3] - one[1], other[3] - other[1])
    gap = max(one[1], other[1]) - min(one[3], other[3])
    overlap = min(one[2], other[2]) - max(one[0], other[0])
    narrow = min(one[2] - one[0], other[2] - other[0])
    return gap <= 0.6 * height and (overlap > 0.5 * narrow or (overlap > 0 and abs(one[0] - other[0]) <= height))

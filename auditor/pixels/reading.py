"""What reading the pixels of one file gave."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.pixels.region import Box


@dataclass(frozen=True, slots=True)
class TextBox:
    """Text read from a picture. `box` is x0, y0, x1, y1 in pixels of that picture; frames count from 0, both inclusive.

    `place` is `pixels`, `overlay` or `icon`, `locator` the tag path of the picture; `confidence` is the
    reader's own, 0 to 1.
    """

    place: str
    locator: str
    first: int
    last: int
    box: Box
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class PixelReading:
    """`frames` the file has, `looked_at` were decoded; `not_evaluated` maps a place's locator to the reason."""

    boxes: tuple[TextBox, ...] = ()
    frames: int = 0
    looked_at: int = 0
    not_evaluated: Mapping[str, str] = field(default_factory=dict)

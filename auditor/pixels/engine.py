"""The text recogniser: rapidocr with the models of its wheel. Optional; no network."""

import importlib.util
import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.pixels.gate import may_hold_text
from auditor.pixels.region import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NEEDED = ("rapidocr", "onnxruntime", "cv2")
_ENLARGED = ((6, 130), (4, 300), (3, 480), (2, 900))  # times, up to so many pixels on the longer side
_LARGEST = 2600
_TILE = 1200
_OVERLAP = 200
_SURE = 0.95
_FAR = 0.25
_LEAST = 0.5
_MARGIN = 24


@dataclass(frozen=True, slots=True)
class Word:
    """One line of text: its box in the picture's own pixels, and the recogniser's confidence, 0 to 1."""

    box: Box
    text: str
    confidence: float


def missing() -> str:
    """Why text cannot be read from pictures here, or an empty string. Imports nothing."""
    absent = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    return f"text recognition is not installed ({', '.join(absent)}); install imaging-auditor[ocr]" if absent else ""


def words(picture: "NDArray[np.uint8]") -> list[Word]:
    """The lines of text in a grey picture. Small pictures are enlarged, since glyphs of eight pixels are else lost.

    A picture with a doubtful line is read once more at another size, and both readings count.
    """
    if max(picture.shape) > _TILE:
        return [word for tile in _tiles(picture.shape) for word in _of_tile(picture, tile)]
    factor = _factor(picture.shape)
    found = _read(picture, factor)
    doubtful = [word for word in found if word.confidence < _SURE]
    if doubtful and max(picture.shape) * (factor + 2) <= _LARGEST:
        found = _both(found, _read(picture, factor + 2))
    return found


def _tiles(shape: tuple[int, ...]) -> list[Box]:
    """Overlapping squares that cover a large picture, so that small text is not lost by making it smaller."""
    step = _TILE - _OVERLAP
    rows = range(0, max(1, shape[0] - _OVERLAP), step)
    columns = range(0, max(1, shape[1] - _OVERLAP), step)
    return [(left, top, min(left + _TILE, shape[1]), min(top + _TILE, shape[0])) for top in rows for left in columns]


def _of_tile(picture: "NDArray[np.uint8]", tile: Box) -> list[Word]:
    left, top, right, bottom = tile
    part = np.ascontiguousarray(picture[top:bottom, left:right])
    if not may_hold_text(part):
        return []
    return [moved(word, left, top) for word in words(part)]


def moved(word: Word, right: int, down: int) -> Word:
    """A word read from a part of a picture, at its place in the whole."""
    x0, y0, x1, y1 = word.box
    return Word((x0 + right, y0 + down, x1 + right, y1 + down), word.text, word.confidence)


def _read(picture: "NDArray[np.uint8]", factor: int) -> list[Word]:
    found = _engine()(_enlarge(picture, factor))
    if found is None or found.boxes is None:
        return []
    made = (
        Word(_box(box, factor, picture.shape), str(text), float(score))
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
    )
    return [word for word in made if word.confidence >= _LEAST and word.text.strip()]


def _both(one: list[Word], other: list[Word]) -> list[Word]:
    """Both readings of every line; where they agree, or hardly differ in what was certain, the surer one alone."""
    kept: list[Word] = []
    for word in sorted((*one, *other), key=lambda word: -word.confidence):
        same = [known for known in kept if _same_place(word.box, known.box)]
        if not any(known.text == word.text or known.confidence - word.confidence > _FAR for known in same):
            kept.append(word)
    return sorted(kept, key=lambda word: (word.box[1], word.box[0]))


def _same_place(one: Box, other: Box) -> bool:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    larger = max((one[2] - one[0]) * (one[3] - one[1]), (other[2] - other[0]) * (other[3] - other[1]))
    return width > 0 and height > 0 and 2 * width * height > larger


def _factor(shape: tuple[int, ...]) -> int:
    longest = max(shape[:2])
    return next((factor for factor, most in _ENLARGED if longest <= most), 1)


def _enlarge(picture: "NDArray[np.uint8]", factor: int) -> "NDArray[np.uint8]":
    import cv2

    larger = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR) if factor > 1 else picture
    border = int(np.median(larger))
    framed = cv2.copyMakeBorder(larger, _MARGIN, _MARGIN, _MARGIN, _MARGIN, cv2.BORDER_CONSTANT, value=border)
    return np.asarray(cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR), np.uint8)


def _box(corners: Any, factor: int, shape: tuple[int, ...]) -> Box:
    points = (np.asarray(corners, np.float64) - _MARGIN) / factor
    low, high = np.floor(points.min(axis=0)), np.ceil(points.max(axis=0))
    rows, columns = shape[:2]
    return (
        int(max(0, low[0])),
        int(max(0, low[1])),
        int(min(columns, high[0])),
        int(min(rows, high[1])),
    )


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    options = {
        "Global.log_level": "error",
        "Global.text_score": _LEAST,
        "Det.limit_type": "max",  # the picture has the size it needs already
        "Det.limit_side_len": _LARGEST,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    return RapidOCR(params=options)

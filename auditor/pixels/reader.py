"""Reads the text in the pictures of a file: sampled frames, overlays and icons. Never raises for what a file holds."""

from collections import OrderedDict
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from auditor.pixels import engine
from auditor.pixels.frames import Undecodable, count, decode
from auditor.pixels.gate import changed, may_hold_text
from auditor.pixels.memory import Memory
from auditor.pixels.overlays import pictures
from auditor.pixels.reading import PixelReading, TextBox
from auditor.pixels.region import overlap, union
from auditor.pixels.sampling import sample

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

PIXELS = "(7FE0,0010)"
_REMEMBERED = 256
_MOST_CHANGED = 0.6  # of the picture; beyond it the whole is read again


def missing() -> str:
    """Why text cannot be read here, or an empty string."""
    return engine.missing()


class Reader:
    """Reads text in pictures. Keep one a series: a picture that was read before is not read again.

    With a `memory`, a picture that another reader has read is not read again either.
    """

    def __init__(self, *, ocr: bool = True, memory: Memory | None = None) -> None:
        self._reason = engine.missing() if ocr else "pixels were left out on request"
        self._last: tuple[NDArray[np.uint8] | None, list[engine.Word]] = (None, [])
        self._seen: OrderedDict[bytes, list[engine.Word]] = OrderedDict()
        self._memory = memory

    def read(self, dataset: "Dataset") -> PixelReading:
        """Text of every picture in `dataset`; where a picture was not looked at, `not_evaluated` has the reason."""
        boxes: list[TextBox] = []
        faults: dict[str, str] = {}
        frames = count(dataset) if "Rows" in dataset and "PixelData" in dataset else 0
        looked = self._frames(dataset, frames, boxes, faults)
        self._others(dataset, boxes, faults)
        return PixelReading(tuple(_merged(boxes)), frames, looked, faults)

    def words(self, picture: "NDArray[np.uint8]") -> list[engine.Word]:
        """Text of one grey picture, through the gate and the memory."""
        if not may_hold_text(picture):
            return []
        key = blake2b(picture.tobytes(), digest_size=16, key=repr(picture.shape).encode()).digest()
        if key not in self._seen:
            self._seen[key] = self._known(key, picture)
            if len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        self._last = (picture, self._seen[key])
        return self._seen[key]

    def _known(self, key: bytes, picture: "NDArray[np.uint8]") -> list[engine.Word]:
        """What any reader with the same memory has read of the picture, or a reading of it now."""
        if self._memory is None:
            return self._fresh(picture)
        found = self._memory.get(key)
        if found is None:
            found = self._fresh(picture)
            self._memory.put(key, found)
        return found

    def _fresh(self, picture: "NDArray[np.uint8]") -> list[engine.Word]:
        """Read a picture that is new; where it equals the one before, the words found there count again."""
        before, known = self._last
        if before is None or before.shape != picture.shape:
            return engine.words(picture)
        box = changed(before, picture)
        if box is None:
            return known
        if (box[2] - box[0]) * (box[3] - box[1]) > _MOST_CHANGED * picture.size:
            return engine.words(picture)
        kept = [word for word in known if not overlap(word.box, box)]
        part = np.ascontiguousarray(picture[box[1] : box[3], box[0] : box[2]])
        return kept + [
            engine.moved(word, box[0], box[1]) for word in (engine.words(part) if may_hold_text(part) else [])
        ]

    def _frames(self, dataset: "Dataset", frames: int, boxes: list[TextBox], faults: dict[str, str]) -> int:
        if frames and self._reason:
            faults[PIXELS] = self._reason
            return 0
        looked = 0
        for frame in sample(frames):
            try:
                found = self.words(decode(dataset, frame))
            except Undecodable as error:
                faults[PIXELS] = f"frame {frame + 1}: {error}"
                continue
            looked += 1
            boxes += _boxes("pixels", PIXELS, frame, found)
        return looked

    def _others(self, dataset: "Dataset", boxes: list[TextBox], faults: dict[str, str]) -> None:
        for picture in pictures(dataset):
            if picture.grey is None or self._reason:
                faults[picture.locator] = picture.reason or self._reason
                continue
            found = self.words(picture.grey)
            boxes += _boxes(picture.place, picture.locator, picture.frame, found)


def _boxes(place: str, locator: str, frame: int, found: list[engine.Word]) -> list[TextBox]:
    return [TextBox(place, locator, frame, frame, word.box, word.text, word.confidence) for word in found]


def _merged(boxes: list[TextBox]) -> list[TextBox]:
    """The same text at the same place in several sampled frames as one box from the first to the last of them."""
    merged: dict[tuple[object, ...], TextBox] = {}
    for box in boxes:
        key = (box.locator, box.text, *(edge // 4 for edge in box.box))
        old = merged.get(key)
        if old is None:
            merged[key] = box
            continue
        both, best = union(old.box, box.box), max(old.confidence, box.confidence)
        merged[key] = TextBox(old.place, old.locator, old.first, max(old.last, box.last), both, old.text, best)
    return list(merged.values())

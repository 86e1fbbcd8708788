"""Recall of burned-in text by size, background, colour and direction; what the gate before it lets through.

python benchmarks/pixels_quality.py [--pictures N]
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from auditor.identifiers.spelling import near
from auditor.pixels import engine, frames
from auditor.pixels.gate import may_hold_text

_WORDS = (
    "QUILLFEATHER",
    "Brindlecombe",
    "OSTROVSKAYA",
    "Haverkamp",
    "TAKAHASHI",
    "Lindqvist",
    "MRN 448127",
    "12.03.1958",
)
_SIZES = {"8 px": 8, "11 px": 11, "16 px": 16, "28 px": 28}
_GROUNDS = ("flat", "noise", "slope", "speckle")
_COLOURS = {"white": (255, 255, 255), "yellow": (255, 255, 0), "red": (255, 40, 40), "grey": (170, 170, 170)}


def main() -> None:
    """Print recall by property, and the cost of the gate against that of reading."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=60, help="pictures to draw (default 60)")
    count = parser.parse_args().pictures
    drawn = random.Random(11)  # noqa: S311 - a fixed draw, so that runs can be compared
    read, passed, total = Counter[str](), Counter[str](), Counter[str]()
    gate = reading = 0.0
    for labels, word, picture in _pictures(drawn, count):
        started = time.process_time()
        through = may_hold_text(picture)
        gate += time.process_time() - started
        started = time.process_time()
        found = through and any(_same(word, line.text) for line in engine.words(picture))
        reading += time.process_time() - started
        for label in (*labels, "all"):
            total[label] += 1
            passed[label] += through
            read[label] += found
    for label in total:
        share, gated = 100 * read[label] / total[label], 100 * passed[label] / total[label]
        print(f"  {label:<12}{read[label]:>4}/{total[label]:<4} read {share:6.1f}%   through the gate {gated:6.1f}%")
    print(f"  the gate costs {gate / max(reading, 1e-9):.4f} of reading")
    flat = [_ground(drawn, kind, 256, 256) for kind in ("flat", "slope") for _ in range(10)]
    print(f"  pictures without strokes let through: {sum(map(may_hold_text, flat))}/{len(flat)}")


def _pictures(drawn: random.Random, count: int) -> Iterator[tuple[tuple[str, ...], str, NDArray[np.uint8]]]:
    engine.words(_ground(drawn, "slope", 64, 64))  # load the models before the clock runs
    for number in range(count):
        size, ground = list(_SIZES)[number % 4], _GROUNDS[number // 4 % 4]
        colour = list(_COLOURS)[number // 16 % 4]
        direction = ("upright", "upright", "turned")[number % 3]
        word = drawn.choice(_WORDS)
        plane = _ground(drawn, ground, 360, 480)
        coloured = np.repeat(plane[..., np.newaxis], 3, axis=2)
        _write(drawn, coloured, word, _SIZES[size], _COLOURS[colour])
        if direction == "turned":
            coloured = np.ascontiguousarray(np.rot90(coloured))
        yield (size, ground, colour, direction), word, frames.grey(coloured)


def _write(drawn: random.Random, picture: NDArray[np.uint8], word: str, height: int, colour: tuple[int, ...]) -> None:
    font = ImageFont.load_default(size=height * 1.4)  # capitals of `height` pixels
    image = Image.fromarray(picture)
    pen = ImageDraw.Draw(image)
    _, _, width, tall = pen.textbbox((0, 0), word, font=font)
    left = drawn.randint(4, max(5, int(picture.shape[1] - width - 4)))
    top = drawn.randint(4, int(picture.shape[0] - tall - 4))
    pen.text((left, top), word, font=font, fill=colour)
    picture[:] = np.asarray(image)


def _ground(drawn: random.Random, kind: str, rows: int, columns: int) -> NDArray[np.uint8]:
    made = np.random.default_rng(drawn.randrange(1 << 30))
    if kind == "noise":
        return made.normal(60, 14, (rows, columns)).clip(0, 255).astype(np.uint8)
    if kind == "slope":
        return np.tile(np.linspace(0, 150, columns), (rows, 1)).astype(np.uint8)
    if kind == "speckle":
        grains = made.rayleigh(34, (rows // 3, columns // 3)).clip(0, 140).astype(np.uint8)
        return np.asarray(cv2.resize(grains, (columns, rows), interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.full((rows, columns), 24, np.uint8)


def _same(word: str, text: str) -> bool:
    """Whether the line holds the word with at most one letter misread."""
    plain, line = word.lower().replace(" ", ""), text.lower().replace(" ", "")
    return plain in line or near(plain, line, 1)


if __name__ == "__main__":
    main()

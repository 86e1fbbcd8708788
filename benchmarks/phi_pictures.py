"""How well text in pictures is found by size, contrast, turn, colour, compression, frame and place.

Usage: python benchmarks/phi_pictures.py [--seed 7] [--each 2] [--misses]

Draws the pictures of fixtures/variants/pictures.py, scans them with OCR, and prints recall and letter by style.
"""

import argparse
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fixtures.variants.measure import Judged, judged, scan
from fixtures.variants.pictures import write


def main() -> None:
    """Draw, scan, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=int, default=2)
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        key = write(Path(place), seed=given.seed, each=given.each)
        lines = judged(key, scan(Path(place), ocr=True))
    rows: dict[str, list[Judged]] = defaultdict(list)
    for line in lines:
        rows[line.planted.kind].append(line)
        if line.planted.letter:
            rows["(all planted)"].append(line)
    for name, held in rows.items():
        count = len(held)
        found, right = (100 * sum(values) / count for values in ([x.hit for x in held], [x.right for x in held]))
        print(f"  {name:<22}{count:>4} found {found:6.1f} %   letter {right:6.1f} %")
    if given.misses:
        for line in lines:
            if line.wrong:
                print(f"{line.wrong:<9} {line.planted.kind:<20} {line.planted.file} {line.planted.text!r} {line.found}")


if __name__ == "__main__":
    main()

"""How well the header scan does on a corpus of many countries that shares nothing with any other.

Usage: python benchmarks/phi_variants.py [--seed 7] [--each 1] [--misses] [--keep FOLDER]

Makes the corpus of fixtures/variants, scans it with all rules, and prints recall, letter and decoys flagged by kind of
place and by country. `--misses` lists what was missed, wrong or flagged.
"""

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fixtures.variants.build import write
from fixtures.variants.measure import Judged, judged, scan


def main() -> None:
    """Make, scan, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=int, default=1)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = given.keep or Path(place)
        key = write(folder, seed=given.seed, each=given.each)
        lines = judged(key, scan(folder))
    for title, name in (("kind of place", "kind"), ("country", "country"), ("letter", "letter")):
        _print_table(title, lines, name)
    if given.misses:
        for line in lines:
            if line.wrong:
                print(f"{line.wrong:<9} {line.planted.country} {line.planted.kind:<20} {line.planted.letter} "
                      f"{line.planted.file} {line.planted.path} {line.planted.text!r} {line.found}")  # fmt: skip


def _print_table(title: str, lines: Iterable[Judged], name: str) -> None:
    rows: dict[str, list[Judged]] = defaultdict(list)
    for line in lines:
        rows[getattr(line.planted, name) or "decoy"].append(line)
        rows["(all decoys)" if not line.planted.letter else "(all planted)"].append(line)
    print(f"\n{title:<28} planted  found   letter   itself  | decoys flagged")
    for row, held in sorted(rows.items()):
        phi = [line for line in held if line.planted.letter]
        lures = [line for line in held if not line.planted.letter]
        share = (
            [
                100 * sum(one.hit for one in phi) / len(phi),
                100 * sum(one.right for one in phi) / len(phi),
                100 * sum(one.whole for one in phi) / len(phi),
            ]
            if phi
            else []
        )
        text = f"{len(phi):>7} {share[0]:6.2f} % {share[1]:6.2f} % {share[2]:6.2f} %" if phi else " " * 34
        print(f"  {row:<26} {text} | {len(lures):>5} {sum(one.hit for one in lures):>5}")


if __name__ == "__main__":
    main()

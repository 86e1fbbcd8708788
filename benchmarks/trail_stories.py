"""Recall, precision, names and oddities over made-up hospitals of several shapes: trail_stories.py [SHAPE...] [--words]

Each house is made anew (fixtures/makers/wards): other language, zone, staffing, shifts, spelling and columns, with
stories large, small and slow, and oddities that must not alarm. `--words` lists what was missed, misnamed or false.
"""

import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from auditor.config.trail import TrailSettings
from auditor.trail import investigate
from fixtures.makers.wards.estate import make
from fixtures.makers.wards.score import Score, score
from fixtures.makers.wards.shape import Shape, shapes

NOW = datetime(2026, 12, 31, tzinfo=UTC)


def measure(shape: Shape, *, context: bool = True) -> Score:
    """Make the house, search its trail, and score what was found."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        make(folder, shape)
        logs = investigate.find_logs(["logs"], folder)
        settings = TrailSettings(zone="" if context else shape.zone)
        tables = folder / "context" if context else None
        found = investigate.open_investigation(stack, logs, settings, tables, NOW, workers=1)
        investigate.detect(found, NOW)
        if found.failed:
            print("failed:", found.failed, file=sys.stderr)
        return score(folder, found.incidents)


def line(name: str, one: Score) -> str:
    """One row of the table."""
    recall, named = one.found / max(1, one.planted), one.named / max(1, one.planted)
    precision = one.true / max(1, one.told)
    return f"{name:<14}{one.planted:>8}{one.told:>8}{recall:>9.1%}{precision:>11.1%}{named:>8.1%}{len(one.odd):>10}"


def main(names: list[str], *, words: bool, context: bool, seeds: int) -> None:
    """Print the table."""
    print(f"{'house':<14}{'planted':>8}{'told':>8}{'recall':>9}{'precision':>11}{'named':>8}{'oddities':>10}")
    whole = Score()
    for name, shape in shapes().items():
        if names and name not in names:
            continue
        for seed in range(seeds):
            one = measure(replace(shape, seed=shape.seed + 1000 * seed), context=context)
            whole.add(one)
            print(line(f"{name} {shape.seed + 1000 * seed}", one), flush=True)
            if words:
                for title in ("missed", "misnamed", "false", "odd"):
                    for text in getattr(one, title):
                        print(f"    {title}: {text}")
    print(line("all", whole))


if __name__ == "__main__":
    given = sys.argv[1:]
    count = next((int(a.split("=")[1]) for a in given if a.startswith("--seeds=")), 1)
    main(
        [a for a in given if not a.startswith("--")],
        words="--words" in given,
        context="--no-context" not in given,
        seeds=count,
    )

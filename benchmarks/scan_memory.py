"""How much memory a header scan takes while it goes over more and more files.

    python benchmarks/scan_memory.py [FILES ...]

For each number of FILES (default 10000 100000) makes a tree of that many hard links to a few hundred small files
in series, scans it by `auditor scan --no-ocr` with one worker process, and looks at the resident memory of every
process of the scan once a second. Prints it once a minute, the most in each fifth of the run, and the rate. Memory is
flat when the last fifth takes no more than the middle one, and the bound holds for a worker.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from scan_speed import write_corpus

SEEDS = 600
BOUND = 300
FLAT = 1.15
AUDITOR = (sys.executable, "-m", "auditor")


def link(seeds: list[Path], folder: Path, files: int) -> None:
    """Make `files` hard links to `seeds` below `folder`, fifty a series and ten series a study."""
    for number in range(files):
        series, place = divmod(number, 50)
        home = folder / f"{series // 1000:04d}" / f"{series // 10:06d}" / f"s{series % 10}"
        if place == 0:
            home.mkdir(parents=True, exist_ok=True)
        os.link(seeds[number % len(seeds)], home / f"i{place:04d}.dcm")


def below(process: int) -> Iterator[int]:
    """A process and all that it started."""
    yield process
    with contextlib.suppress(FileNotFoundError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from below(int(child))


def megabytes(process: int) -> float:
    """Resident memory of one process; 0 when it has ended."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def watched(folder: Path, site: Path) -> tuple[list[tuple[float, float]], float]:
    """Scan `folder`; memory of the first process and the most of any other, once a second, and seconds in all."""
    words = ["scan", str(folder), "--no-ocr", "--executor", "process", "--workers", "1", "--fail-on", "none"]
    words += ["--config", str(site / "auditor.toml"), "--output", str(site / "result")]
    seen: list[tuple[float, float]] = []
    begun = time.monotonic()
    with (site / "said").open("w") as said:
        scan = subprocess.Popen([*AUDITOR, *words], stdout=said, stderr=said)
        while scan.poll() is None:
            first, *others = [megabytes(process) for process in below(scan.pid)]
            seen.append((first, max(others, default=0.0)))
            if len(seen) % 60 == 0:
                print(f"{len(seen):8d} s: starter {seen[-1][0]:.0f} MB, worker {seen[-1][1]:.0f} MB", flush=True)
            time.sleep(1)
    if scan.returncode not in (0, 1):
        print((site / "said").read_text()[-2000:])
    return seen, time.monotonic() - begun


def fifths(values: list[float]) -> list[float]:
    """The most in each fifth of a run."""
    edges = [round(len(values) * part / 5) for part in range(6)]
    return [max(values[one : max(other, one + 1)], default=0.0) for one, other in pairwise(edges)]


def measure(files: int) -> bool:
    """Scan `files` files, print what it took, and say whether memory was flat and within the bound."""
    with tempfile.TemporaryDirectory() as name:
        site = Path(name)
        subprocess.run([*AUDITOR, "init", str(site / "site")], check=True, capture_output=True)
        (site / "seeds").mkdir()
        link(write_corpus(site / "seeds", SEEDS, different=False), site / "tree", files)
        seen, seconds = watched(site / "tree", site / "site")
    starter, workers = fifths([one for one, _ in seen]), fifths([other for _, other in seen])
    held = max(workers) <= BOUND and workers[-1] <= FLAT * workers[2]
    print(f"{files:8d} files in {seconds:.0f} s, {files / seconds:.0f} a second: {'held' if held else 'MISSED'}")
    print("          worker  MB, most in each fifth: " + "  ".join(f"{each:.0f}" for each in workers))
    print("          starter MB, most in each fifth: " + "  ".join(f"{each:.0f}" for each in starter), flush=True)
    return held


if __name__ == "__main__":
    sys.exit(int(not all([measure(int(word)) for word in sys.argv[1:] or ("10000", "100000")])))

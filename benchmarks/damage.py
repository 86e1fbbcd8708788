"""What damaged files do to the header scan: nothing but a row of the inventory each, in little time and memory.

    python benchmarks/damage.py [COUNT] [FIRST_SEED]

Damages pydicom's own test files COUNT times (default 100,000), the same way for the same seed, and scans each as a
worker does, pixels left out. A file that ends with anything but one row, raises, takes longer than 5 s or makes the
process grow by more than 500 MB is a fault, and is named with its seed. A process that dies or hangs is started
anew behind the file it died of. Prints how the files ended, what the slowest took, and every fault.
"""

import faulthandler
import multiprocessing
import resource
import sys
import tempfile
import time
import warnings
from collections import Counter
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from auditor.config.headers import HeadersSettings
from auditor.dicomio import Found, find
from auditor.headers.plan import target
from auditor.headers.room import ROOM
from auditor.identifiers.protector import SiteProtector
from auditor.model.outcome import Disposition
from auditor.model.ports import Context
from auditor.model.target import Chunk
from tests.dicomio.mutate import mutated
from tests.dicomio.oracle import files_of_pydicom

COUNT = 100_000
SECONDS, MEGABYTES = 5.0, 500
LARGEST = 1 << 18
BASKET = 500


class Ended(NamedTuple):
    """How one file ended: its seed and source, the outcome or the fault, and seconds."""

    seed: int
    source: str
    outcome: str
    seconds: float


def sources() -> list[Path]:
    """The files that are damaged."""
    return [path for path in files_of_pydicom() if 0 < path.stat().st_size <= LARGEST]


def scanned(folder: Path) -> str:
    """Scan the one file in `folder` as a worker does; how it ended, or what is wrong with that."""
    settings = HeadersSettings(ocr=False)
    now = datetime(2026, 1, 31, tzinfo=UTC)
    context = Context(now, SiteProtector(bytes(32)), settings=settings, base=folder, options={"ocr": False})
    (met,) = find(folder)
    readings = list(ROOM.read(Chunk("damage", (target(met),)), frozenset(ROOM.catalogue.specs), context))
    (row,) = [reading.row for reading in readings]
    if row.disposition is not Disposition.READ and not row.reason:
        return "FAULT: no reason given"
    return str(row.disposition if isinstance(met, Found) else f"{row.disposition} when found")


def work(first: int, last: int, told: Connection) -> None:
    """Damage and scan one file for each seed, telling how each ended as soon as it has."""
    warnings.simplefilter("ignore")
    files = sources()
    held: dict[Path, bytes] = {}
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "m.dcm").write_bytes(files[0].read_bytes())
        scanned(Path(name))  # word lists and patterns are loaded once a process, and are no file's doing
        for seed in range(first, last):
            source = files[seed % len(files)]
            raw = held.get(source) or held.setdefault(source, source.read_bytes())
            (Path(name) / "m.dcm").write_bytes(mutated(raw, seed))
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            faulthandler.dump_traceback_later(2 * SECONDS, exit=True)
            begun = time.process_time()
            try:
                outcome = scanned(Path(name))
            except Exception as error:  # whatever it is, it is a fault
                outcome = f"FAULT: {type(error).__name__}: {error}"
            seconds = time.process_time() - begun
            faulthandler.cancel_dump_traceback_later()
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            if seconds > SECONDS or grown > MEGABYTES:
                outcome = f"FAULT: {seconds:.1f} s, {grown:.0f} MB more"
            told.send(Ended(seed, source.name, outcome, seconds))
    told.close()


def basket(first: int, last: int) -> list[Ended]:
    """Do the seeds in a process of their own, and go on in another where it dies."""
    ended: list[Ended] = []
    while first < last:
        here, there = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("spawn").Process(target=work, args=(first, last, there))
        process.start()
        there.close()
        try:
            while True:
                ended.append(here.recv())
                first = ended[-1].seed + 1
        except EOFError:
            process.join()
        if first < last:
            ended.append(Ended(first, "?", f"FAULT: the process ended with {process.exitcode}", 0.0))
            first += 1
    return ended


def main(count: int, first: int) -> int:
    """Print how all files ended; 1 when there is any fault."""
    ended: list[Ended] = []
    size = max(BASKET, count // 20)
    for start in range(first, first + count, size):
        ended += basket(start, min(start + size, first + count))
        print(f"{len(ended)} of {count}", flush=True)
    for outcome, number in Counter(one.outcome for one in ended if "FAULT" not in one.outcome).most_common():
        print(f"{number:8d}  {outcome}")
    slowest = max(ended, key=lambda one: one.seconds)
    print(f"slowest {slowest.seconds:.2f} s of CPU ({slowest.source}, seed {slowest.seed})")
    faults = [one for one in ended if "FAULT" in one.outcome]
    for fault in faults:
        print(f"{fault.outcome}  ({fault.source}, seed {fault.seed})")
    print(f"{len(ended)} files, {len(faults)} faults")
    return int(bool(faults))


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(main(numbers[0] if numbers else COUNT, numbers[1] if len(numbers) > 1 else 0))

"""What walking raw elements costs, as ratios to a bare pydicom header read in the same run.

    python benchmarks/walker_speed.py [FILES]

Makes its own corpus from files that come with pydicom: series whose instances differ in UIDs, numbers, positions
and times, as real ones do. Prints CPU ratios, the best of several rounds; 1.000 is
``pydicom.dcmread(stop_before_pixels=True)`` with nothing looked at. Only ratios carry over to other machines.
"""

import gc
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pydicom
from pydicom.data import get_testdata_file
from pydicom.uid import generate_uid

from auditor.dicomio import FileBlob, Memo, Walker, expand, read

# share of the corpus in per cent, and the file its series are made from
SOURCES = (
    (60, "CT_small.dcm"),
    (20, "MR_small.dcm"),
    (5, "emri_small.dcm"),
    (5, "examples_palette.dcm"),
    (5, "reportsi.dcm"),
    (3, "rtplan.dcm"),
    (2, "eCT_Supplemental.dcm"),
)
ROUNDS = 5


def make_corpus(folder: Path, count: int) -> list[Path]:
    """Write about `count` files below `folder` and return their paths."""
    paths = []
    for share, name in SOURCES:
        source = pydicom.dcmread(str(get_testdata_file(name)))
        for number in range(max(1, count * share // 100)):
            dataset = source
            dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
            dataset.InstanceNumber = number + 1
            dataset.ContentTime = f"{9 + number % 12:02d}{number % 60:02d}15.{number % 1000:03d}"
            if "ImagePositionPatient" in dataset:
                dataset.ImagePositionPatient = [-125, -125, 1.25 * number]
                dataset.SliceLocation = 1.25 * number
            path = folder / f"{name.removesuffix('.dcm')}_{number:05d}.dcm"
            dataset.save_as(path)
            paths.append(path)
    return paths


def bare_read(paths: list[Path]) -> None:
    """What everything is compared with."""
    for path in paths:
        pydicom.dcmread(path, stop_before_pixels=True)


def read_bytes(paths: list[Path]) -> None:
    """The floor: open each file and read its first bytes."""
    for path in paths:
        blob = FileBlob.open(path)
        blob.pread(0, 8192)
        blob.close()


def walk_all(paths: list[Path]) -> None:
    """Walk every element at every depth."""
    walker = Walker()
    for path in paths:
        with read(FileBlob.open(path), first=walker.first) as file:
            walker.walk(file)


def walk_memo(memo: Memo) -> Callable[[list[Path]], None]:
    """Walk with a memo; what is not in it yet counts as judged and clean."""

    def walk(paths: list[Path]) -> None:
        walker = Walker()
        for path in paths:
            with read(FileBlob.open(path), first=walker.first) as file:
                walked = walker.walk(file, memo)
                memo.keep(walked, [None] * len(walked.elements))

    return walk


def walk_expand(paths: list[Path]) -> None:
    """Walk and decode every text, with no memo: what a corpus costs in which every value differs."""
    walker = Walker()
    for path in paths:
        with read(FileBlob.open(path), first=walker.first) as file:
            for element in walker.walk(file).elements:
                expand(element)


def peek_identity(paths: list[Path]) -> None:
    """Read four attributes of the patient and nothing else."""
    tags = frozenset({0x00080050, 0x00100010, 0x00100020, 0x00100030})
    walker = Walker()
    for path in paths:
        with read(FileBlob.open(path)) as file:
            walker.peek(file, tags)


def measure(work: Callable[[list[Path]], None], paths: list[Path]) -> float:
    """CPU seconds of one pass, the best of several."""
    best = float("inf")
    for _ in range(ROUNDS):
        gc.collect()
        start = time.process_time()
        work(paths)
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    """Make the corpus, measure, print."""
    warnings.simplefilter("ignore")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        paths = make_corpus(Path(folder), count)
        bare = measure(bare_read, paths)
        memo = Memo()
        rows = [
            ("read the first bytes", read_bytes),
            ("peek at the identity", peek_identity),
            ("walk all elements", walk_all),
            ("walk all, memo warm", walk_memo(memo)),
            ("walk all, every text decoded, no memo", walk_expand),
        ]
        print(f"{len(paths)} files; bare pydicom header read 1.000 ({bare / len(paths) * 1e6:.0f} us a file here)")
        for name, work in rows:
            print(f"{measure(work, paths) / bare:6.3f}  {name}")


if __name__ == "__main__":
    main()

"""What a header scan costs: all rules on all files in one process, as a share of a bare pydicom read of the headers.

    python benchmarks/scan_speed.py [FILES]

Makes corpora of FILES (default 400) of two kinds: as hospitals have them, where the files of a series repeat nearly
all their values, and with every file of another patient and all its texts different, which no memo can help with.
Every round has a corpus of its own, so that nothing is known from the round before but what a worker learns of any
file. The scan is the headers room with every rule of the default profile, without pixels; the bare read is pydicom's
`dcmread` with `stop_before_pixels` over the same files. Both are measured in turns in one run, so that only ratios
count.
"""

import random
import string
import sys
import tempfile
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time

import pydicom
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import generate_uid

from auditor.audit.rooms import catalogues
from auditor.config.headers import HeadersSettings
from auditor.engine.frameworks import load_frameworks
from auditor.engine.judge import Judge
from auditor.engine.load import load_rules
from auditor.engine.profiles import Selection, select
from auditor.headers.room import ROOM
from auditor.identifiers.protector import SiteProtector
from auditor.model.ports import Context
from auditor.model.run import Request
from auditor.resources import rules_folder

SEEDS = (("CT_small.dcm", 3), ("MR_small.dcm", 1), ("US1_J2KR.dcm", 1), ("liver.dcm", 1))
SERIES = 50
ROUNDS = 3
BOUNDS = {"repeating": 0.40, "all different": 0.90}
NOW = datetime(2026, 1, 31, tzinfo=UTC)
_TEXT_VRS = frozenset(("LO", "SH", "ST", "LT", "UT", "PN"))


def write_corpus(folder: Path, files: int, *, different: bool, seed: int = 0) -> list[Path]:
    """Write `files` files to `folder`, SERIES to a folder, and return their paths; other values for another seed.

    A folder is a series, or holds as many patients as files where they are `different`.
    """
    chance = random.Random(f"{seed}")  # noqa: S311 - a corpus, no secret
    names = [name for name, weight in SEEDS for _ in range(weight)]
    paths = []
    for number in range(files):
        series, place = divmod(number, SERIES)
        dataset = deepcopy(_seed(names[series % len(names)]))
        about = f"{seed} {number if different else series}"
        _identify(dataset, random.Random(about))  # noqa: S311 - a corpus, no secret
        uid = generate_uid(entropy_srcs=[f"{seed} {number}"])
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = uid
        dataset.SeriesInstanceUID = generate_uid(entropy_srcs=[f"series {about}"])
        dataset.InstanceNumber = place + 1
        dataset.ContentTime = f"{chance.randrange(24):02d}{chance.randrange(60):02d}{chance.randrange(60):02d}"
        if different:
            dataset.walk(lambda _, element, chance=chance: _differ(element, chance))
        path = folder / f"s{series:04d}" / f"i{place:04d}.dcm"
        path.parent.mkdir(parents=True, exist_ok=True)
        dataset.save_as(path)
        paths.append(path)
    return paths


def _seed(name: str) -> FileDataset:
    dataset = pydicom.dcmread(str(get_testdata_file(name)))
    if "PixelData" in dataset and not dataset.file_meta.TransferSyntaxUID.is_compressed:
        dataset.NumberOfFrames = 1
        dataset.Rows, dataset.Columns, dataset.PixelData = (
            2,
            2,
            bytes(2 * 2 * 2 * int(dataset.get("SamplesPerPixel", 1))),
        )
    return dataset


def _identify(dataset: Dataset, chance: random.Random) -> None:
    dataset.PatientName = f"{_word(chance)}^{_word(chance)}"
    dataset.PatientID = f"{chance.randrange(10**7):07d}"
    dataset.PatientBirthDate = f"{chance.randrange(1930, 2015)}0{chance.randrange(1, 10)}1{chance.randrange(10)}"
    dataset.StudyInstanceUID = generate_uid(entropy_srcs=[str(chance.random())])
    dataset.ReferringPhysicianName = f"{_word(chance)}^{_word(chance)}"
    dataset.InstitutionName = f"{_word(chance)} Hospital"
    dataset.StudyDescription = "CT abdomen with contrast"


def _differ(element: pydicom.DataElement, chance: random.Random) -> None:
    if element.VR in _TEXT_VRS and element.value and element.VM == 1:
        element.value = f"{_word(chance)} {_word(chance)} {chance.randrange(10**5)}"


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(string.ascii_lowercase, k=chance.randrange(4, 9))).capitalize()


def chosen() -> Selection:
    """Every rule of the default profile."""
    folder = rules_folder()
    return select(load_rules([folder], catalogues(), load_frameworks(folder / "frameworks")), "default", [folder])


def scan(folder: Path, selection: Selection) -> tuple[int, int]:
    """Scan `folder` as one worker does, rules compiled once; return how many files were read and findings made."""
    settings = HeadersSettings(ocr=False)
    context = Context(NOW, SiteProtector(b"k" * 32), settings=settings, base=folder, options={"ocr": False})
    read = found = 0
    judge = Judge(selection, ROOM.catalogue, NOW, context.protector)
    for chunk in ROOM.plan(Request("headers", (str(folder),)), context):
        judge.start()
        for reading in ROOM.read(chunk, judge.wanted, context):
            read += 1
            found += sum(len(judge.judge(facts)) for facts in reading.facts)
    return read, found


def read_bare(paths: list[Path]) -> None:
    """What everything is compared with: pydicom reads the headers of `paths`, one after the other, and lets them go."""
    for path in paths:
        pydicom.dcmread(path, stop_before_pixels=True)


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process that `work` takes."""
    begun = process_time()
    work()
    return process_time() - begun


def main(files: int) -> int:
    """Print the ratios; 1 when a bound is missed."""
    selection = chosen()
    missed = 0
    for label, bound in BOUNDS.items():
        ratios = []
        for seed in range(ROUNDS + 1):  # the first one warms up
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                paths = write_corpus(folder, files, different=label != "repeating", seed=seed)
                bare = cpu(lambda paths=paths: read_bare(paths))
                begun = process_time()
                read, found = scan(folder, selection)
                ratios.append((process_time() - begun) / bare)
        ratio = median(ratios[1:])
        missed += ratio > bound
        rules = len(selection.of_room("headers"))
        print(
            f"{label:<14} {ratio:6.3f} of a bare read (bound {bound:.2f}: {'held' if ratio <= bound else 'MISSED'}); "
            f"{read} files, {rules} rules, {found / max(read, 1):.1f} findings a file"
        )
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 400))

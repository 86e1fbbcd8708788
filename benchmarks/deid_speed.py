"""CPU a file of de-identification, verification included, beside other tools in one run: only the ratios mean anything.

`deid_speed.py [--files N] [--peers PYTHON]`: PYTHON is an interpreter in an environment of its own, since the other
tools are no dependency of this one: `python3 -m venv peers && peers/bin/pip install dicognito==0.19.0
dicom-anonymizer==2.1.0 deid==0.4.13 dcmanon==0.3.1`, then `--peers peers/bin/python`. Tools that are not there are left
out. The corpus is made of pydicom's own test files, without pixels, as series of like files. Each tool runs on N and
on 2N files; what is compared is the difference, so that starting up counts for nobody.
"""

import argparse
import logging
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

_SOURCES = ("CT_small.dcm", "MR_small.dcm", "examples_overlay.dcm", "rtplan.dcm", "reportsi.dcm", "rtdose.dcm")
_PEERS = {
    "dicognito": "import sys; from dicognito.__main__ import main; main(['-o', sys.argv[2], '-q', sys.argv[1]])",
    "dicom-anonymizer": (
        "import sys; from pathlib import Path\n"
        "from dicomanonymizer.simpledicomanonymizer import anonymize_dicom_file as f\n"
        "o = Path(sys.argv[2]); o.mkdir(exist_ok=True)\n"
        "for p in Path(sys.argv[1]).rglob('*.dcm'): f(str(p), str(o / p.name))"
    ),
    "deid": (
        "import os, sys\n"
        "os.environ['MESSAGELEVEL'] = 'CRITICAL'\n"
        "from pathlib import Path\n"
        "from deid.config import DeidRecipe\n"
        "from deid.dicom import get_identifiers, replace_identifiers\n"
        "files = [str(p) for p in Path(sys.argv[1]).rglob('*.dcm')]\n"
        "Path(sys.argv[2]).mkdir(exist_ok=True)\n"
        "recipe, ids = DeidRecipe(), get_identifiers(files)\n"
        "replace_identifiers(dicom_files=files, deid=recipe, ids=ids, save=True, output_folder=sys.argv[2])"
    ),
    "dcmanon": (
        "import sys; from pathlib import Path; from dcmanon import Anonymizer\n"
        "a, o = Anonymizer(), Path(sys.argv[2]); o.mkdir(exist_ok=True)\n"
        "for p in Path(sys.argv[1]).rglob('*.dcm'): (o / p.name).write_bytes(a.anonymize(str(p)))"
    ),
}
_MODULES = {"dicognito": "dicognito", "dicom-anonymizer": "dicomanonymizer", "deid": "deid", "dcmanon": "dcmanon"}
_OURS = (
    "import sys; from pathlib import Path; from auditor.api import deid; from auditor.config.load import load\n"
    "flags = {'store.path': sys.argv[2] + '.store', 'audit.executor': 'serial'}\n"
    "c = load(None, flags=flags, start=Path(sys.argv[1]))\n"
    "r = deid(sys.argv[1], sys.argv[2], configuration=c, profile='basic', ocr=False)\n"
    "held = [one.reason for one in (*r.withheld, *r.quarantined)]\n"
    "told = [t for t in r.run.tallies if set(t.counts) - {'pass', 'not_applicable'}]\n"
    "held += [f'{t.rule} {dict(t.counts)}' for t in told if held]\n"
    "sys.exit('; '.join(held) or 0)"
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default="", help="an interpreter that has the other tools")
    given = parser.parse_args()
    tools = {"auditor": (sys.executable, _OURS)}
    if given.peers:
        tools |= {name: (given.peers, code) for name, code in _PEERS.items() if _has(given.peers, name)}
    with tempfile.TemporaryDirectory() as scratch:
        small, large = Path(scratch, "n"), Path(scratch, "2n")
        build(small, given.files)
        build(large, 2 * given.files)
        costs: dict[str, list[float]] = {name: [] for name in tools}
        for _ in range(given.rounds):
            for name, (python, code) in tools.items():
                first, second = (_cpu(python, code, corpus, Path(scratch, "out")) for corpus in (small, large))
                costs[name].append((second - first) / given.files)
    base = statistics.median(costs["dicognito"]) if "dicognito" in costs else None
    for name, found in costs.items():
        cost = statistics.median(found)
        ratio = f"  {cost / base:5.2f} of dicognito" if base else ""
        print(f"{name:<18}{1000 * cost:8.2f} ms CPU a file{ratio}")


def build(folder: Path, number: int) -> None:
    """Write `number` files in series of 50 without pixels; each has its own UID, number and position."""
    import pydicom
    from pydicom.data import get_testdata_file

    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    sources = [pydicom.dcmread(get_testdata_file(name), stop_before_pixels=True) for name in _SOURCES]
    folder.mkdir()
    for index in range(number):
        dataset = sources[index // 50 % len(sources)]
        dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.3680043.9.{index}.1"
        dataset.SeriesInstanceUID = f"1.2.826.0.1.3680043.9.{index // 50}.2"
        dataset.PatientID, dataset.PatientName = f"MRN-{index // 150:05d}", f"Example^Patient{index // 150}"
        dataset.InstanceNumber = index % 50
        dataset.save_as(folder / f"{index:06d}.dcm")


def _has(python: str, name: str) -> bool:
    command = [python, "-W", "ignore", "-c", f"import {_MODULES[name]}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _cpu(python: str, code: str, corpus: Path, out: Path) -> float:
    for left in out.parent.glob(out.name + "*"):
        shutil.rmtree(left, ignore_errors=True)
    before = os.times()
    command = [python, "-W", "ignore", "-c", code, str(corpus), str(out)]
    ended = subprocess.run(command, check=False, timeout=600, capture_output=True, text=True)
    if ended.returncode:
        raise SystemExit(f"{command[0]} failed ({ended.returncode}): {ended.stdout[-300:]}{ended.stderr[-600:]}")
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    main()

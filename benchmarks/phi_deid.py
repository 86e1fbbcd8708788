"""De-identify a corpus for a scorer: `phi_deid.py CORPUS OUT` writes copies under their source paths, and the maps.

Renames files and writes uids.csv and patients.csv (id_old,id_new); everything else is the product's own output.
`--no-ocr` leaves burned-in text out, `--no-scan` shows staging without the release.
"""

import argparse
import csv
import shutil
import tempfile
from pathlib import Path

from auditor.api import deid
from auditor.audit.deidjob import job_from
from auditor.config.load import load
from auditor.deid.run import Workplace, stage
from auditor.deid.uids import UidMap

_KEY = "5a" * 32


def main() -> None:
    """Run the product and arrange what it wrote."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--profile", default="tcia")
    parser.add_argument("--no-ocr", action="store_true")
    parser.add_argument("--no-scan", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        key = folder / "key"
        key.write_text(_KEY, "ascii")
        key.chmod(0o600)
        settings = load(None, flags={"store.path": str(folder / "store")}, start=folder)
        job, _ = job_from(settings, given.corpus, profile=given.profile, project_key=key, ocr=not given.no_ocr)
        if given.no_scan:
            place = Workplace(folder / "work")
            outcomes = [one for one in stage(job, place).outcomes if one.path]
            root, held = place.staging, []
        else:
            release = deid(given.corpus, folder / "copy", configuration=settings, job=job)
            outcomes, root = list(release.released), folder / "copy"
            held = [*release.withheld, *release.quarantined]
        _arrange(given, outcomes, root)
        print(f"{len(outcomes)} copies, {len(held)} held back")
        for outcome in held:
            print(f"  {outcome.locator}: {outcome.reason or 'the scan objected'}")


def _arrange(given: argparse.Namespace, outcomes: list, root: Path) -> None:
    for outcome in outcomes:
        target = given.out / outcome.locator
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / outcome.path, target)
    uids, patients = UidMap(bytes.fromhex(_KEY)), {}
    originals = set()
    for outcome in outcomes:
        import pydicom

        dataset = pydicom.dcmread(given.corpus / outcome.locator, stop_before_pixels=True, force=True)
        patients[str(dataset.get("PatientID", ""))] = outcome.patient
        dataset.walk(lambda _, element: originals.update(_uids(element)))
    _table(given.out / "uids.csv", {uid: uids.new(uid) for uid in sorted(originals)})
    _table(given.out / "patients.csv", {old: new for old, new in patients.items() if old})


def _uids(element: object) -> list[str]:
    value = getattr(element, "value", None)
    if getattr(element, "VR", "") != "UI" or not value:
        return []
    return [str(value)] if isinstance(value, str) else [str(one) for one in value]


def _table(path: Path, pairs: dict[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("id_old", "id_new"))
        writer.writerows(pairs.items())


if __name__ == "__main__":
    main()

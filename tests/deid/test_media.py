"""A DICOMDIR follows its files, and references between objects still lead somewhere."""

from pathlib import Path

import pydicom
import pytest
from pydicom.fileset import FileSet

from auditor.deid.plan import DeidPlan, Fate
from auditor.deid.profile import load_profile
from auditor.deid.run import Workplace, stage
from tests.deid.corpus import NUMBER, PATIENT, write


@pytest.fixture
def file_set():
    """Opens file sets, and cleans up their scratch folders, which pydicom leaves to the garbage collector."""
    opened = []

    def make(path=None):
        opened.append(FileSet(path))
        return opened[-1]

    yield make
    for one in opened:
        one._stage["t"].cleanup()


@pytest.fixture
def medium(tmp_path, file_set):
    made = file_set()
    for number in (1, 2, 3):
        made.add(write(tmp_path / "loose", number=number))
    made.add(write(tmp_path / "loose", number=4, name="Haddad^Omar", patient="EG-1"))
    made.write(tmp_path / "medium")
    return tmp_path / "medium"


def staged(source, tmp_path):
    plan = DeidPlan(str(source), load_profile("tcia"), b"k" * 32, ocr=False)
    return stage(plan, Workplace(tmp_path / "work"))


def test_records_lead_to_the_copies_and_name_nobody(medium, tmp_path, file_set):
    done = staged(medium, tmp_path)
    assert {one.fate for one in done.outcomes} == {Fate.STAGED}
    root = tmp_path / "work" / "staging"
    copy = file_set(root / "DICOMDIR")
    assert len(copy) == 4
    assert len(copy.find_values("PatientID")) == 2
    for instance in copy:
        dataset = instance.load()
        assert dataset.SOPInstanceUID == instance.SOPInstanceUID
        assert dataset.PatientID == instance.PatientID
    raw = (root / "DICOMDIR").read_bytes()
    assert NUMBER.encode() not in raw
    assert PATIENT.split("^")[0].encode("latin-1") not in raw


def test_the_record_of_a_file_that_is_withheld_is_gone(medium, tmp_path, file_set):
    victim = next(path for path in sorted(medium.rglob("*")) if path.is_file() and path.name != "DICOMDIR")
    victim.write_bytes(victim.read_bytes()[:900])
    done = staged(medium, tmp_path)
    assert [one.fate for one in done.outcomes].count(Fate.WITHHELD) == 1
    copy = file_set(tmp_path / "work" / "staging" / "DICOMDIR")
    assert len(copy) == 3
    assert all(Path(instance.path).is_file() for instance in copy)


def test_every_reference_resolves_in_the_copy_if_it_did_in_the_source(medium, tmp_path):
    staged(medium, tmp_path)
    there = set()
    wanted = set()
    for path in (tmp_path / "work" / "staging").rglob("*"):
        if path.is_file() and path.name != "DICOMDIR":
            dataset = pydicom.dcmread(path)
            there.add(dataset.SOPInstanceUID)
            wanted |= {item.ReferencedSOPInstanceUID for item in dataset.ReferencedImageSequence}
    assert wanted
    assert wanted <= there

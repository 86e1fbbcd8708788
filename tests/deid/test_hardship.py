"""What goes wrong on the way is told, costs no more than what it touches, and is taken up where it stopped."""

import os
import resource
import signal
import stat
from hashlib import sha256
from pathlib import Path

import pydicom
import pytest
from pydicom.fileset import FileSet

from auditor.api import deid
from auditor.config.load import load
from auditor.deid.journal import Journal
from auditor.deid.people import Subject
from auditor.deid.plan import DeidPlan, Fate, Outcome, RecipeFiles
from auditor.deid.profile import load_profile
from auditor.deid.run import Workplace, stage
from auditor.errors import StoreError, TargetError
from tests.deid.corpus import write

KEY = b"k" * 32


def released(tmp_path, out, executor, workers=0, **more):
    flags = {"store.path": str(tmp_path / f"{out}.store"), "audit.executor": executor, "audit.workers": workers}
    (tmp_path / "site").mkdir(exist_ok=True)
    settings = load(None, flags=flags, start=tmp_path / "site")
    key = tmp_path / "project.key"
    if not key.exists():
        key.write_text("a7" * 32, "ascii")
        key.chmod(0o600)
    return deid(tmp_path / "in", tmp_path / out, configuration=settings, project_key=key, ocr=False, **more)


def digests(folder):
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_any_number_of_processes_gives_the_same_files_and_the_same_certificate(tmp_path):
    for number in range(36):
        write(tmp_path / "in" / f"s{number // 12}", number=number, patient=f"SE-{number // 12}")
    one = released(tmp_path, "one", "serial")
    two = released(tmp_path, "two", "process", 2)
    assert one.complete
    assert two.complete
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert one.certificate == two.certificate


def test_a_full_disk_stops_the_run_with_a_sentence_and_the_next_one_goes_on(tmp_path):
    for number in (1, 2, 3):
        write(tmp_path / "in", number=number)
    large = pydicom.dcmread(write(tmp_path / "in", number=4))
    large.PixelData = large.PixelData * 8
    large.NumberOfFrames = 8
    large.save_as(tmp_path / "in" / "Sorensen_004.dcm")
    plan = DeidPlan(str(tmp_path / "in"), load_profile("tcia"), KEY, ocr=False)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
        with pytest.raises(StoreError, match="cannot be written"):
            stage(plan, Workplace(tmp_path / "work"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert not [path for path in (tmp_path / "work").rglob("*.dcm") if path.stat().st_size > 90_000]
    done = stage(plan, Workplace(tmp_path / "work"))
    assert [one.fate for one in done.outcomes] == [Fate.STAGED] * 4


def test_a_disk_that_fills_up_under_the_journal_is_told_in_four_parts(tmp_path):
    with pytest.raises(StoreError, match="journal cannot be written") as told, Journal(Path("/dev/full")) as journal:
        journal.write("mark", Outcome("one.dcm", 8, Fate.WITHHELD, "a reason"))
    assert told.value.where == "/dev/full"
    assert "room" in told.value.right
    assert "same command again" in told.value.next_step


def test_a_file_that_changes_while_it_is_read_is_withheld(tmp_path):
    path = write(tmp_path / "in", number=1)
    write(tmp_path / "in", number=2, patient="SE-2")
    code = f"import os\ndef late(item, value, field, dicom):\n    os.utime({str(path)!r})\n    return 'x'\n"
    (tmp_path / "f.py").write_text(code, "utf-8")
    (tmp_path / "r.deid").write_text("FORMAT dicom\n%header\nREPLACE StudyID func:late\n", "utf-8")
    recipe = RecipeFiles((str(tmp_path / "r.deid"),), functions=str(tmp_path / "f.py"))
    plan = DeidPlan(str(tmp_path / "in"), load_profile("tcia"), KEY, ocr=False, recipe=recipe)
    done = stage(plan, Workplace(tmp_path / "work"))
    fates = {one.locator: (one.fate, one.reason) for one in done.outcomes}
    assert fates["Sorensen_001.dcm"] == (Fate.WITHHELD, "the file changed while it was read")
    assert fates["Sorensen_002.dcm"][0] is Fate.STAGED


def test_two_ids_of_one_patient_are_joined_by_the_sites_table(tmp_path):
    write(tmp_path / "in", number=1, patient="A-1")
    write(tmp_path / "in", number=2, patient="B-2", day="20260301")
    subjects = (Subject("A-1", "SUBJ-9"), Subject("B-2", "SUBJ-9"))
    plan = DeidPlan(str(tmp_path / "in"), load_profile("tcia"), KEY, subjects=subjects, ocr=False)
    done = stage(plan, Workplace(tmp_path / "work"))
    copies = [pydicom.dcmread(tmp_path / "work" / "staging" / one.path) for one in done.outcomes]
    assert {copy.PatientID for copy in copies} == {"SUBJ-9"}
    assert done.joined_ids == 1
    first, last = (pydicom.valuerep.DA(copy.StudyDate) for copy in copies)
    assert (last - first).days == 15


def test_a_record_of_a_quarantined_file_is_taken_out_of_the_dicomdir(tmp_path):
    medium = FileSet()
    for number in (1, 2):
        medium.add(write(tmp_path / "loose", number=number))
    medium.write(tmp_path / "in")
    profile = tmp_path / "leaky.yaml"
    profile.write_text(
        "name: leaky\ninherits: basic\nfile_name: '{root}/KOWALSKA_ZOFIA_19610317/{instance}'\n", "utf-8"
    )
    done = released(tmp_path, "out", "serial", profile=str(profile))
    medium._stage["t"].cleanup()
    assert len(done.quarantined) == 2
    directory = pydicom.dcmread(tmp_path / "out" / next(one.path for one in done.released))
    assert not [record for record in directory.DirectoryRecordSequence if record.DirectoryRecordType == "IMAGE"]


def test_a_source_without_any_dicom_is_an_error(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes.txt").write_text("no picture", "utf-8")
    with pytest.raises(TargetError, match="DICOM among them: 0"):
        released(tmp_path, "out", "serial")


def test_names_with_the_mark_of_archive_members_are_files_like_any_other(tmp_path):
    path = write(tmp_path / "in", number=1)
    path.rename(path.with_name("a!b.dcm"))
    done = released(tmp_path, "out", "serial")
    assert done.complete
    assert len(done.released) == 1


def test_what_is_released_is_new_and_for_the_owner_alone(tmp_path):
    path = write(tmp_path / "in", number=1)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    with path.open("ab") as stream:
        stream.write(b"Sorensen was here")
    done = released(tmp_path, "out", "serial")
    copy = tmp_path / "out" / done.released[0].path
    assert copy.stat().st_mtime > 1_500_000_000
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert b"was here" not in copy.read_bytes()

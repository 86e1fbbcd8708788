"""Whole files go in and come out de-identified: complete, consistent and still useful."""

from pathlib import Path

import pydicom
import pytest

from auditor.deid.plan import DeidPlan, Fate
from auditor.deid.profile import load_profile
from auditor.deid.run import Staged, Workplace, stage
from auditor.deid.uids import UidMap
from tests.deid.corpus import BORN, FRAME, NUMBER, STUDY, write

KEY = b"0123456789abcdef0123456789abcdef"
WORDS = (b"rensen", b"bengtsson", b"770312", b"070-123", b"norrlands")


def run(source: Path, place: Path, profile: str = "tcia", **more: object) -> tuple[Staged, list[Path]]:
    plan = DeidPlan(str(source), load_profile(profile), KEY, ocr=False, **more)
    staged = stage(plan, Workplace(place))
    return staged, [place / "staging" / one.path for one in staged.outcomes if one.fate is Fate.STAGED]


@pytest.fixture
def source(tmp_path):
    for number in (1, 2):
        write(tmp_path / "in" / "Sorensen", number=number)
    return tmp_path / "in"


@pytest.mark.parametrize("profile", ["basic", "hipaa-safe-harbor", "limited-data-set", "tcia"])
def test_no_identifier_is_left_anywhere_in_the_bytes_or_names(source, tmp_path, profile):
    staged, copies = run(source, tmp_path / "work", profile)
    assert [outcome.reason for outcome in staged.outcomes] == ["", ""]
    for copy in copies:
        raw = copy.read_bytes().lower()
        kept = (b"770312",) if profile == "limited-data-set" else ()  # 164.514(e) leaves birth dates
        assert not [word for word in WORDS if word in raw and word not in kept]
        assert "orensen" not in str(copy.relative_to(tmp_path)).lower()
        assert raw[:128] == bytes(128)


def test_text_keeps_its_meaning_and_clean_descriptors_their_bytes(source, tmp_path):
    _, copies = run(source, tmp_path / "work")
    copy = pydicom.dcmread(copies[0])
    assert "cykeln" in copy.ImageComments
    assert copy.StudyDescription == "MR hjärna"
    assert copy.SeriesDescription.startswith("T2 axial")
    assert copy.PatientSex == "F"


def test_uids_follow_everywhere_and_are_those_of_the_key(source, tmp_path):
    _, copies = run(source, tmp_path / "work")
    seen = {pydicom.dcmread(copy).SOPInstanceUID for copy in copies}
    uids = UidMap(KEY)
    for copy in map(pydicom.dcmread, copies):
        assert copy.StudyInstanceUID == uids.new(STUDY)
        assert copy.FrameOfReferenceUID == uids.new(FRAME)
        assert copy.file_meta.MediaStorageSOPInstanceUID == copy.SOPInstanceUID
        assert copy.ReferencedImageSequence[0].ReferencedSOPInstanceUID in seen


def test_dates_move_together_and_times_stay(source, tmp_path):
    write(source / "later", number=3, day="20260301")
    _, copies = run(source, tmp_path / "work")
    days = sorted(pydicom.dcmread(copy).StudyDate for copy in copies)
    assert days[0] == days[1] != "20260214"
    first, last = (pydicom.valuerep.DA(day) for day in (days[0], days[2]))
    assert (last - first).days == 15
    assert {pydicom.dcmread(copy).StudyTime for copy in copies} == {"101530"}


def test_pixels_and_everything_unchanged_are_copied_as_bytes(source, tmp_path):
    _, copies = run(source, tmp_path / "work")
    before = pydicom.dcmread(next(source.rglob("*.dcm")))
    after = pydicom.dcmread(copies[0])
    assert after.PixelData == before.PixelData
    assert after.file_meta.TransferSyntaxUID == before.file_meta.TransferSyntaxUID
    assert after["KVP"].value == before["KVP"].value


def test_markers_say_what_was_done(source, tmp_path):
    for profile, longitudinal in (("basic", "REMOVED"), ("tcia", "MODIFIED"), ("limited-data-set", "UNMODIFIED")):
        _, copies = run(source, tmp_path / profile, profile)
        copy = pydicom.dcmread(copies[0])
        assert copy.PatientIdentityRemoved == "YES"
        assert copy.LongitudinalTemporalInformationModified == longitudinal
        assert "BurnedInAnnotation" not in copy or copy.BurnedInAnnotation != "NO"
        codes = [item.CodeValue for item in copy.DeidentificationMethodCodeSequence]
        assert codes[0] == "113100"
        assert "113101" not in codes  # pixels were not looked at


def test_private_elements_go_with_their_creators(source, tmp_path):
    _, copies = run(source, tmp_path / "work")
    assert not [element for element in pydicom.dcmread(copies[0]) if element.tag.group == 0x0029]


def test_the_source_is_not_touched(source, tmp_path):
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in source.rglob("*.dcm")}
    run(source, tmp_path / "work")
    assert before == {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in source.rglob("*.dcm")}


def test_every_input_file_is_accounted_for(source, tmp_path):
    (source / "notes.txt").write_text("not DICOM", "utf-8")
    (source / "empty.dcm").write_bytes(b"")
    whole = (source / "Sorensen" / "Sorensen_001.dcm").read_bytes()
    (source / "cut.dcm").write_bytes(whole[:1200])
    staged, _ = run(source, tmp_path / "work")
    fates = {outcome.locator.split("/")[-1]: outcome.fate for outcome in staged.outcomes}
    assert fates["notes.txt"] == fates["empty.dcm"] == Fate.SKIPPED
    assert fates["cut.dcm"] == Fate.WITHHELD, staged.outcomes
    assert len(staged.outcomes) == 5


def test_a_stopped_run_goes_on_where_it_stopped(source, tmp_path):
    first, copies = run(source, tmp_path / "work")
    stamps = {path: path.stat().st_mtime_ns for path in copies}
    copies[0].write_bytes(b"torn")
    second, again = run(source, tmp_path / "work")
    assert [one.copy_digest for one in second.outcomes] == [one.copy_digest for one in first.outcomes]
    assert again[1].stat().st_mtime_ns == stamps[again[1]]
    assert pydicom.dcmread(again[0]).PatientIdentityRemoved == "YES"


def test_one_uid_in_two_different_files_gives_two_copies_with_one_uid_and_is_counted(source, tmp_path):
    write(source / "twice", "MR_small.dcm", number=1)
    staged, copies = run(source, tmp_path / "work")
    assert staged.twice == 1
    assert len(set(copies)) == 3
    seen = [pydicom.dcmread(copy).SOPInstanceUID for copy in copies]
    assert len(set(seen)) == 2
    again, _ = run(source, tmp_path / "elsewhere")
    assert [one.path for one in again.outcomes] == [one.path for one in staged.outcomes]


def test_two_patients_with_one_id_become_two(tmp_path):
    write(tmp_path / "in" / "a", number=1)
    other = pydicom.dcmread(write(tmp_path / "in" / "b", number=2, name="Haddad^Omar"))
    other.PatientBirthDate = "19500505"
    other.save_as(tmp_path / "in" / "b" / "Sorensen_002.dcm")
    staged, copies = run(tmp_path / "in", tmp_path / "work")
    assert staged.shared_ids == 1
    assert len({pydicom.dcmread(copy).PatientID for copy in copies}) == 2


def test_a_birth_date_and_number_in_free_text_go_too(source, tmp_path):
    path = next(source.rglob("*.dcm"))
    dataset = pydicom.dcmread(path)
    dataset.AdditionalPatientHistory = f"pnr {NUMBER}, born {BORN}, knee pain"
    dataset.save_as(path)
    _, copies = run(source, tmp_path / "work")
    texts = [pydicom.dcmread(copy).get("AdditionalPatientHistory", "") for copy in copies]
    assert any("knee pain" in text for text in texts)
    assert not any(NUMBER in text or BORN in text for text in texts)

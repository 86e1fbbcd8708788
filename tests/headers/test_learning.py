"""Whom files are about is learnt from file, series, study and patient list, and sought in every spelling."""

import json

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.uid import UID

from fixtures.headers import corpus
from tests.headers.helpers import context, facts, letters


def _bare(number, **values):
    """A file of the study that names nobody but in `values`."""
    dataset = dcmread(get_testdata_file("CT_small.dcm"))
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "AccessionNumber", "ReferringPhysicianName"):
        setattr(dataset, keyword, "")
    dataset.StudyInstanceUID = UID(corpus.STUDY_UID)
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = UID(f"2.25.{number}")
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def test_a_file_without_a_name_is_searched_for_the_name_its_study_tells(tmp_path):
    corpus._base(1).save_as(tmp_path / "named")
    _bare(2, StudyDescription="CT knee, 7734190").save_as(tmp_path / "other")
    assert "H" in letters(facts(tmp_path)["other"], "text_direct")
    (tmp_path / "named").unlink()
    assert "H" not in letters(facts(tmp_path)["other"], "text_direct")


def test_a_patient_list_adds_people_whom_no_file_names(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    _bare(3, ImageComments="gammel journal: Hjalmar Torkelsen").save_as(folder / "one")
    roster = tmp_path / "list.jsonl"
    roster.write_text(json.dumps({"name": "Torkelsen^Hjalmar", "id": "55-1"}) + "\n", "utf-8")
    assert "A" in letters(facts(folder, context(roster=str(roster)))["one"], "text_direct")


def test_names_of_two_studies_do_not_mix(tmp_path):
    corpus._base(1).save_as(tmp_path / "named")
    other = _bare(4, SeriesDescription="7734190")
    other.StudyInstanceUID = UID("2.25.999")
    other.save_as(tmp_path / "other")
    assert "text_direct" not in facts(tmp_path)["other"]


def test_a_national_number_among_other_ids_keeps_its_own_letter(tmp_path):
    dataset = corpus._base(5)
    dataset.add_new(0x00101000, "LO", "219-09-9999")
    dataset.ImageComments = "verified 219099999"
    dataset.save_as(tmp_path / "one")
    found = facts(tmp_path)["one"]
    assert letters(found, "social_numbers") == {"G"}
    assert "G" in letters(found, "text_direct")


@pytest.mark.parametrize("references", [1, 120])
def test_a_long_sequence_before_the_patient_hides_nobody(tmp_path, references):
    """Sequences of undefined length, and ones longer than what is read at first, stand before the patient's name."""
    for number, name in enumerate(("Quistgaard^Ib", "Torkelsen^Hjalmar")):
        comment = f"seen {name.replace('^', ' ').lower()}"
        dataset = _bare(20 + number, PatientName=name, PatientID=f"77-{number}31", ImageComments=comment)
        dataset.StudyInstanceUID = UID(f"2.25.{900 + number}")
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = dataset.SOPClassUID, UID(corpus.STUDY_UID)
        dataset.ReferencedImageSequence = [item] * references
        dataset["ReferencedImageSequence"].is_undefined_length = True
        dataset.save_as(tmp_path / f"{number}")
    found = facts(tmp_path)
    assert all("A" in letters(found[name], "text_direct") for name in ("0", "1"))


def test_a_pseudonymised_file_is_searched_for_the_few_patients_of_its_folder(tmp_path):
    """Two files of a folder name the patient; the third bears a pseudonym, in a study of its own."""
    folder = tmp_path / "CASE7" / "ST0"
    folder.mkdir(parents=True)
    for number in range(2):
        _bare(80 + number, PatientName="Okonjo^Ulla", PatientID="55-7781").save_as(folder / f"{number}")
    coded = _bare(82, PatientName="ANON^0007", PatientID="RES-0007", SeriesDescription="KNEE okonjo RPT")
    coded.StudyInstanceUID = UID("2.25.998")
    coded.save_as(folder / "coded")
    assert "A" in letters(facts(tmp_path)["CASE7/ST0/coded"], "text_direct")
    for number, name in enumerate(("Quistgaard^Ib", "Torkelsen^Hjalmar", "Lindqvist^Maren")):
        other = _bare(90 + number, PatientName=name, PatientID=f"55-779{number}", StudyInstanceUID=f"2.25.99{number}")
        other.save_as(folder / name[:4])
    assert "A" not in letters(facts(tmp_path)["CASE7/ST0/coded"], "text_direct")


def test_a_short_family_name_that_is_all_of_a_title_is_found(tmp_path):
    dataset = _bare(95, PatientName="Noh^Junghee", PatientID="55-7783")
    dataset.file_meta.SourceApplicationEntityTitle = "NOH"
    dataset.save_as(tmp_path / "one")
    told = [record for records in facts(tmp_path)["one"].values() if isinstance(records, tuple) for record in records]
    assert ("(0002,0016)", "A") in {(record["locator"], record["letter"]) for record in told}

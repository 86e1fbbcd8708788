"""Identifiers are found wherever they stand in a file, each with its letter; what only looks like one is left alone."""

from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from fixtures.headers import corpus
from tests.headers.helpers import context, facts, findings, letters, readings


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    corpus.write(folder)
    return folder


@pytest.fixture(scope="module")
def known(export):
    return facts(export)


@pytest.mark.parametrize("name", corpus.PLACES)
def test_each_place_tells_what_was_planted_there(known, name):
    for fact, expected in corpus.PLACES[name].items():
        assert set(expected) <= letters(known[name], fact), (fact, known[name].get(fact))


def test_the_name_of_a_folder_gives_the_patient_away(known):
    assert "A" in letters(known["GRONQVIST_ASA/IM090"], "filename_direct")
    assert "filename_direct" not in known["IM001"]


def test_bytes_after_the_data_set_are_read(known):
    assert {"A", "H"} <= letters(known["IM091"], "trailing_direct")


def test_a_value_that_two_filters_miss_is_located_by_its_tag_path(known):
    places = {record["locator"] for record in known["IM004"]["nested_direct"]}
    assert places == {"(0008,1110)[0].(0040,0275)[0].(0040,0007)"}


def test_what_only_looks_like_an_identifier_is_left_alone(tmp_path):
    corpus.write_clean(tmp_path)
    worst = [finding for finding in findings(tmp_path)["IM500"] if finding.severity.word not in ("info",)]
    assert [(finding.rule, [one.locator for one in finding.evidence]) for finding in worst] == []


def test_every_finding_is_masked(export):
    for found in findings(export).values():
        for finding in found:
            for shown in (finding.subject, finding.message, *(one.masked for one in finding.evidence)):
                assert "nqvist" not in shown.lower()
                assert "7734190" not in shown


def test_the_same_file_gives_the_same_fingerprints_again(export):
    first = [finding.fingerprint for finding in findings(export)["IM002"]]
    assert first == [finding.fingerprint for finding in findings(export)["IM002"]]


def test_a_file_without_an_instance_uid_keeps_its_fingerprints_whatever_was_read_before(tmp_path):
    alone, among = tmp_path / "alone", tmp_path / "among"
    for folder in (alone, among):
        folder.mkdir()
        (folder / "DICOMDIR").write_bytes(Path(str(get_testdata_file("DICOMDIR-bigEnd"))).read_bytes())
    other = dcmread(str(get_testdata_file("CT_small.dcm")))
    other.add_new(0x00204000, "UT", "word " * 6000)
    other.save_as(among / "CT")
    first, then = (findings(folder)["DICOMDIR"] for folder in (alone, among))
    assert [one.fingerprint for one in first] == [one.fingerprint for one in then] != []


def test_every_file_has_one_row_and_what_was_refused_says_why(export, tmp_path):
    (tmp_path / "notes.txt").write_text("spring study", "utf-8")
    (tmp_path / "IM001").write_bytes((export / "IM001").read_bytes())
    rows = {name: reading.row for name, reading in readings(tmp_path).items()}
    assert {name: str(row.disposition) for name, row in rows.items()} == {"IM001": "read", "notes.txt": "skipped"}
    assert "text" in rows["notes.txt"].reason


def test_no_ocr_is_a_choice_and_asks_nothing_of_pixels(known):
    assert "pixels_sought" not in known["IM001"]


def test_pseudonyms_of_the_site_are_nobody(tmp_path):
    dataset = corpus._base(1)
    dataset.PatientName = dataset.PatientID = "NORD.KLI"
    dataset.save_as(tmp_path / "one")
    assert "patient_names" in facts(tmp_path)["one"]
    assert "patient_names" not in facts(tmp_path, context(pseudonyms=r"NORD\.[A-Z]+"))["one"]


def test_the_letters_of_a_code_are_nobodys_initials(tmp_path):
    dataset = corpus._base(1)
    dataset.PatientName = "Torvald^Dagny"
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "T-D3000", "SRT", "Chest"
    dataset.AnatomicRegionSequence = Sequence([code])
    dataset.save_as(tmp_path / "one")
    found = facts(tmp_path)["one"]
    assert not {"nested_direct", "codes_direct"} & set(found)

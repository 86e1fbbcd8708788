"""Hostile values of files reach screen, JSON, CSV and HTML harmless, whatever they hold."""

import csv
import json
import time
import warnings

import pytest

from auditor.cli.main import run
from fixtures.headers import corpus
from tests.dicomio.making import dicom, patient
from tests.headers.helpers import context, facts, letters, readings

_VALUES = {
    "Manufacturer": "\x1b[31mACME\x1b]0;owned\x07",
    "ManufacturerModelName": "=cmd|' /C calc'!A0",
    "SoftwareVersions": "<script>alert(1)</script>",
    "StationName": "@SUM(1+1)",
    "ProtocolName": "‮gnp.exe ⁦Grönqvist⁩",
    "ImageComments": "\x1b[2J\x9b31m <img src=x onerror=alert(1)> Grönqvist \x00\x08 +46 90 785 12 34",
    "BodyPartExamined": "=HYPERLINK(1)",
}
_ACTING = ("\x1b", "\x9b", "\x07", "\x08", "\x00", "‮", "⁦", "⁩")


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile") / "export"
    inner = folder / "\x1b[31mGronqvist‮<b>"
    inner.mkdir(parents=True)
    dataset = corpus._base(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for keyword, value in _VALUES.items():
            setattr(dataset, keyword, value)
        dataset.save_as(inner / "=cmd|calc.dcm")
    return folder


@pytest.fixture
def scanned(export, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def scan(*more):
        assert run(["scan", str(export), "--no-ocr", "--executor", "serial", "--inventory", *more]) == 1
        said = capsys.readouterr()
        return said.out, said.err

    return scan


def test_the_screen_obeys_no_value_of_a_file(scanned):
    for text in scanned():
        assert not any(mark in text for mark in _ACTING)
        assert "Gr\u00f6nqvist" not in text


@pytest.mark.parametrize("name", ["json", "jsonl", "sarif"])
def test_machine_formats_stay_well_formed(scanned, name):
    out, _ = scanned("--format", name)
    for text in out.splitlines() if name == "jsonl" else (out,):
        json.loads(text)
    assert not any(mark in out for mark in _ACTING)


def test_no_cell_of_a_csv_is_a_formula(scanned):
    out, _ = scanned("--format", "csv")
    rows = list(csv.reader(out.splitlines()))
    assert len(rows) > 1
    assert not any(cell[:1] in "=+@-\t\r" for row in rows for cell in row if cell)
    assert not any(mark in out for mark in _ACTING)


def test_the_explanation_obeys_no_value_either(export, capsys):
    file = next(path for path in export.rglob("*") if path.is_file())
    for name in ("text", "jsonl"):
        assert run(["scan", "--explain", str(file), "--no-ocr", "--format", name]) == 0
        assert not any(mark in capsys.readouterr().out for mark in _ACTING)


def test_a_text_beyond_what_is_held_in_memory_is_searched_to_its_end(tmp_path):
    dataset = corpus._base(2)
    dataset.add_new(0x0040A160, "UT", "no finding here. " * 1_100_000 + "seen by Gr\u00f6nqvist")
    dataset.save_as(tmp_path / "one")
    begun = time.process_time()
    found = facts(tmp_path)["one"]
    assert time.process_time() - begun < 60
    assert "A" in letters(found, "sr_direct") | letters(found, "text_direct")


def test_a_private_creator_that_is_a_name_is_told_masked_and_a_known_one_as_it_is(tmp_path):
    dataset = patient()
    dataset.private_block(0x29, "QUILLARD AMADEA", create=True).add_new(1, "LO", "x")
    dataset.private_block(0x19, "SIEMENS MR HEADER", create=True).add_new(0x99, "LO", "x")
    (tmp_path / "a.dcm").write_bytes(dicom(dataset))
    told = {record["attribute"] for record in facts(tmp_path)["a.dcm"]["private_unsafe"]}
    assert told == {"Q••••••• A•••••", "SIEMENS MR HEADER"}


def test_the_inventory_masks_codes_that_are_no_terms_and_makers_that_hold_an_identifier(tmp_path):
    (tmp_path / "a.dcm").write_bytes(dicom(patient(Modality="QUILLARD", BodyPartExamined="HEADNECK")))
    (tmp_path / "b.dcm").write_bytes(
        dicom(patient(Modality="KO", BodyPartExamined="QUILLARD", ManufacturerModelName="for Mrs. Amadea Quillard"))
    )
    made = {name: one.row.attributes for name, one in readings(tmp_path, context(inventory=True)).items()}
    assert (made["a.dcm"]["modality"], made["a.dcm"]["body_part"]) == ("Q•••••••", "HEADNECK")
    assert (made["b.dcm"]["modality"], made["b.dcm"]["body_part"]) == ("KO", "Q•••••••")
    assert "Quillard" not in made["b.dcm"]["model"]

"""`auditor scan` as it is run: explanation, inventory, resumable parts, and pixels left out only when asked."""

import json
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from auditor.cli.inventory import lines
from auditor.cli.main import run
from auditor.headers.inventory import summary
from auditor.headers.room import ROOM
from auditor.model.run import Request
from fixtures.headers import corpus
from fixtures.variants.pictures import Style, write
from tests.headers.helpers import context, readings


@pytest.fixture
def export(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "export"
    corpus.write(folder)
    return folder


def test_a_file_whose_name_is_masked_is_found_again_by_what_the_text_says(export, capsys):
    assert run(["init", "."]) == 0
    (export / "lost.dcm").write_bytes(bytes(128) + b"DICM" + b"\x02\x00\x10\x00UI\xff\x00")
    assert run(["scan", str(export), "--no-ocr", "--executor", "serial"]) in (1, 3)
    out = capsys.readouterr().out.splitlines()
    shown = [line for line in out if "  locate " in line]
    found = next(line for line in shown if line.startswith("     "))
    unread = next(line for line in shown if line.startswith("?? "))
    for line in (found, unread):
        digest = line.partition("  locate ")[2].partition(":")[0]
        assert run(["locate", digest, str(export)]) == 0
        assert Path(capsys.readouterr().out.strip()).parent == export


def test_what_stands_in_a_file_name_is_said_of_no_attribute(export, capsys):
    (export / "IM002").rename(export / "Lindqvist_Anna")
    assert run(["scan", str(export), "--no-ocr", "--executor", "serial", "--format", "json"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    names = [each for each in findings if each["rule"] == "headers.filename-identifier"]
    assert names
    assert {entry["details"].get("attribute", "") for each in names for entry in each["evidence"]} == {""}


def test_explain_says_of_each_place_what_was_seen_and_why(export, capsys):
    assert run(["scan", "--explain", str(export / "IM002"), "--format", "jsonl"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    comments = next(line for line in lines if line["name"] == "ImageComments")
    assert {"general.email"} <= {note["detector"] for note in comments["considered"] if note["kept"]}
    name = next(line for line in lines if line["name"] == "PatientName")
    assert name["listed"] == "patient_names"
    assert "nqvist" not in json.dumps(lines).lower()


def test_explain_is_readable_too(export, capsys):
    assert run(["scan", "--explain", str(export / "IM001")]) == 0
    out = capsys.readouterr().out
    assert "(0010,0010) PN PatientName" in out
    assert "listed   patient_names" in out


def test_explain_of_nothing_is_a_usage_error(tmp_path):
    assert run(["scan", "--explain", str(tmp_path / "none")]) == 2
    (tmp_path / "note.txt").write_text("no images here", "utf-8")
    assert run(["scan", "--explain", str(tmp_path / "note.txt")]) == 2


def test_a_scan_without_a_path_is_a_usage_error():
    assert run(["scan"]) == 2


def test_the_command_finds_and_says_what_it_left_out(export, capsys):
    assert run(["scan", str(export), "--no-ocr", "--inventory", "--executor", "serial"]) == 1
    out = capsys.readouterr().out
    assert "Inventory" in out
    assert "GE MEDICAL SYSTEMS" in out
    assert "Pixels were left out on request" in out
    assert "INCOMPLETE" not in out.splitlines()[-1]


def test_gaps_and_doubles_of_a_series_are_counted(tmp_path):
    for number in (1, 2, 5, 5):
        dataset = corpus._base(number)
        dataset.InstanceNumber = number
        dataset.save_as(tmp_path / f"IM{len(list(tmp_path.iterdir()))}")
    found = summary(one.row for one in readings(tmp_path, context(inventory=True)).values())
    assert [(one.files, one.missing, one.doubled) for one in found.gaps] == [(4, 2, 1)]
    assert dict(found.counts["modality"]) == {"CT": 4}


def test_a_series_of_two_studies_or_patients_or_with_an_instance_twice_is_not_whole(tmp_path):
    for number in (1, 2, 3):
        dataset = corpus._base(number)
        dataset.SOPInstanceUID, dataset.InstanceNumber = f"1.2.826.0.1.3680043.8.498.{max(number, 2)}", number
        dataset.StudyInstanceUID = f"1.2.826.0.1.3680043.8.498.9{number // 3}"
        dataset.PatientID = f"SE-{number // 3}"
        dataset.save_as(tmp_path / f"IM{number}")
    found = summary(one.row for one in readings(tmp_path, context(inventory=True)).values())
    (series,) = found.gaps
    assert (series.missing, series.doubled, series.repeated, series.studies, series.patients) == (0, 0, 1, 2, 2)
    told = "\n".join(lines(found))
    assert "1 SOP instances again, 2 studies mixed, 2 patients mixed" in told


def test_an_identifier_in_the_name_of_a_model_does_not_reach_the_inventory(tmp_path):
    dataset = corpus._base(1)
    dataset.ManufacturerModelName = "Scanner of Åsa Grönqvist"
    dataset.save_as(tmp_path / "one")
    made = readings(tmp_path, context(inventory=True))["one"].row.attributes
    assert "nqvist" not in made["model"]


def test_a_chunk_is_named_after_what_it_holds(export):
    def names():
        return [chunk.name for chunk in ROOM.plan(Request("headers", (str(export),)), context())]

    first = names()
    assert first == names()
    (export / "IM001").write_bytes((export / "IM001").read_bytes() + b"\0\0")
    assert first != names()


def test_a_missing_path_is_refused_before_anything_is_read(tmp_path):
    assert run(["scan", str(tmp_path / "nowhere"), "--no-ocr"]) == 2


def _explained(file, capsys, *more):
    assert run(["scan", "--explain", str(file), "--format", "jsonl", *more]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_explain_names_every_element_also_those_without_text(export, capsys):
    met = {line["locator"] for line in _explained(export / "IM004", capsys, "--no-ocr")}
    for element in dcmread(export / "IM004").iterall():
        tag = f"({element.tag.group:04X},{element.tag.element:04X})"
        assert any(locator.split("#")[0].endswith(tag) for locator in met), tag


def test_explain_shows_file_name_preamble_and_bytes_after_the_data_set(export, capsys):
    preamble = next(line for line in _explained(export / "IM007", capsys, "--no-ocr") if line["origin"] == "preamble")
    assert {"identity.record_number", "identity.name"} <= {note["detector"] for note in preamble["considered"]}
    assert any(line["origin"] == "trailing" for line in _explained(export / "IM091", capsys, "--no-ocr"))
    named = export / "Gronqvist.dcm"
    named.write_bytes((export / "IM001").read_bytes())
    told = next(line for line in _explained(named, capsys, "--no-ocr") if line["origin"] == "filename")
    assert any(note["kept"] for note in told["considered"])


def test_explain_reads_pixels_and_says_where_it_does_not(tmp_path, capsys):
    write(tmp_path, styles=(Style("16 px", 16), Style("icon", 10, place="icon"), Style("overlay", 14, place="overlay")))
    seen = [line for number in (0, 2, 4) for line in _explained(tmp_path / f"{number:04d}.dcm", capsys)]
    places = {line["origin"] for line in seen if any(note["kept"] for note in line["considered"])}
    assert {"pixels", "icon", "overlay"} <= places
    unseen = [
        line for line in _explained(tmp_path / "0000.dcm", capsys, "--no-ocr") if line["nature"] == "not looked at"
    ]
    assert unseen[0]["shown"] == "pixels were left out on request"


def test_what_the_scan_does_not_report_is_not_explained_as_found(tmp_path, capsys):
    dataset = dcmread(get_testdata_file("CT_small.dcm"))
    dataset.PatientID = dataset.PatientName = "ANONYMOUS"
    dataset.ImageComments = "for ANONYMOUS^ANONYMOUS"
    dataset.save_as(tmp_path / "one")
    comments = next(
        line for line in _explained(tmp_path / "one", capsys, "--no-ocr") if line["name"] == "ImageComments"
    )
    assert not any(note["kept"] for note in comments["considered"])

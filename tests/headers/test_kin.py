"""A study split over several chunks is learnt once: what one file names is sought in all of them."""

import json
import pickle
from pathlib import Path

import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian

from auditor.cli.main import run
from auditor.headers import plan
from auditor.headers.room import ROOM
from auditor.model.run import Request
from tests.headers.helpers import context

_ROOT = "1.2.826.0.1.3680043.9.7133.5"


def _write(path: Path, number: int, study: int, **values: str) -> None:
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = UID("1.2.840.10008.5.1.4.1.1.2"), UID(f"{_ROOT}.1.{number}")
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = UID(f"{_ROOT}.2.{study}"), UID(f"{_ROOT}.3.{study}")
    dataset.Modality = "CT"
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    path.parent.mkdir(parents=True, exist_ok=True)
    FileDataset("", dataset, file_meta=dataset.file_meta, preamble=bytes(128)).save_as(path, enforce_file_format=True)


@pytest.fixture(scope="module")
def split(tmp_path_factory):
    """Study 1 in two folders, more than a batch of files of study 2 between; a study 3 that names nobody."""
    folder = tmp_path_factory.mktemp("split") / "export"
    _write(folder / "a" / "named", 1, 1, ReferringPhysicianName="Quistgaard^Ib")
    for number in range(2, 206):
        _write(folder / "b" / f"{number:04d}", number, 2)
    _write(folder / "c" / "told", 300, 1, SeriesDescription="asked by quistgaard")
    _write(folder / "d" / "told", 301, 3, SeriesDescription="asked by quistgaard")
    return folder


@pytest.fixture(scope="module")
def usual(split):
    return _found(split)[1]


def _found(folder, *, backwards=False):
    """What is found in each file, by its name."""
    given = context()
    chunks = list(ROOM.plan(Request("headers", (str(folder),)), given))
    found = {}
    for chunk in reversed(chunks) if backwards else chunks:
        handed = pickle.loads(pickle.dumps(chunk))  # noqa: S301 - our own bytes, as a worker gets them
        for target, reading in zip(handed.targets, ROOM.read(handed, frozenset(), given), strict=True):
            found[target.locator] = reading.facts[0].values
    return len(chunks), found


def test_a_name_told_in_one_chunk_is_sought_in_another_of_the_same_study_alone(split):
    chunks, found = _found(split)
    assert chunks > 1
    assert "text_direct" in found["c/told"]
    assert "text_direct" not in found["d/told"]


@pytest.mark.parametrize(("few", "many", "batch"), [(3, 7, 2), (50, 50, 25)])
def test_the_size_of_chunks_changes_nothing(split, usual, monkeypatch, few, many, batch):
    monkeypatch.setattr(plan, "_FEW", few)
    monkeypatch.setattr(plan, "_MANY", many)
    monkeypatch.setattr(plan, "BATCH", batch)
    monkeypatch.setattr("auditor.headers.room.BATCH", batch)
    monkeypatch.setattr("auditor.headers.scan.BATCH", batch)
    assert _found(split)[1] == usual


def test_what_lies_beyond_the_chunks_held_is_found_again(split, usual, monkeypatch):
    monkeypatch.setattr(plan, "_HELD", 2)
    monkeypatch.setattr(plan, "_FEW", 20)
    monkeypatch.setattr(plan, "_MANY", 20)
    assert _found(split)[1] == usual


def test_the_order_of_the_work_changes_nothing(split, usual):
    assert _found(split, backwards=True)[1] == usual


def test_files_met_before_the_one_that_names_are_searched_too(tmp_path):
    _write(tmp_path / "c" / "told", 300, 1, SeriesDescription="asked by quistgaard")
    _write(tmp_path / "z" / "named", 1, 1, ReferringPhysicianName="Quistgaard^Ib")
    assert "text_direct" in _found(tmp_path)[1]["c/told"]


def test_a_file_of_another_study_in_a_folder_of_equal_files_shares_what_it_says(tmp_path):
    """Of equal files each sixteenth is looked at while planning; where one differs, all around it are."""
    odd = range(100, 113)
    for number in range(230):
        named = {"ReferringPhysicianName": "Quistgaard^Ib"} if number == odd[0] else {}
        _write(tmp_path / "a" / f"{number:04d}", number + 1, 1 if number in odd else 2, **named)
    _write(tmp_path / "b" / "told", 300, 1, SeriesDescription="asked by quistgaard")
    assert "text_direct" in _found(tmp_path)[1]["b/told"]


def test_a_placeholder_ties_nobody_together(tmp_path):
    _write(tmp_path / "a" / "named", 1, 1, PatientID="ANON", ReferringPhysicianName="Quistgaard^Ib")
    for number in range(2, 230):
        _write(tmp_path / "b" / f"{number:04d}", number, 2, PatientID="ANON")
    _write(tmp_path / "c" / "told", 300, 3, PatientID="ANON", SeriesDescription="asked by quistgaard")
    assert "text_direct" not in _found(tmp_path)[1]["c/told"]


@pytest.mark.parametrize("executor", ["serial", "process"])
def test_every_executor_finds_the_same(split, tmp_path, monkeypatch, capsys, executor):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert run(["scan", str(split), "--no-ocr", "--executor", executor, "--format", "json"]) == 1
    rules = sorted(finding["rule"] for finding in json.loads(capsys.readouterr().out)["findings"])
    assert rules.count("headers.text-identifier") == 1

"""The scan finds the same wherever its chunks are worked on: here, or by the workers of a Dask cluster."""

import json
import warnings
from pathlib import Path
from shutil import copyfile

import pytest
from pydicom.data import get_testdata_file

from auditor.cli.main import run
from auditor.headers import plan

FILES = ("CT_small.dcm", "MR_small.dcm", "reportsi.dcm", "rtplan.dcm", "nested_priv_SQ.dcm")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site whose folder `in/` makes several chunks, with a damaged file and one that is no DICOM among them."""
    place = tmp_path_factory.mktemp("executors")
    assert run(["init", str(place)]) == 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom tells of its own files' oddities while it looks for them
        sources = [Path(str(get_testdata_file(name))) for name in FILES]
    for number in range(50):
        folder = place / "in" / f"{number // 10:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        copyfile(sources[number % len(sources)], folder / f"{number:04d}.dcm")
    (place / "in" / "00" / "cut.dcm").write_bytes(sources[0].read_bytes()[:900])
    (place / "in" / "00" / "notes.txt").write_text("no picture")
    return place


def scanned(site, capsys, executor):
    capsys.readouterr()
    words = ["scan", str(site / "in"), "--config", str(site / "auditor.toml"), "--no-ocr", "--format", "json"]
    code = run([*words, "--executor", executor, "--workers", "2", "--store", str(site / executor)])
    told = json.loads(capsys.readouterr().out)
    found = sorted(json.dumps(finding, sort_keys=True) for finding in told["findings"])
    return code, found


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_finds_what_one_process_finds(site, capsys, monkeypatch):
    monkeypatch.setattr(plan, "_FEW", 20)
    monkeypatch.setattr(plan, "_MANY", 40)
    expected = scanned(site, capsys, "serial")
    assert expected[0] == 3
    assert len(expected[1]) > 50
    assert scanned(site, capsys, "dask") == expected

"""From a digest in a report back to the file, whatever it is packed in."""

import gzip
import zipfile
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from auditor import api
from auditor.cli.main import run
from auditor.config.load import load

CONTENT = Path(get_testdata_file("MR_small.dcm")).read_bytes()


@pytest.fixture
def site(tmp_path):
    run(["init", str(tmp_path)])
    folder = tmp_path / "in" / "deep"
    folder.mkdir(parents=True)
    (folder / "plain.dcm").write_bytes(CONTENT)
    (folder / "packed.dcm.gz").write_bytes(gzip.compress(CONTENT, mtime=0))
    with zipfile.ZipFile(folder / "many.zip", "w") as archive:
        archive.writestr("a/1.dcm", CONTENT)
    (folder / "notes.txt").write_text("not DICOM")
    return tmp_path


def test_every_row_of_a_scan_leads_back_to_its_file(site, capsys):
    configuration = load(site / "auditor.toml", flags={"audit.executor": "serial"})
    stored = api.scan(str(site / "in"), configuration=configuration, options={"ocr": False})
    found = set()
    for row in stored.inventory():
        capsys.readouterr()
        assert run(["locate", row.digest[:16], str(site / "in"), "--config", str(site / "auditor.toml")]) == 0
        found.add(Path(capsys.readouterr().out.strip()).name)
    assert found == {"plain.dcm", "packed.dcm.gz", "many.zip", "notes.txt"}


@pytest.mark.parametrize("digest", ["abc", "not a digest"])
def test_what_is_no_digest_is_refused(site, digest):
    assert run(["locate", digest, str(site / "in"), "--config", str(site / "auditor.toml")]) == 2


def test_a_digest_of_nothing_here_is_said(site, capsys):
    assert run(["locate", "0" * 64, str(site / "in"), "--config", str(site / "auditor.toml")]) == 2
    assert "nothing below that folder" in capsys.readouterr().err


def test_a_file_that_a_copy_lacks_is_found_again_by_what_the_comparison_says(site, capsys):
    (site / "copy").mkdir()
    (site / "copy" / "other.dcm").write_bytes(Path(get_testdata_file("CT_small.dcm")).read_bytes())
    (site / "source").mkdir()
    (site / "source" / "lost.dcm").write_bytes(CONTENT)
    settings = ["--config", str(site / "auditor.toml")]
    assert run(["deid", "compare", str(site / "source"), str(site / "copy"), "--fail-on", "none", *settings]) == 0
    out = capsys.readouterr().out.splitlines()
    said = next(
        line for line in out[out.index(next(one for one in out if "deid.file-lost" in one)) :] if "[locate" in line
    )
    assert run(["locate", said.partition("[locate ")[2].strip("]"), str(site / "source"), *settings]) == 0
    assert Path(capsys.readouterr().out.strip()) == site / "source" / "lost.dcm"

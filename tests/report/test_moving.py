"""Runs of one site over time, through the commands: folders move, findings are mended, the trend is told."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from auditor.cli.main import run
from auditor.model.severity import Severity
from auditor.report.build import draw
from auditor.report.past import Past
from auditor.store.folder import open_store
from tests.report.test_pdf import text_of
from tests.store.runs import NOW, make_finding, make_rules, make_run, seal_run


@pytest.fixture
def site(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run(["init", "."])
    for number, name in enumerate(("MR_small.dcm", "CT_small.dcm")):
        folder = tmp_path / "export" / "2026" / f"study{number}"
        folder.mkdir(parents=True)
        shutil.copy(get_testdata_file(name), folder / f"{number}.dcm")
    capsys.readouterr()
    return tmp_path


def scan(folder):
    return run(["scan", folder, "--executor", "serial", "--no-ocr", "--format", "json", "--output", "last.json"])


def compared(capsys):
    code = run(["compare", "--format", "json"])
    rows = json.loads(capsys.readouterr().out)["changes"]
    return code, {change: sum(row["count"] for row in rows if row["change"] == change) for change in _CHANGES}


_CHANGES = ("new", "gone", "not looked at again", "still there", "severity changed")


def test_findings_are_the_same_when_their_folder_moves_to_another_root(site, capsys):
    scan("export")
    found = len(json.loads((site / "last.json").read_text())["findings"])
    (site / "archive" / "mounted").mkdir(parents=True)
    (site / "export").rename(site / "archive" / "mounted" / "export-of-may")
    scan("archive/mounted/export-of-may")
    capsys.readouterr()
    code, changes = compared(capsys)
    assert found > 10
    assert (code, changes["new"], changes["gone"]) == (0, 0, 0)
    assert changes["still there"] > 10


def test_what_is_mended_and_what_is_broken_is_told_apart_after_a_move(site, capsys):
    from pydicom import dcmread

    scan("export")
    (site / "export").rename(site / "moved")
    mended = dcmread(site / "moved" / "2026" / "study0" / "0.dcm")
    mended.PatientName = ""
    mended.save_as(site / "moved" / "2026" / "study0" / "0.dcm")
    scan("moved")
    capsys.readouterr()
    code, changes = compared(capsys)
    assert changes["gone"] >= 1
    assert changes["still there"] > changes["gone"]
    assert code == (1 if changes["new"] else 0)


def test_what_was_not_read_again_is_not_said_to_be_gone(site, capsys):
    scan("export")
    folder = site / "export" / "2026"
    (folder / "study0" / "0.dcm").unlink()
    (folder / "study1" / "1.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\x02\x00\x10\x00UI\xff\x00")
    scan("export")
    capsys.readouterr()
    _, changes = compared(capsys)
    assert changes["gone"] == 0
    assert changes["not looked at again"] > 1


def test_runs_with_and_without_pixels_are_said_to_be_unlike(site, capsys):
    scan("export")
    run(["scan", "export", "--executor", "serial", "--output", "last.json"])
    capsys.readouterr()
    run(["compare"])
    assert "not asked for the same things" in capsys.readouterr().out


def test_the_trend_counts_only_runs_of_the_same_plan_and_tells_what_was_mended(tmp_path):
    store = open_store(tmp_path / "store")
    rules = make_rules()
    everything = [make_finding(rule, number) for rule in rules[:3] for number in range(4)]
    other = make_run("x", [], []).plan
    for day, findings in ((0, everything), (10, everything[2:]), (30, everything[8:])):
        seal_run(store, findings, complete=True, finished=NOW + timedelta(days=day))
        seal_run(store, everything, plan=replace(other, name="another plan"), finished=NOW + timedelta(days=day))
    last = [entry for entry in store.runs() if entry.plan == "audit"][-1]
    stored = store.load(last.id)
    past = Past.of(store, stored.run)
    assert [point.day for point in past.points] == ["2026-05-04", "2026-05-14", "2026-06-03"]
    told = " ".join(text_of(draw(stored, past=past)[0]).split())
    assert "Image files: 20.0 days on average, from 4 findings" in told
    assert "Network endpoints: 30.0 days on average, from 4 findings" in told
    assert "Compared with the run before (2026-05-14)" in told


def test_a_changed_severity_is_told_by_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("auditor.toml").write_text('[store]\npath = "store"\n')
    store = open_store(tmp_path / "store")
    finding = make_finding(make_rules()[0], 1)
    seal_run(store, [finding])
    seal_run(store, [finding._replace(severity=Severity.LOW)])
    assert run(["compare"]) == 0
    assert "1 severity changed" in capsys.readouterr().out

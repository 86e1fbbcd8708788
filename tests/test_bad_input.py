"""What goes wrong at a site: each case says what, where, what is right and what to run, and loses nothing else."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import zlib
from io import BytesIO

import pytest
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.sequence import Sequence

from auditor.cli.main import run


@pytest.fixture
def site(tmp_path):
    """A site with a key, and a folder `in/` that holds one sound file."""
    assert run(["init", str(tmp_path)]) == 0
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "sound.dcm").write_bytes(sound())
    return tmp_path


def sound():
    with open(get_testdata_file("MR_small.dcm"), "rb") as stream:  # noqa: PTH123 - pydicom gives a text path
        return stream.read()


def scan(site, *more, target="in"):
    words = ["scan", str(site / target), "--config", str(site / "auditor.toml"), "--executor", "serial", "--no-ocr"]
    return run([*words, *more])


def result(site, capsys, *more, target="in"):
    capsys.readouterr()
    code = scan(site, "--format", "json", *more, target=target)
    captured = capsys.readouterr()
    return code, json.loads(captured.out) if captured.out else {}, captured.err


def rows(site, reason):
    """Inventory rows of the newest run whose reason mentions `reason`."""
    from auditor.store.folder import open_store

    stored = open_store(site / ".auditor").load("latest")
    return [row for row in stored.inventory() if reason in row.reason]


def four_parts(text):
    return all(part in text for part in ("auditor: ", "right: ", "next:  ")) and "Traceback" not in text


def test_an_empty_folder_is_a_usage_error(site, capsys):
    (site / "empty").mkdir()
    code, _, err = result(site, capsys, target="empty")
    assert code == 2
    assert four_parts(err)


def test_a_folder_without_any_dicom_is_a_usage_error_and_never_clean(site, capsys):
    (site / "papers").mkdir()
    (site / "papers" / "notes.txt").write_text("spring study")
    code, _, err = result(site, capsys, target="papers")
    assert code == 2
    assert four_parts(err)
    assert "(met: 1, targets among them: 0)" in err


def test_a_place_that_is_not_there_is_a_usage_error_and_not_named_raw(site, capsys):
    code, _, err = result(site, capsys, target="Doe^Jane_19700101")
    assert code == 2
    assert four_parts(err)
    assert "Jane" not in err


@pytest.mark.parametrize(
    ("name", "content", "incomplete"),
    [
        ("cut.dcm", sound()[:905], True),
        ("nought.dcm", b"", False),
        ("picture.dcm", b"\x89PNG\r\n\x1a\n" + bytes(100), False),
        ("notes.txt", b"spring study", False),
    ],
)
def test_a_file_that_is_not_a_whole_dicom_file_is_counted_and_said(site, capsys, name, content, incomplete):
    (site / "in" / name).write_bytes(content)
    code, found, err = result(site, capsys)
    assert code == (3 if incomplete else 1)
    assert "Traceback" not in err
    assert "2 files" in err
    assert found["findings"]


def test_a_deflated_bomb_does_not_inflate_without_end(site, capsys):
    meta = dcmread(get_testdata_file("image_dfl.dcm"))
    blob = BytesIO()
    meta.save_as(blob)
    head = blob.getvalue()[: 132 + 14 + int.from_bytes(blob.getvalue()[140:144], "little")]
    packer = zlib.compressobj(wbits=-15)
    bomb = head + b"".join(packer.compress(bytes(1_000_000)) for _ in range(3000)) + packer.flush()
    (site / "in" / "bomb.dcm").write_bytes(bomb)
    code, _, err = result(site, capsys)
    assert code == 3
    assert "2 files" in err


def test_a_recursion_bomb_ends_within_its_bounds(site, capsys):
    inner = Dataset()
    inner.PatientComments = "deep"
    for _ in range(200):
        outer = Dataset()
        outer.ReferencedStudySequence = Sequence([inner])
        inner = outer
    whole = dcmread(get_testdata_file("MR_small.dcm"))
    whole.ReferencedStudySequence = inner.ReferencedStudySequence
    whole.save_as(site / "in" / "deep.dcm")
    code, found, err = result(site, capsys)
    assert code in (1, 3)
    assert "2 files" in err
    assert found["findings"]


def test_links_out_of_the_tree_and_pipes_are_met_and_never_opened(site, capsys):
    (site / "outside.dcm").write_bytes(sound())
    (site / "in" / "link.dcm").symlink_to(site / "outside.dcm")
    os.mkfifo(site / "in" / "pipe.dcm")
    _, _, err = result(site, capsys)
    assert "3 files" in err
    assert len(rows(site, "link")) == 1
    assert len(rows(site, "FIFO")) + len(rows(site, "pipe")) >= 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("severty: high\n", "severity"),
        ("id: headers.x\nid: headers.y\n", "id"),
        ("a: &x 1\nb: *x\n", "anchor"),
    ],
)
def test_a_rule_that_does_not_load_names_file_and_line(site, capsys, text, said):
    folder = site / "own" / "headers"
    folder.mkdir(parents=True)
    (folder / "x.yaml").write_text(text)
    (site / "auditor.toml").write_text('[rules]\npaths = ["own"]\n')
    code, _, err = result(site, capsys)
    assert code == 2
    assert "x.yaml:" in err
    assert said in err


def test_an_unknown_key_of_the_configuration_is_a_usage_error(site, capsys):
    (site / "auditor.toml").write_text("[audit]\nworkres = 2\n")
    code, _, err = result(site, capsys)
    assert code == 2
    assert "auditor.toml:2" in err
    assert "workers" in err


def waive(site, rule, created, expires):
    (site / "waivers.yaml").write_text(
        f"waivers:\n  - {{rule: {rule}, subject: '*', reason: testing of waivers, approver: officer,"
        f" ticket: T-1, created: {created}, expires: {expires}}}\n"
    )


def first_failed_rule(site, capsys):
    _, found, _ = result(site, capsys)
    return next(finding["rule"] for finding in found["findings"] if finding["outcome"] == "fail")


def test_an_expired_waiver_waives_nothing_and_is_a_finding(site, capsys):
    waive(site, first_failed_rule(site, capsys), "2024-01-01", "2024-06-01")
    _, found, _ = result(site, capsys)
    assert {"run.waiver-expired"} <= {finding["rule"] for finding in found["findings"]}
    assert all(finding["outcome"] != "waived" for finding in found["findings"])


def test_a_waiver_in_force_is_counted_apart(site, capsys):
    rule = first_failed_rule(site, capsys)
    today = time.strftime("%Y-%m-%d", time.gmtime())
    waive(site, rule, today, today)
    _, found, err = result(site, capsys)
    assert [finding["rule"] for finding in found["findings"] if finding["outcome"] == "waived"] == [rule]
    assert "1 waived" in err


def test_a_full_disk_is_said_and_the_run_can_go_on(site):
    program = (
        "import resource, sys; from auditor.cli.main import run;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000));"
        f"sys.exit(run(['scan', {str(site / 'in')!r}, '--config', {str(site / 'auditor.toml')!r},"
        " '--executor', 'serial', '--no-ocr']))"
    )
    broken = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert broken.returncode == 3
    assert four_parts(broken.stderr), broken.stderr


def test_two_runs_at_once_on_one_store_are_both_kept(site):
    command = [sys.executable, "-m", "auditor", "scan", str(site / "in"), "--config", str(site / "auditor.toml")]
    both = [
        subprocess.Popen([*command, "--executor", "serial", "--no-ocr"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for one in both:
        one.communicate(timeout=120)
    assert [one.returncode for one in both] == [1, 1]
    from auditor.store.folder import open_store

    store = open_store(site / ".auditor")
    assert len(store.runs()) == 2
    assert store.verify_chain().whole


def test_ctrl_c_keeps_the_run_and_marks_it_incomplete(site):
    for folder, count in (("a", 220), ("b", 5)):  # a chunk ends with its folder once it is large enough
        (site / "in" / folder).mkdir()
        for number in range(count):
            (site / "in" / folder / f"{number}.dcm").write_bytes(sound())
    process = multiprocessing.get_context("spawn").Process(target=_interrupted, args=(str(site),))
    process.start()
    process.join(timeout=120)
    from auditor.store.folder import open_store

    stored = open_store(site / ".auditor").load("latest")
    assert not stored.run.complete
    assert any("interrupted" in note.text for note in stored.run.notes)
    assert sum(1 for _ in stored.inventory()) > 0


def _interrupted(site):
    """Scan, and press Ctrl-C after the first chunk is written."""
    from auditor import api
    from auditor.config.load import load

    class AfterOneChunk(api.Silent):
        def chunk_done(self, room, rows, findings):
            os.kill(os.getpid(), signal.SIGINT)

    from pathlib import Path

    configuration = load(Path(site) / "auditor.toml", flags={"audit.executor": "serial"})
    api.scan(f"{site}/in", configuration=configuration, options={"ocr": False}, observer=AfterOneChunk())

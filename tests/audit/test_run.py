"""A run loses nothing: not to a broken room, a killed process, an empty room or a second attempt."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file

from auditor import api
from auditor.audit.executors import EXECUTORS
from auditor.cli.main import run
from auditor.config.load import load
from auditor.errors import ConfigError, TargetError
from auditor.headers.room import HeadersRoom
from auditor.model.outcome import Disposition
from auditor.store.folder import open_store

SERIAL = {"audit.executor": "serial"}
OPTIONS = {"ocr": False}


@pytest.fixture
def site(tmp_path):
    run(["init", str(tmp_path)])
    (tmp_path / "in").mkdir()
    content = Path(get_testdata_file("MR_small.dcm")).read_bytes()
    for number in range(3):
        (tmp_path / "in" / f"{number}.dcm").write_bytes(content)
    return tmp_path


def scan(site, **more):
    configuration = load(site / "auditor.toml", flags=SERIAL)
    return api.scan(str(site / "in"), configuration=configuration, options=OPTIONS, **more)


def test_every_target_has_exactly_one_row_and_rules_are_counted(site):
    stored = scan(site)
    rows = list(stored.inventory())
    assert len(rows) == 3
    assert {row.disposition for row in rows} == {Disposition.READ}
    for tally in stored.run.tallies:
        if tally.rule.startswith("headers."):
            assert sum(tally.counts.values()) == 3


def test_two_runs_over_the_same_files_give_the_same_fingerprints(site):
    first, second = scan(site), scan(site)
    assert {finding.fingerprint for finding in first.findings()} == {one.fingerprint for one in second.findings()}
    assert second.run.previous == first.sha256


def test_a_room_that_breaks_on_its_own_fault_is_a_row_with_the_type_of_the_error_only(site, monkeypatch):
    real = HeadersRoom.read

    def broken(self, chunk, wanted, context):
        readings = real(self, chunk, wanted, context)
        yield next(readings)
        raise RuntimeError("Doe^Jane")

    monkeypatch.setattr(HeadersRoom, "read", broken)
    stored = scan(site)
    rows = list(stored.inventory())
    assert [row.disposition for row in rows].count(Disposition.UNREADABLE) == 2
    assert all("RuntimeError" in row.reason for row in rows if row.disposition is Disposition.UNREADABLE)
    assert not any("Jane" in row.reason for row in rows)
    assert not stored.run.complete


def test_an_audit_goes_on_when_one_room_has_nothing(site):
    (site / "logs").mkdir()
    with (site / "auditor.toml").open("a") as stream:
        stream.write('[headers]\npaths = ["in"]\nocr = false\n[trail]\nlogs = ["logs"]\n')
    stored = api.audit(configuration=load(site / "auditor.toml", flags=SERIAL))
    assert not stored.run.complete
    assert sum(stored.run.dispositions["headers"].values()) == 3
    assert any(note.room == "trail" and note.incomplete for note in stored.run.notes)


def test_an_audit_of_nothing_is_refused_and_leaves_no_run(site):
    with pytest.raises(ConfigError, match="nothing to audit"):
        api.audit(configuration=load(site / "auditor.toml"))
    (site / "empty").mkdir()
    with pytest.raises(TargetError):
        api.scan(str(site / "empty"), configuration=load(site / "auditor.toml", flags=SERIAL))
    store = open_store(site / ".auditor")
    assert not store.runs()
    assert not store.unfinished()


@pytest.mark.parametrize("method", ["plan", "read"])
def test_an_audit_that_is_stopped_before_its_first_part_is_incomplete_not_empty(site, monkeypatch, capsys, method):
    def stopped(*arguments):
        if arguments:
            raise KeyboardInterrupt
        yield

    monkeypatch.setattr(HeadersRoom, method, stopped)
    code = run(["scan", str(site / "in"), "--config", str(site / "auditor.toml"), "--executor", "serial"])
    told = capsys.readouterr()
    assert code == 3
    assert "INCOMPLETE" in told.out
    (entry,) = open_store(site / ".auditor").runs()
    assert not entry.complete
    assert f"--resume {entry.id}" in told.err


def test_ctrl_c_at_any_moment_ends_with_the_code_of_an_incomplete_audit(site):
    command = [sys.executable, "-m", "auditor", "scan", str(site / "in"), "--config", str(site / "auditor.toml")]
    for pause in (0.0, 0.6):
        before = len(list((site / ".auditor" / "runs").glob("*"))) if (site / ".auditor").exists() else 0
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        ) as one:
            until = time.monotonic() + 60
            while time.monotonic() < until and len(list((site / ".auditor" / "runs").glob("*"))) == before:
                time.sleep(0.02)
            time.sleep(pause)
            one.send_signal(signal.SIGINT)
            told = one.stderr.read().decode()
        assert one.returncode in ((3,) if not pause else (1, 3)), told
        assert "Traceback" not in told


def _killed(site):
    class AfterOneChunk(api.Silent):
        def chunk_done(self, room, rows, findings):
            os.kill(os.getpid(), signal.SIGKILL)

    scan(Path(site), observer=AfterOneChunk())


def test_a_killed_run_goes_on_where_it_stopped(site):
    process = multiprocessing.get_context("spawn").Process(target=_killed, args=(str(site),))
    process.start()
    process.join(timeout=120)
    store = open_store(site / ".auditor")
    (unfinished,) = store.unfinished()
    stored = scan(site, resume=unfinished)
    assert stored.run.id == unfinished
    assert sum(1 for _ in stored.inventory()) == 3
    assert not store.unfinished()


class Interrupting(api.Silent):
    """Presses Ctrl-C once the first part is done."""

    def chunk_done(self, room, rows, findings):
        raise KeyboardInterrupt


def scan_both(site, **more):
    (site / "also").mkdir(exist_ok=True)
    (site / "also" / "3.dcm").write_bytes((site / "in" / "0.dcm").read_bytes())
    configuration = load(site / "auditor.toml", flags=SERIAL | more.pop("flags", {}))
    return api.scan(str(site / "in"), str(site / "also"), configuration=configuration, options=OPTIONS, **more)


def test_an_interrupted_run_proves_untouched_and_another_goes_on_where_it_stopped(site):
    stopped = scan_both(site, observer=Interrupting())
    assert not stopped.run.complete
    assert len(stopped.run.parts) == 1
    store = open_store(site / ".auditor")
    assert store.verify_chain().problems == ()
    done = []
    again = scan_both(site, resume=stopped.run.id, observer=_Telling(done))
    assert again.run.complete
    assert sum(1 for _ in again.inventory()) == 4
    assert done == [1]
    assert store.verify_chain().problems == ()
    assert store.load(stopped.run.id).run.parts == stopped.run.parts


def test_a_run_that_goes_on_takes_up_nothing_that_was_asked_otherwise(site):
    stopped = scan_both(site, observer=Interrupting())
    done = []
    again = scan_both(site, resume=stopped.run.id, observer=_Telling(done), flags={"audit.purpose": "clinical"})
    assert done == [3, 1]
    assert sum(1 for _ in again.inventory()) == 4
    assert open_store(site / ".auditor").verify_chain().problems == ()


def test_what_a_worker_finished_while_the_run_was_stopped_is_counted(site, monkeypatch):
    monkeypatch.setitem(EXECUTORS, "serial", _stopped_after_all)
    stopped = scan_both(site)
    assert not stopped.run.complete
    assert sum(1 for _ in stopped.inventory()) == 4
    assert open_store(site / ".auditor").verify_chain().problems == ()


def _stopped_after_all(function, jobs, workers):
    for job in jobs:
        function(job)
        yield from ()
    raise KeyboardInterrupt


@dataclass(frozen=True)
class _Telling(api.Silent):
    done: list

    def chunk_done(self, room, rows, findings):
        self.done.append(rows)


def test_no_raw_identifier_lies_in_anything_that_was_written(site):
    source = site / "in" / "Brandvold_00471182.dcm"
    source.write_bytes(
        Path(get_testdata_file("MR_small.dcm")).read_bytes().replace(b"CompressedSamples^MR1", b"Brandvold^Tormod^^^^ ")
    )
    scan(site)
    written = [file for file in (site / ".auditor").rglob("*") if file.is_file()]
    assert written
    for file in written:
        content = file.read_bytes()
        assert b"Brandvold" not in content
        assert b"00471182" not in content
        assert file.stat().st_mode & 0o077 == 0

"""Several processes at one site: two schedulers, many runs while old ones are deleted, a mail server that is down."""

import json
import multiprocessing
import shutil
import socket
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from pydicom.data import get_testdata_file

from auditor.cli.main import run
from auditor.config.schedule import ScheduleSettings
from auditor.schedule.retention import tidy
from auditor.schedule.state import State, read_state, write_state
from auditor.store.folder import open_store
from tests.store.runs import make_finding, make_rules, make_run, seal_only, seal_run

LONG_AGO = datetime.now(UTC) - timedelta(days=90)


def _seal_old_runs(folder, count):
    store = open_store(folder)
    plan = make_run("x", [], []).plan
    plan = type(plan)("nightly", *[getattr(plan, name) for name in list(plan.__dataclass_fields__)[1:]])
    for number in range(count):
        finding = make_finding(make_rules()[0], number)
        seal_only(store, [finding], plan=plan, complete=True, finished=LONG_AGO + timedelta(minutes=number))


def test_retention_under_load_deletes_with_proof_and_breaks_no_chain(tmp_path):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_seal_old_runs, args=(tmp_path / "store", 12)) for _ in range(2)]
    for worker in workers:
        worker.start()
    store = open_store(tmp_path / "store")
    schedule = ScheduleSettings(name="nightly", cron="0 6 * * *", keep_days=30)
    proofs = []
    while any(worker.is_alive() for worker in workers):
        proofs += tidy(schedule, store, datetime.now(UTC))
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    proofs += tidy(schedule, store, datetime.now(UTC))
    report = store.verify_chain()
    assert (report.runs, report.problems) == (24, ())
    gone = {entry.id: entry.sha256 for entry in store.runs() if entry.deleted}
    assert len(gone) == 23
    assert sorted(proofs) == sorted(f"{name} sha256:{digest}" for name, digest in gone.items())
    logged = {entry.subject: entry for entry in store.log() if entry.action == "run deleted"}
    assert {name: entry.details["sha256"] for name, entry in logged.items()} == gone
    assert {entry.details["reason"] for entry in logged.values()} == {"older than 30 days, schedule nightly"}
    assert not any((store.folder / "runs" / name).exists() for name in gone)


@pytest.fixture
def site(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run(["init", "."])
    (tmp_path / "in").mkdir()
    shutil.copy(get_testdata_file("MR_small.dcm"), tmp_path / "in" / "a.dcm")
    capsys.readouterr()
    return tmp_path


def schedule_with(site, text):
    """The configuration of a site that scans one folder daily, in place of the one to begin with."""
    (site / "auditor.toml").write_text(
        '[site]\nkey_file = "site.key"\n[store]\npath = ".auditor"\n[audit]\nexecutor = "serial"\n'
        '[headers]\npaths = ["in"]\nocr = false\n'
        f'[[schedule]]\nname = "daily"\ncron = "0 6 * * *"\nreports = []\n{text}\n'
    )


def test_two_schedulers_at_once_run_what_is_due_once(site):
    schedule_with(site, 'overlap = "wait"')
    store = open_store(site / ".auditor")
    write_state(store.folder, "daily", State(handled=LONG_AGO.isoformat()))
    command = [sys.executable, "-m", "auditor", "schedule", "run"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = sorted(one.communicate(timeout=240)[0] for one in both)
    assert len(store.runs()) == 1
    assert any("caught up once" in text for text in told)
    assert any("another scheduler has just run it" in text or "next due" in text for text in told)
    assert Counter(entry.action for entry in store.log())["run sealed"] == 1


def test_a_mail_server_that_is_down_is_tried_again_said_and_the_report_kept(site, capsys):
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    schedule_with(
        site,
        'formats = ["csv"]\nmail_to = ["officer@example.org"]\n'
        f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsender = "a@example.org"\nattempts = 2\nwait_seconds = 0',
    )
    assert run(["schedule", "run", "daily", "--now"]) == 3
    told = capsys.readouterr().out
    assert "The report was not handed over: ConnectionRefusedError" in told
    store = open_store(site / ".auditor")
    (kept,) = (store.folder / "outbox").glob("*.csv")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(store.runs()) == 1
    run(["schedule", "status"])
    assert "not handed over" in capsys.readouterr().out


def test_an_audit_that_cannot_be_made_is_delivered_as_a_failure(site, capsys):
    schedule_with(site, 'rooms = ["trail"]\nfolder = "out"')
    assert run(["schedule", "run", "daily", "--now"]) == 3
    assert "daily: failed" in capsys.readouterr().out
    (told,) = (site / "out").glob("FAILED-daily-*.txt")
    assert "this is not a clean result" in told.read_text()
    assert read_state(site / ".auditor", "daily").last_result == "failed"


def test_old_runs_are_deleted_by_the_schedule_and_the_log_shows_the_proof(site, capsys):
    schedule_with(site, "keep_days = 30")
    store = open_store(site / ".auditor", lambda: LONG_AGO)
    old = make_run("x", [], []).plan
    plan = type(old)("daily", *[getattr(old, name) for name in list(old.__dataclass_fields__)[1:]])
    first = seal_run(store, [], plan=plan, complete=True, finished=LONG_AGO)
    run(["schedule", "run", "daily", "--now"])
    assert f"daily: deleted {first.run.id} sha256:{first.sha256}" in capsys.readouterr().out
    assert run(["runs", "log"]) == 0
    assert f"run deleted      {first.run.id}  sha256:{first.sha256}" in capsys.readouterr().out
    assert run(["runs", "verify"]) == 0
    state = json.loads((site / ".auditor" / "schedule" / "daily.json").read_text())
    assert state["handled"]

"""A schedule runs once for all it missed, never twice at a time, and a failure is a report too."""

import fcntl
import json
import os
import sys
from datetime import UTC, datetime, timedelta

import pytest

from auditor.config.load import load
from auditor.errors import StoreError, TargetError
from auditor.schedule.audits import audit_of
from auditor.schedule.retention import tidy
from auditor.schedule.runner import run_due, status
from auditor.schedule.state import read_state, state_folder, write_state
from auditor.schedule.systemd import install, units
from auditor.store.folder import open_store
from tests.store.runs import make_run, seal_run

START = datetime(2026, 5, 4, 5, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def site(tmp_path):
    """A site with one schedule that delivers into a folder, its store, and an audit that is counted."""
    (tmp_path / "auditor.toml").write_text(
        '[store]\npath = "store"\n[[schedule]]\nname = "daily"\ncron = "0 6 * * *"\nreports = []\n'
        'formats = ["csv", "sarif", "ocsf", "json"]\nfolder = "out"\npromised_hours = 30\nkeep_days = 20\n'
    )
    clock = Clock()
    store = open_store(tmp_path / "store", clock)
    made = []

    def audit(schedule):
        made.append(schedule.name)
        run = make_run("x", [], [], complete=True)
        plan = type(run.plan)("daily", *[getattr(run.plan, name) for name in list(run.plan.__dataclass_fields__)[1:]])
        return seal_run(store, [], complete=True, plan=plan, finished=clock.now)

    return load(tmp_path / "auditor.toml"), store, audit, made, clock


def look(site, at=None, audit=None, force=False, **changes):
    configuration, store, counted, _, clock = site
    clock.now = at or clock.now
    item = configuration.settings.schedule[0].model_copy(update=changes)
    return run_due(item, configuration, store, audit or counted, now=clock.now, force=force)


def test_it_counts_from_its_first_sight_and_runs_when_it_is_due(site, tmp_path):
    assert look(site, START).outcome == "not due"
    assert look(site, START + timedelta(minutes=30)).outcome == "not due"
    result = look(site, START + timedelta(hours=1, minutes=1), reports=("officer",))
    assert (result.outcome, result.exit_code) == ("ran", 0)
    assert look(site, START + timedelta(hours=2)).outcome == "not due"
    names = sorted(file.name.split(".", 1)[-1] for file in (tmp_path / "out").iterdir())
    assert names == ["csv", "json", "ocsf.json", "pdf", "sarif"]
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in (tmp_path / "out").iterdir())


def test_several_missed_times_are_caught_up_once_and_said(site):
    look(site, START)
    result = look(site, START + timedelta(days=5, hours=2))
    assert "6 times were due" in result.sentence
    assert site[3] == ["daily"]
    assert look(site, START + timedelta(days=5, hours=3)).outcome == "not due"


def test_a_failure_leaves_a_report_that_says_so(site, tmp_path):
    def broken(schedule):
        raise TargetError("nothing can be read", where="the archive", right="a mounted archive")

    result = look(site, START, broken, force=True)
    assert (result.outcome, result.exit_code) == ("failed", 3)
    (told,) = (tmp_path / "out").glob("FAILED-daily-*.txt")
    assert "nothing can be read" in told.read_text()
    assert "not a clean result" in told.read_text()
    state = read_state(site[1].folder, "daily")
    assert (state.last_result, state.last_good) == ("failed", "")
    assert list(site[1].log())[-1].action == "schedule ran"


def test_an_error_that_is_not_ours_is_named_by_its_kind_only(site, tmp_path):
    def broken(schedule):
        raise OSError("Doe^Jane")

    look(site, START, broken, force=True)
    (told,) = (tmp_path / "out").glob("FAILED-daily-*.txt")
    assert "Doe" not in told.read_text()


def test_an_overlap_is_skipped_and_said(site):
    store = site[1]
    handle = os.open(state_folder(store.folder) / "running.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        result = look(site, START, force=True)
    finally:
        os.close(handle)
    assert (result.outcome, result.exit_code) == ("skipped", 3)
    assert read_state(store.folder, "daily").skipped == 1
    assert list(store.log())[-1].action == "schedule skipped"
    assert look(site, START, force=True, overlap="wait").outcome == "ran"


def test_status_is_bad_when_the_last_good_run_is_older_than_promised(site):
    configuration, store, *_ = site
    item = configuration.settings.schedule[0]
    assert status(item, store, START).exit_code == 1
    look(site, START, force=True)
    assert status(item, store, START + timedelta(hours=29)).exit_code == 0
    late = status(item, store, START + timedelta(hours=31))
    assert (late.exit_code, "older than the 30 hours promised" in late.sentence) == (1, True)
    careless = item.model_copy(update={"promised_hours": 0})
    assert status(careless, store, START).exit_code == 0


def test_old_runs_are_deleted_with_proof_and_the_newest_stays(site):
    configuration, store, _, _, clock = site
    for day in (0, 10, 40):
        look(site, START + timedelta(days=day), force=True)
    item = configuration.settings.schedule[0]
    proofs = tidy(item, store, clock.now)
    assert len(proofs) == 2
    assert all("sha256:" in proof for proof in proofs)
    assert tidy(item, store, clock.now + timedelta(days=999)) == []
    assert tidy(item.model_copy(update={"keep_days": 0}), store, clock.now) == []
    assert store.verify_chain().problems == ()


def test_what_could_not_be_handed_over_is_kept_and_said(site, tmp_path):
    (tmp_path / "out").write_text("a file where the folder should be")
    result = look(site, START, force=True)
    assert result.exit_code == 3
    assert "not handed over" in result.sentence
    assert list((site[1].folder / "outbox").glob("*.sarif"))
    item = site[0].settings.schedule[0]
    assert "not handed over" in status(item, site[1], START).sentence


def test_a_command_receives_the_files_and_no_secret(site, tmp_path, monkeypatch):
    monkeypatch.setenv("AUDITOR_PASSPHRASE", "open sesame")
    script = "import json,os,sys; json.dump([sys.argv[1:], 'AUDITOR_PASSPHRASE' in os.environ], open(r'%s', 'w'))"
    target = tmp_path / "seen.json"
    result = look(site, START, force=True, folder="", command=(sys.executable, "-c", script % target))
    assert result.exit_code == 0
    files, secret = json.loads(target.read_text())
    assert len(files) == 4
    assert not secret
    failing = look(site, START, force=True, folder="", command=(sys.executable, "-c", "raise SystemExit(7)"))
    assert "ended with 7" in failing.sentence


def test_a_broken_state_is_said(site):
    (state_folder(site[1].folder) / "daily.json").write_text("[")
    with pytest.raises(StoreError, match="state of a schedule"):
        look(site, START)
    write_state(site[1].folder, "daily", read_state(site[1].folder, "other"))
    assert look(site, START).outcome == "not due"


def test_only_the_rooms_of_the_schedule_are_audited(site):
    from dataclasses import dataclass

    from auditor.errors import ConfigError
    from auditor.model.run import Request

    @dataclass(frozen=True)
    class Plan:
        name: str
        requests: tuple

    plan = Plan("audit", (Request("headers", ("a",)), Request("trail", ("b",))))
    seen = []

    def audit(*, configuration, adapt):
        seen.append(adapt(plan))

    item = site[0].settings.schedule[0]
    audit_of(audit, site[0])(item.model_copy(update={"rooms": ("trail",)}))
    assert (seen[0].name, [request.room for request in seen[0].requests]) == ("daily", ["trail"])
    with pytest.raises(ConfigError, match="names no room"):
        audit_of(audit, site[0])(item.model_copy(update={"rooms": ("cellar",)}))


def test_units_for_systemd_name_the_schedule_and_survive_odd_paths(site, tmp_path):
    item = site[0].settings.schedule[0]
    folder = tmp_path / "odd folder %h $x"
    folder.mkdir()
    made = units(item, folder / "auditor.toml")
    assert set(made) == {"auditor-daily.service", "auditor-daily.timer"}
    service = made["auditor-daily.service"]
    assert "%%h" in service
    assert "UMask=0077" in service
    assert "Persistent=true" in made["auditor-daily.timer"]
    files = install(item, folder / "auditor.toml", tmp_path / "units")
    assert [file.read_text() for file in files] == list(made.values())

"""The commands over stored runs, as a person types them."""

import json
from datetime import UTC, datetime

import pytest

from auditor.cli.main import run
from auditor.report.devca import init_dev_ca
from auditor.store.folder import open_store
from tests.store.runs import make_finding, make_rules, seal_run


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A site with two runs, a development signer, and two people."""
    monkeypatch.chdir(tmp_path)
    init_dev_ca(tmp_path / "ca", datetime.now(UTC))
    init_dev_ca(tmp_path / "second", datetime.now(UTC), "Second person")
    base = '[site]\npeople = ["anna", "bernd"]\n[store]\npath = "store"\n[report]\n'
    trust = 'trust = ["ca/dev-ca.pem", "second/dev-ca.pem"]\n'
    for name, folder in (("auditor.toml", "ca"), ("second.toml", "second")):
        key = f'signer = "{folder}/signer.p12"\npassphrase_file = "{folder}/signer.passphrase"\n'
        extra = '[[schedule]]\nname = "weekly"\ncron = "0 6 * * 1"\npromised_hours = 100\n'
        (tmp_path / name).write_text(base + key + trust + extra)
    store = open_store(tmp_path / "store")
    rules = make_rules()
    seal_run(store, [make_finding(rules[0], number) for number in range(3)])
    seal_run(store, [make_finding(rules[0], number) for number in range(1, 5)])
    return tmp_path


def test_a_report_is_made_verified_and_approved(site, capsys):
    assert run(["report", "--approval", "--output", "r.pdf"]) == 0
    assert run(["verify", "r.pdf"]) == 0
    told = capsys.readouterr().out
    assert "The store's chain of runs holds this very run." in told
    assert "development certificate" in told
    assert run(["sign", "approve", "r.pdf", "--config", "second.toml"]) == 0
    assert run(["verify", "r.pdf"]) == 0
    assert "Second person approved this report" in capsys.readouterr().out
    assert run(["sign", "approve", "r.pdf"]) == 3
    assert (site / "r.pdf").stat().st_mode & 0o777 == 0o600


def test_a_changed_report_is_refused_everywhere(site, capsys):
    run(["report", "--output", "r.pdf"])
    content = bytearray((site / "r.pdf").read_bytes())
    content[5000] ^= 1
    (site / "r.pdf").write_bytes(content)
    assert run(["verify", "r.pdf"]) == 1
    assert run(["sign", "approve", "r.pdf", "--config", "second.toml"]) == 1
    assert run(["verify", "missing.pdf"]) == 2
    (site / "plain.toml").write_text("[store]\npath = 'store'\n")
    assert run(["sign", "approve", "r.pdf", "--config", "plain.toml"]) == 3
    assert "no key is configured" in capsys.readouterr().err


def test_a_store_that_was_changed_since_is_told_by_verify(site, capsys):
    run(["report", "--output", "r.pdf"])
    oldest = sorted((site / "store" / "runs").iterdir())[0]
    (oldest / "run.json").write_bytes((oldest / "run.json").read_bytes() + b" ")
    assert run(["verify", "r.pdf"]) == 1
    assert "The store was changed" in capsys.readouterr().out
    assert run(["runs", "verify"]) == 1


def test_runs_are_listed_shown_logged_verified_and_deleted(site, capsys):
    assert run(["runs", "list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == 2
    assert run(["runs", "show", "previous"]) == 0
    assert listed[0].split()[0] in capsys.readouterr().out
    assert run(["runs", "verify"]) == 0
    assert "runs: 2 · log entries: 2 · whole" in capsys.readouterr().out
    assert run(["runs", "delete", listed[0].split()[0], "--reason", "tidy"]) == 0
    assert run(["runs", "log"]) == 0
    assert "run deleted" in capsys.readouterr().out
    assert run(["runs", "verify"]) == 0


def test_exports_go_to_files_for_the_owner_only_and_are_logged(site, capsys):
    for name in ("json", "jsonl", "csv", "sarif", "oscal", "junit", "ocsf", "hdf", "markdown"):
        assert run(["export", "--format", name, "--output", f"x.{name}"]) == 0
        assert (site / f"x.{name}").stat().st_mode & 0o777 == 0o600
    assert run(["export", "previous", "--format", "jsonl"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert run(["export", "--output", "no/such/folder"]) == 2
    run(["runs", "log"])
    assert capsys.readouterr().out.count("exported") == 11


def test_two_runs_are_compared_with_an_exit_code(site, capsys):
    assert run(["compare"]) == 1
    told = capsys.readouterr().out
    assert "2 new · 1 gone · 0 not looked at again · 2 still there" in told
    assert run(["compare", "latest", "latest", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"][0]["change"] == "still there"


def test_waivers_take_two_people(site, capsys):
    words = ["--reason", "vendor fix", "--ticket", "SEC-1", "--expires", f"{datetime.now(UTC).date()}"]
    assert run(["waive", "propose", "headers.check-000", *words, "--as", "anna"]) == 0
    assert run(["waive", "approve", "1", "--as", "anna", "--config", "second.toml"]) == 2
    assert run(["waive", "approve", "1", "--as", "bernd"]) == 2
    assert run(["waive", "approve", "1", "--as", "bernd", "--config", "second.toml"]) == 0
    assert "SEC-1" in (site / "waivers.yaml").read_text()
    assert run(["waive", "list"]) == 0
    assert "anna → bernd" in capsys.readouterr().out
    assert run(["runs", "verify"]) == 0
    assert run(["waive", "expire", "1", "--as", "anna"]) == 0
    assert "SEC-1" not in (site / "waivers.yaml").read_text()


def test_a_forged_signature_in_the_ledger_is_found(site, capsys):
    from auditor.store.waivers import Proposal, propose

    store = open_store(site / "store")
    forged = {"signer": "anna", "certificate": "", "certificate_sha256": "", "value": "00"}
    until = datetime.now(UTC).date()
    propose(store, Proposal("a.b", "*", "because", "T", f"{until}"), "anna", (), until, lambda content: forged)
    assert run(["runs", "verify"]) == 1
    assert "does not fit it" in capsys.readouterr().out


def test_schedules_are_listed_installed_and_watched(site, capsys):
    assert run(["schedule", "list"]) == 0
    assert "0 6 * * 1" in capsys.readouterr().out
    assert run(["schedule", "next", "weekly", "--count", "3"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert run(["schedule", "status"]) == 1
    assert run(["schedule", "install", "--folder", str(site / "units")]) == 0
    assert (site / "units" / "auditor-weekly.timer").is_file()
    assert run(["schedule", "run"]) == 0
    assert "first due" in capsys.readouterr().out
    assert run(["schedule", "run", "nightly"]) == 2


def test_the_signer_in_use_is_shown(site, capsys):
    assert run(["sign", "show"]) == 0
    assert "may sign" in capsys.readouterr().out
    (site / "none.toml").write_text("")
    assert run(["sign", "show", "--config", "none.toml"]) == 0
    assert "not signed" in capsys.readouterr().out
    assert run(["sign", "init-dev-ca", "third", "--name", "Third"]) == 0
    assert run(["sign", "init-dev-ca", "third"]) == 2

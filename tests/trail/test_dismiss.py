"""An officer dismisses a story: a waiver with an end, recorded with who, and not told again when it goes on."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.cli.main import run
from auditor.config.keyfile import write_key
from auditor.store.folder import open_store
from auditor.store.waivers import dossiers
from fixtures.makers import logs

LOGS = ["trail", "logs", "--workers", "1", "--executor", "serial"]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_key(tmp_path / "site.key")
    text = '[site]\npeople = ["anna", "bernd"]\nkey_file = "site.key"\n[store]\npath = "store"\n'
    (tmp_path / "auditor.toml").write_text(text)
    logs.make(tmp_path / "logs")
    return tmp_path


def findings(capsys: pytest.CaptureFixture[str], rule: str) -> list[dict[str, str]]:
    capsys.readouterr()
    assert run(["export", "--format", "csv-exact"]) == 0
    rows = csv.DictReader(io.StringIO(capsys.readouterr().out))
    return [row for row in rows if row["rule"] == rule]


def go_on(site: Path) -> None:
    """One more failed log-in a minute later, at the log's end, as a late message."""
    log = site / "logs" / "idp.log"
    lines = log.read_text(encoding="utf-8").splitlines()
    last = [line for line in lines if 'EventOutcomeIndicator="0"' not in line][-1]
    number = len(lines) + 1
    late = re.sub(r'(sequenceId=")\d+', rf"\g<1>{number}", last.replace("T03:0", "T03:1"))
    log.write_text("\n".join([*lines, late]) + "\n", encoding="utf-8")


def test_a_dismissed_story_is_waived_in_the_next_run_though_it_went_on(site, capsys):
    assert run(LOGS) == 3
    (story,) = findings(capsys, "trail.password-guessed")
    words = ["--reason", "test of the security team", "--as", "anna"]
    assert run(["trail", "dismiss", story["fingerprint"][:10], *words]) == 0
    assert "auditor waive approve 1" in capsys.readouterr().out
    assert run(["waive", "approve", "1", "--as", "anna"]) == 2
    assert run(["waive", "approve", "1", "--as", "bernd"]) == 0
    go_on(site)

    run(LOGS)

    (again,) = findings(capsys, "trail.password-guessed")
    assert again["evidence"] != story["evidence"]
    assert (again["fingerprint"], again["outcome"]) == (story["fingerprint"], "waived")
    (dossier,) = dossiers(open_store(site / "store"))
    assert (dossier.proposer, dossier.approver, dossier.state) == ("anna", "bernd", "approved")
    assert dossier.proposal.expires == (datetime.now(UTC).date() + timedelta(days=180)).isoformat()
    assert dossier.proposal.reason == "test of the security team"


def test_an_unknown_fingerprint_is_refused_and_leaves_no_proposal(site, capsys):
    run(LOGS)
    for unknown in ("0123abcd", "no", "ffffffffffffffff"):
        capsys.readouterr()
        assert run(["trail", "dismiss", unknown, "--reason", "none of ours", "--as", "anna"]) == 2
        told = capsys.readouterr().err
        assert "has that fingerprint" in told or "too short" in told
    assert dossiers(open_store(site / "store")) == []

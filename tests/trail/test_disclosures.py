"""A patient asks to whom their images went: the account comes as CSV or PDF, for its owner alone."""

import stat

import pytest

from auditor.cli.main import run
from fixtures.makers import logs


@pytest.mark.parametrize(("name", "begins"), [("account.csv", b""), ("account.pdf", b"%PDF-")])
def test_an_export_is_in_the_account(tmp_path, name, begins):
    logs.make(tmp_path / "logs")
    account = tmp_path / name
    dates = ["--from", "2026-11-01", "--to", "2026-11-20"]
    words = ["trail", "disclosures", str(tmp_path / "logs"), "--patient", "00501003", *dates]
    assert run([*words, "--output", str(account)]) == 0
    content = account.read_bytes()
    assert content.startswith(begins)
    assert stat.S_IMODE(account.stat().st_mode) == 0o600
    if not begins:
        assert b"rjansson" in content


def test_an_account_that_would_end_before_it_begins_is_refused(tmp_path, capsys):
    logs.make(tmp_path / "logs")
    dates = ["--from", "2026-11-20", "--to", "2026-11-01"]
    words = ["trail", "disclosures", str(tmp_path / "logs"), "--patient", "00501003", *dates]
    assert run([*words, "--output", str(tmp_path / "account.csv")]) == 2
    assert "before" in capsys.readouterr().err

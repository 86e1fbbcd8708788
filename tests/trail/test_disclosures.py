"""A patient asks to whom their images went: the account comes as CSV or PDF, for its owner alone."""

import csv
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


EVENTS = """time;source;seq;user;event;action;patient;accession;destination ae;media;images
2026-05-04T10:00:00;PACS;1;mara;Export;R;0042;A1;BURNER;CD;12
2026-05-05T10:00:00;PACS;2;nils;Retrieve;R;42;A2;STUDYDB;;40
2026-05-06T10:00:00;PACS;3;mara;Export;R;42;A3;BURNER;CD;7
2026-05-07T10:00:00;PACS;4;mara;Retrieve;R;42;A1;INSIDE;;7
2026-05-08T10:00:00;PACS;5;mara;Export;R;43;A9;BURNER;CD;7
"""
RELEASES = ["R1;42;;2026-05-01T08:00:00", "R2;42;A1;2026-04-28T08:00:00", "R3;42;;2026-05-02T08:00:00"]
APPROVALS = [
    "P9;nils;42;;2026-01-01;2026-12-31",
    "P1;nils;;STUDYDB;2026-01-01;2026-12-31",
    "P0;nils;42;OTHERDB;2026-05-01;2026-12-31",
]
INVENTORY = "title;external\nSTUDYDB;yes\nINSIDE;no\nBURNER;no\n"


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_requests_and_approvals_the_best_counts_in_whatever_order_they_stand(tmp_path, order):
    (tmp_path / "logs").mkdir()
    (tmp_path / "hr").mkdir()
    (tmp_path / "logs" / "pacs.csv").write_text(EVENTS, encoding="utf-8")
    releases = ["request;patient;accession;requested", *RELEASES[::order]]
    approvals = ["approval;user;patient;destination;valid_from;valid_to", *APPROVALS[::order]]
    (tmp_path / "hr" / "release_requests.csv").write_text("\n".join(releases) + "\n")
    (tmp_path / "hr" / "approvals.csv").write_text("\n".join(approvals) + "\n")
    (tmp_path / "hr" / "ae_inventory.csv").write_text(INVENTORY)
    account = tmp_path / "account.csv"
    words = ["trail", "disclosures", str(tmp_path / "logs"), "--patient", "42", "--from", "2026-05-04"]

    assert run([*words, "--to", "2026-05-07", "--context", str(tmp_path / "hr"), "--output", str(account)]) == 0

    rows = list(csv.DictReader(account.read_text(encoding="utf-8").splitlines()))
    told = [(row["record"], row["purpose"].split(" (")[0], row["by"]) for row in rows]
    assert told == [
        ("PACS:1", "request R2", "mara"),
        ("PACS:2", "request R3", "nils"),
        ("PACS:3", "request R3", "mara"),
    ]


def test_an_approval_for_the_very_destination_comes_before_one_for_any(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "hr").mkdir()
    (tmp_path / "logs" / "pacs.csv").write_text(EVENTS, encoding="utf-8")
    approvals = ["approval;user;patient;destination;valid_from;valid_to", *APPROVALS]
    (tmp_path / "hr" / "approvals.csv").write_text("\n".join(approvals) + "\n")
    (tmp_path / "hr" / "ae_inventory.csv").write_text(INVENTORY)
    account = tmp_path / "account.csv"
    words = ["trail", "disclosures", str(tmp_path / "logs"), "--patient", "42", "--from", "2026-05-05"]

    assert run([*words, "--to", "2026-05-05", "--context", str(tmp_path / "hr"), "--output", str(account)]) == 0

    (row,) = csv.DictReader(account.read_text(encoding="utf-8").splitlines())
    assert row["purpose"].startswith("approval P1")
    assert (row["recipient"], row["what"]) == ("STUDYDB", "study A2, 40 images")

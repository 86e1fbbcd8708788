"""A patient asks to whom their images went: the account comes as CSV or PDF, for its owner alone."""

import csv
import stat

import pypdfium2
import pytest

from auditor.cli.main import run
from fixtures.makers import logs


@pytest.mark.parametrize(("name", "begins"), [("account.csv", b""), ("account.pdf", b"%PDF-")])
def test_an_export_is_in_the_account(tmp_path, capsys, name, begins):
    logs.make(tmp_path / "logs")
    account = tmp_path / name
    dates = ["--from", "2026-11-01", "--to", "2026-11-20"]
    words = ["trail", "disclosures", str(tmp_path / "logs"), "--patient", "00501003", *dates]
    assert run([*words, "--output", str(account)]) == 3  # one line of the logs is broken, and that is said
    assert "INCOMPLETE: 1 record could not be used" in capsys.readouterr().err
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


SENT = """time;source;seq;user;event;action;patient;accession;destination ae;media;images;purpose
2026-05-04T10:00:00;PACS;1;mara;Export;R;0042;A1;BURNER;CD;12;PATRQT
2026-05-05T10:00:00;PACS;2;nils;Retrieve;R;42;A2;STUDYDB;;40;HRESCH
2026-05-06T10:00:00;PACS;3;mara;Export;R;42;A3;BURNER;CD;7;
2026-05-07T10:00:00;PACS;4;mara;Retrieve;R;42;A1;INSIDE;;7;TREAT
2026-05-07T11:00:00;PACS;5;mara;Retrieve;R;42;A1;NIGHT;;7;TREAT
2026-05-08T10:00:00;PACS;6;mara;Export;R;42;A9;BURNER;DVD;7;
2026-05-09T12:00:00;PACS;7;mara;Retrieve;R;42;A9;STRANGE;;1;
2026-05-10T12:00:00;PACS;8;mara;Export;R;42;A8;BURNER;CD;7;
"""
ASKED = """request;patient;accession;requested;kind;destination;recipient address;suspended until
R1;42;A3;2026-05-01T08:00:00;court order;District Court;1 Main St;
R2;42;A9;2026-05-07T08:00:00;law enforcement;State Police;;2999-12-31
R3;42;A8;2026-05-07T08:00:00;law enforcement;State Police;;2026-06-30
R4;42;A1;2026-05-03T08:00:00;patient copy;Patient;;
"""
NODES = """title;external;ip;owner
STUDYDB;yes;10.9.9.9;Study centre
NIGHT;yes;203.0.113.5;Night readers
INSIDE;no;10.1.1.1;Radiology
BURNER;no;10.1.1.2;Radiology
"""


@pytest.fixture
def house(tmp_path):
    (tmp_path / "hr").mkdir()
    (tmp_path / "pacs.csv").write_text(SENT, encoding="utf-8")
    (tmp_path / "hr" / "release_requests.csv").write_text(ASKED, encoding="utf-8")
    (tmp_path / "hr" / "ae_inventory.csv").write_text(NODES, encoding="utf-8")
    (tmp_path / "auditor.toml").write_text('[site]\nname = "St. Elsewhere"\n', encoding="utf-8")
    return tmp_path


def accounted(house, *more, name="account.csv"):
    words = ["trail", "disclosures", str(house / "pacs.csv"), "--patient", "42", "--output", str(house / name)]
    return run([*words, "--config", str(house / "auditor.toml"), "--context", str(house / "hr"), *more])


def test_an_account_has_what_the_rule_asks_for_and_leaves_out_what_it_lets_out(house, capsys):
    assert accounted(house, "--from", "2026-05-01", "--to", "2026-12-31") == 0

    rows = list(csv.DictReader((house / "account.csv").read_text(encoding="utf-8").splitlines()))
    asked = ("date", "recipient", "address", "what", "purpose")  # 164.528(b)(2)(i) to (iv)
    assert [tuple(row[name] for name in asked) for row in rows] == [
        ("2026-05-05 10:00", "STUDYDB (Study centre)", "10.9.9.9", "study A2, 40 images", "research (HRESCH)"),
        ("2026-05-06 10:00", "District Court", "1 Main St", "study A3, 7 images, on CD", "request R1 (court order)"),
        ("2026-05-09 12:00", "STRANGE (not in the inventory)", "", "study A9, 1 image",
         "not known: no request or approval was found"),
        ("2026-05-10 12:00", "State Police", "", "study A8, 7 images, on CD", "request R3 (law enforcement)"),
    ]  # fmt: skip
    told = capsys.readouterr().err
    assert "164.528(a)(1)(ii) provides, to the patient: 1\n" in told
    assert "164.528(a)(1)(i) provides, treatment: 1\n" in told
    assert "suspended (164.528(a)(2)), until 2999-12-31: 1\n" in told
    assert "hold nothing before 2026-05-04" in told


def test_without_days_an_account_reaches_back_six_years_and_a_longer_one_is_said(house, capsys):
    assert accounted(house, "--to", "2024-02-29") == 0
    assert "disclosures from 2018-03-01 to 2024-02-29: 0" in capsys.readouterr().err

    assert accounted(house, "--from", "2001-01-01") == 0
    assert "more than the 6 years" in capsys.readouterr().err


def test_without_an_inventory_transfers_are_counted_as_not_judged(house, capsys):
    (house / "hr" / "ae_inventory.csv").unlink()

    assert accounted(house, "--from", "2026-05-04") == 0

    assert "not judged, for want of an inventory of AE titles that tells what is outside: 4" in capsys.readouterr().err


def test_a_folder_of_context_that_is_not_there_is_said(house, capsys):
    assert accounted(house, "--context", str(house / "nowhere")) == 3
    assert "INCOMPLETE: the context folder cannot be read" in capsys.readouterr().err


def test_the_page_names_house_patient_days_and_limits_and_no_member_of_the_staff(house):
    assert accounted(house, "--from", "2026-05-01", "--to", "2026-12-31", name="account.pdf") == 0

    with pypdfium2.PdfDocument(house / "account.pdf") as opened:
        page = "".join(opened[0].get_textpage().get_text_range().split())
    for said in ("St.Elsewhere", "Patient42", "2026-05-01to2026-12-31", "DistrictCourt", "1MainSt", "164.528(a)(1)"):
        assert said in page
    assert "mara" not in page
    assert "BURNER" not in page

"""A waiver takes two people; every step is in a chain, and signed where there are keys."""

import json
from datetime import date

import pytest

from auditor.engine.waivers import load_waivers
from auditor.errors import ConfigError, UsageError
from auditor.report.entry import entry_is_signed, entry_signer
from auditor.store.folder import open_store
from auditor.store.waiverfile import append_waiver, remove_waiver
from auditor.store.waivers import Proposal, approve, dossiers, expire, propose, signed_bytes
from tests.report.pki import Estate

TODAY = date(2026, 5, 4)
PEOPLE = ("anna", "bernd")
ASKED = Proposal("headers.patient-name", "s*", 'The "vendor" fix is due: #7', "SEC-7", "2026-12-31")


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "store")


def test_one_proposes_and_another_approves(store):
    assert propose(store, ASKED, "anna", PEOPLE, TODAY, None) == 1
    done = approve(store, 1, "bernd", PEOPLE, TODAY, None)
    assert (done.state, done.proposer, done.approver, done.approved) == ("approved", "anna", "bernd", "2026-05-04")
    assert dossiers(store) == [done]
    assert [entry.action for entry in store.log()] == ["waiver proposed", "waiver approved"]
    assert store.verify_chain().problems == ()


@pytest.mark.parametrize("who", ["anna", "ANNA", "carla"])
def test_the_proposer_and_strangers_do_not_approve(store, who):
    propose(store, ASKED, "anna", PEOPLE, TODAY, None)
    people = (*PEOPLE, who) if who == "ANNA" else PEOPLE
    with pytest.raises(UsageError, match=r"who proposed it|not among the people"):
        approve(store, 1, who, people, TODAY, None)


def test_the_same_key_under_another_name_does_not_approve(store):
    estate = Estate()
    propose(store, ASKED, "anna", (), TODAY, entry_signer(estate.key))
    with pytest.raises(UsageError, match="with the key that it was proposed with"):
        approve(store, 1, "bernd", (), TODAY, entry_signer(estate.key))
    done = approve(store, 1, "bernd", (), TODAY, entry_signer(estate.approver.signer(estate.middle)))
    assert len(done.signatures) == 2
    for entry in store.log("waivers"):
        details = {key: value for key, value in entry.details.items() if key != "signature"}
        content = signed_bytes(entry.who, entry.action, entry.subject, details)
        assert entry_is_signed(content, entry.details["signature"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"expires": "2028-01-01"}, "within a year"),
        ({"expires": "2026-05-01"}, "today at the earliest"),
        ({"expires": "soon"}, "is no day"),
        ({"reason": " "}, "needs a reason"),
        ({"ticket": ""}, "needs a reason and a ticket"),
    ],
)
def test_what_could_never_be_approved_is_not_entered(store, changes, words):
    asked = Proposal(**{**{name: getattr(ASKED, name) for name in ASKED.__dataclass_fields__}, **changes})
    with pytest.raises(UsageError, match=words):
        propose(store, asked, "anna", PEOPLE, TODAY, None)
    assert dossiers(store) == []


def test_numbers_that_are_not_open_are_refused(store):
    propose(store, ASKED, "anna", PEOPLE, TODAY, None)
    for number in (0, 2):
        with pytest.raises(UsageError, match="no open proposal"):
            approve(store, number, "bernd", PEOPLE, TODAY, None)
        with pytest.raises(UsageError, match="no waiver"):
            expire(store, number, "bernd", None)
    assert expire(store, 1, "bernd", None).state == "expired"
    with pytest.raises(UsageError, match="no open proposal"):
        approve(store, 1, "bernd", PEOPLE, TODAY, None)


def test_a_changed_ledger_is_found(store):
    propose(store, ASKED, "anna", PEOPLE, TODAY, None)
    approve(store, 1, "bernd", PEOPLE, TODAY, None)
    file = store.folder / "waivers.jsonl"
    lines = file.read_text().splitlines()
    entry = json.loads(lines[0])
    entry["details"]["proposal"]["expires"] = "2027-04-30"
    file.write_text("\n".join([json.dumps(entry, sort_keys=True), lines[1]]) + "\n")
    assert "waivers.jsonl" in " ".join(store.verify_chain().problems)


@pytest.mark.parametrize("before", ["", "waivers: []\n", "# ours\nwaivers:\n", "waivers: [ ] # none yet\n"])
def test_an_approved_waiver_stands_in_the_file_and_goes_again(store, tmp_path, before):
    propose(store, ASKED, "anna", PEOPLE, TODAY, None)
    done = approve(store, 1, "bernd", PEOPLE, TODAY, None)
    file = tmp_path / "waivers.yaml"
    if before:
        file.write_text(before)
    append_waiver(file, done)
    (waiver,) = load_waivers(file).waivers
    assert (waiver.rule, waiver.reason, waiver.approver, waiver.expires) == (
        ASKED.rule,
        ASKED.reason,
        "bernd",
        date(2026, 12, 31),
    )
    remove_waiver(file, done)
    assert load_waivers(file).waivers == ()
    remove_waiver(file, done)


def test_a_waivers_file_that_is_no_text_is_said(store, tmp_path):
    propose(store, ASKED, "anna", PEOPLE, TODAY, None)
    done = approve(store, 1, "bernd", PEOPLE, TODAY, None)
    (tmp_path / "waivers.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        append_waiver(tmp_path / "waivers.yaml", done)

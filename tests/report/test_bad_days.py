"""Signing on a bad day, through the command: keys that may not sign, authorities that are silent, wrong clocks."""

import json
import socket
from datetime import timedelta

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from auditor.cli.main import run
from auditor.report.sign import Signing, sign
from auditor.store.folder import open_store
from tests.report.pki import NOW, Estate, Holder, timestamp_server
from tests.report.revocation import Answers, responder
from tests.store.runs import seal_run


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A site with one run; `signs` writes the configuration for a holder's key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AUDITOR_PASSPHRASE", raising=False)
    seal_run(open_store(tmp_path / "store"))
    (tmp_path / "auditor.toml").write_text('[store]\npath = "store"\n')
    return tmp_path


def signs(desk, holder, *chain, roots=(), mode=0o600, **settings):
    (desk / "key.pem").write_bytes(holder.key_pem() + holder.pem() + b"".join(one.pem() for one in chain))
    (desk / "key.pem").chmod(mode)
    (desk / "roots.pem").write_bytes(b"".join(one.pem() for one in roots))
    values = {"signer": "key.pem"} | ({"trust": ["roots.pem"]} if roots else {}) | settings
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    (desk / "auditor.toml").write_text('[store]\npath = "store"\n[report]\n' + "\n".join(lines) + "\n")


def report(capsys):
    code = run(["report", "--output", "r.pdf"])
    return code, capsys.readouterr().err


def test_a_key_file_that_others_can_read_signs_nothing(desk, estate, capsys):
    signs(desk, estate.signer, mode=0o640)
    code, told = report(capsys)
    assert code == 2
    assert "can be read by others (mode 0640)" in told
    assert "chmod 600" in told
    assert not (desk / "r.pdf").exists()


@pytest.mark.parametrize(
    ("holder", "words"),
    [
        ({"start": -30, "days": 10}, "it expired on"),
        ({"start": 2}, "it is not valid before"),
        ({"usages": ("key_encipherment",)}, "its key usage does not allow signatures"),
        ({"purposes": [ExtendedKeyUsageOID.SERVER_AUTH]}, "its extended key usage does not allow signing documents"),
        ({"ca": True}, "the certificate of an authority"),
    ],
)
def test_a_certificate_that_may_not_sign_is_refused_in_words(desk, estate, capsys, holder, words):
    signs(desk, Holder("Bad Signer", estate.middle, **holder), estate.middle)
    code, told = report(capsys)
    assert code == 3
    assert words in told
    assert run(["sign", "show"]) == 3
    assert not (desk / "r.pdf").exists()


def closed_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_a_silent_timestamp_authority_stops_the_report_unless_told_otherwise(desk, estate, capsys):
    silent = {"level": "B-T", "timestamp_url": f"http://127.0.0.1:{closed_port()}/tsa"}
    signs(desk, estate.signer, estate.middle, roots=[estate.root], **silent)
    code, told = report(capsys)
    assert code == 3
    assert "timestamp authority does not answer" in told
    assert "timestamp_fallback = true" in told
    assert not (desk / "r.pdf").exists()
    signs(desk, estate.signer, estate.middle, roots=[estate.root], timestamp_fallback=True, **silent)
    code, told = report(capsys)
    assert code == 0
    assert "the time of signing is the signer's own word" in told
    assert run(["verify", "r.pdf", "--quick"]) == 0
    assert "by the clock of the signer's own computer" in capsys.readouterr().out


def test_a_clock_that_is_behind_or_ahead_is_told_by_verification(desk, drawn, estate, places, capsys):
    for days, words in ((3, "is not valid yet: the clock"), (-3, "has expired, and no timestamp proves")):
        start = {"start": days - 1, "days": 2}
        holder = Holder("Odd Clock", estate.middle, **start)
        signs(desk, estate.signer, roots=[estate.root])
        now = NOW + timedelta(days=days)
        from auditor.report.build import draw

        content = draw(open_store(desk / "store").load(), certificate=holder.signer().pem())[0]
        pdf = sign(content, Signing(holder.signer(estate.middle)), now, reason="t", folders=places).content
        (desk / "r.pdf").write_bytes(pdf)
        assert run(["verify", "r.pdf", "--quick"]) in (1, 3)
        assert words in capsys.readouterr().out


class NetworkEstate(Estate):
    """The same people, whose certificates name a responder for CRL or OCSP."""

    def __init__(self, url, kind):
        def where(name):
            return {"ocsp_url": f"{url}/ocsp"} if kind == "ocsp" else {"crl_url": f"{url}/{name}.crl"}

        self.root = Holder("Test Root", ca=True, days=3650)
        self.middle = Holder("Test Issuing CA", self.root, ca=True, days=1825, **where("root"))
        self.signer = Holder("Ada Auditor", self.middle, **where("middle"))
        stamping = [ExtendedKeyUsageOID.TIME_STAMPING]
        self.authority = Holder("Test Timestamp Authority", self.root, purposes=stamping, rsa_key=True, **where("root"))

    def tell(self, answers, *revoked):
        answers.crls = {"/root.crl": self.root.crl(), "/middle.crl": self.middle.crl(*revoked)}
        answers.known = [self.middle, self.signer, self.authority]
        answers.revoked = list(revoked)


@pytest.mark.parametrize("kind", ["ocsp", "crl"])
def test_the_state_of_certificates_is_fetched_embedded_and_needed_no_more(desk, capsys, kind):
    answers = Answers()
    with responder(answers) as url:
        people = NetworkEstate(url, kind)
        people.tell(answers)
        with timestamp_server(people.authority) as tsa:
            signs(desk, people.signer, people.middle, roots=[people.root], level="B-LTA", timestamp_url=tsa)
            code, told = report(capsys)
            assert (code, "PAdES B-LTA" in told) == (0, True), told
            assert answers.asked
            people.tell(answers, people.signer)
            code, told = report(capsys)
            assert code == 3
            assert "is revoked" in told
    answers.asked.clear()
    assert run(["verify", "r.pdf", "--quick"]) == 0, "the responder is gone, what it said is inside"
    assert answers.asked == []


def test_an_approval_of_a_lasting_report_lasts_too_and_a_revoked_approver_is_refused(desk, capsys):
    answers = Answers()
    with responder(answers) as url:
        people = NetworkEstate(url, "crl")
        second = Holder("Olga Officer", people.middle, crl_url=f"{url}/middle.crl")
        with timestamp_server(people.authority) as tsa:
            lasting = {"level": "B-LTA", "timestamp_url": tsa, "approval": True}
            people.tell(answers)
            signs(desk, people.signer, people.middle, roots=[people.root], **lasting)
            assert report(capsys)[0] == 0
            signs(desk, second, people.middle, roots=[people.root], **lasting)
            people.tell(answers, second)
            assert run(["sign", "approve", "r.pdf"]) == 3
            assert "Olga Officer is revoked" in capsys.readouterr().err
            people.tell(answers)
            assert run(["sign", "approve", "r.pdf"]) == 0
    assert run(["verify", "r.pdf"]) == 0, "the responder is gone, what it said of both is inside"
    told = capsys.readouterr().out
    assert "Olga Officer approved this report" in told
    assert "Its pages show what the run data inside says." in told


@pytest.mark.parametrize("kind", ["ocsp", "crl"])
def test_a_silent_responder_stops_a_report_that_must_last(desk, capsys, kind):
    people = NetworkEstate(f"http://127.0.0.1:{closed_port()}", kind)
    with timestamp_server(people.authority) as tsa:
        signs(desk, people.signer, people.middle, roots=[people.root], level="B-LT", timestamp_url=tsa)
        code, told = report(capsys)
    assert code == 3
    assert "state of a certificate cannot be learnt" in told
    assert not (desk / "r.pdf").exists()


def test_a_revoked_signer_is_known_by_the_lists_of_the_site(desk, estate, tsa, capsys):
    (desk / "root.crl").write_bytes(estate.root.crl())
    (desk / "middle.crl").write_bytes(estate.middle.crl(estate.signer))
    lists = {"crls": ["root.crl", "middle.crl"], "level": "B-LT", "timestamp_url": tsa}
    signs(desk, estate.signer, estate.middle, roots=[estate.root], **lists)
    code, told = report(capsys)
    assert code == 3
    assert "Ada Auditor is revoked" in told


def test_a_list_that_is_missing_or_garbage_is_said(desk, estate, tsa, capsys):
    for content in (None, b"no list"):
        (desk / "x.crl").unlink(missing_ok=True)
        if content is not None:
            (desk / "x.crl").write_bytes(content)
        signs(desk, estate.signer, roots=[estate.root], crls=["x.crl"], level="B-LT", timestamp_url=tsa)
        code, told = report(capsys)
        assert code == 2
        assert "revocation list cannot be read" in told
        assert "x.crl" in told


def test_a_run_of_a_newer_version_is_refused_with_what_to_do(desk, estate, capsys):
    signs(desk, estate.signer)
    (file,) = (desk / "store" / "runs").glob("*/run.json")
    data = json.loads(file.read_bytes()) | {"schema_version": 99}
    file.write_text(json.dumps(data))
    for words in (["report"], ["export"], ["compare", "latest", "latest"], ["runs", "show"]):
        assert run(words) == 3
        told = capsys.readouterr().err
        assert "schema version 99, this auditor reads version" in told
        assert "the version of the auditor that wrote it" in told


def test_a_store_on_a_disk_that_is_read_only_is_said(desk, capsys):
    """/sys lets nobody make a folder, root neither."""
    code = run(["runs", "list", "--store", "/sys/imaging-auditor"])
    assert code == 3
    told = capsys.readouterr().err
    assert "the folder cannot be made" in told
    assert "[store] path" in told


def test_a_full_disk_under_the_result_is_said(desk, capsys):
    assert run(["export", "--format", "csv", "--output", "/dev/full"]) == 2
    assert "No space left" in capsys.readouterr().err


def test_a_report_into_a_folder_that_is_not_there_is_said(desk, capsys):
    assert run(["report", "--output", "no/such/r.pdf"]) == 2
    assert "the report cannot be written" in capsys.readouterr().err

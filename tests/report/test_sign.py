"""Reports are signed from PAdES B-B to B-LTA, and only by who may."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps import HTTPTimeStamper

from auditor.errors import SigningError
from auditor.report.build import build_report
from auditor.report.certificates import unfit
from auditor.report.sign import LEVELS, Signing, approve, sign
from auditor.report.verify import Worth, verify
from tests.report.pki import Holder


def now():
    return datetime.now(UTC)


def signing(estate, level="B-B", url="", **changes):
    made = Signing(estate.key, level, HTTPTimeStamper(url, timeout=5) if url else None)
    return replace(made, roots=tuple(estate.roots), crls=estate.crls, **changes)


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_is_signed_and_verified(level, drawn, estate, places, tsa):
    made = sign(drawn, signing(estate, level, tsa), now(), reason="test", folders=places)
    verdict = verify(made.content, estate.roots, now())
    assert (made.level, made.remark, verdict.worth) == (level, "", Worth.WHOLE), verdict.sentences
    story = " ".join(verdict.sentences)
    assert "Ada Auditor signed this report on" in story
    assert ("timestamp authority" in story) == (level != "B-B")
    assert ("existed on" in story) == (level == "B-LTA")
    assert (b"/DSS" in made.content) == (level in ("B-LT", "B-LTA"))


@pytest.mark.peers("pdfsig")
def test_pdfsig_agrees_that_the_whole_document_is_signed(signed, tmp_path):
    file = tmp_path / "report.pdf"
    file.write_bytes(signed)
    told = subprocess.run(
        ["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told


def test_the_store_confirms_the_run_or_tells_the_forgery(signed, estate, store, stored):
    recorded = {entry.id: entry.sha256 for entry in store.runs()}
    assert "holds this very run" in verify(signed, estate.roots, now(), recorded.get).sentences[-1]
    unknown = verify(signed, estate.roots, now(), {}.get)
    assert (unknown.worth, "does not know" in unknown.sentences[-1]) == (Worth.WHOLE, True)
    forged = verify(signed, estate.roots, now(), {stored.run.id: "0" * 64}.get)
    assert (forged.worth, "forged" in forged.sentences[-1]) == (Worth.BROKEN, True)


def test_without_trusted_certificates_nothing_is_decided(signed):
    verdict = verify(signed, [], now())
    assert verdict.worth is Worth.UNDECIDED
    assert "not decided" in " ".join(verdict.sentences)


def test_a_stranger_is_not_trusted(drawn, estate, places):
    stranger = Holder("Mallory", Holder("Other Root", ca=True)).signer()
    made = sign(drawn, Signing(stranger), now(), reason="test", folders=places)
    verdict = verify(made.content, estate.roots, now())
    assert verdict.worth is Worth.BROKEN
    assert "Mallory is not trusted" in " ".join(verdict.sentences)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"start": -400, "days": 365}, "expired on"),
        ({"start": 5}, "not valid before"),
        ({"ca": True}, "certificate of an authority"),
        ({"usages": ("key_encipherment",)}, "key usage does not allow"),
        ({"purposes": [ExtendedKeyUsageOID.SERVER_AUTH]}, "extended key usage does not allow"),
    ],
)
def test_certificates_that_may_not_sign_are_refused_in_words(arguments, words, drawn, estate, places):
    key = Holder("Ada Auditor", estate.root, **arguments).signer()
    with pytest.raises(SigningError, match=words) as caught:
        sign(drawn, Signing(key), now(), reason="test", folders=places)
    assert caught.value.next_step


@pytest.mark.parametrize("purposes", [(), [ExtendedKeyUsageOID.EMAIL_PROTECTION]])
def test_certificates_made_for_signing_are_accepted(purposes, estate):
    assert unfit(Holder("Ada Auditor", estate.root, purposes=purposes).asn1, now()) == ""


def test_a_revoked_certificate_is_refused(drawn, estate, places, tsa):
    crls = (estate.root.crl(), estate.middle.crl(estate.signer))
    with pytest.raises(SigningError, match="revoked"):
        sign(drawn, replace(signing(estate, "B-LT", tsa), crls=crls), now(), reason="test", folders=places)


def test_an_unknown_state_is_refused_where_it_must_be_embedded(drawn, estate, places, tsa):
    with pytest.raises(SigningError, match="cannot be learnt"):
        sign(drawn, replace(signing(estate, "B-LT", tsa), crls=()), now(), reason="test", folders=places)


def test_a_silent_timestamp_authority_stops_unless_fallback_was_allowed(drawn, estate, places):
    dead = signing(estate, "B-T", "http://127.0.0.1:9/tsa")
    with pytest.raises(SigningError, match="does not answer"):
        sign(drawn, dead, now(), reason="test", folders=places)
    made = sign(drawn, replace(dead, fallback=True), now(), reason="test", folders=places)
    assert (made.level, "did not answer" in made.remark) == ("B-B", True)
    with pytest.raises(SigningError, match="needs a timestamp authority"):
        sign(drawn, replace(dead, timestamper=None), now(), reason="test", folders=places)


def test_an_expired_signer_is_trusted_later_only_with_a_timestamp(drawn, estate, places, tsa):
    later = now() + timedelta(days=500)
    plain = sign(drawn, signing(estate), now(), reason="test", folders=places).content
    stamped = sign(drawn, signing(estate, "B-T", tsa), now(), reason="test", folders=places).content
    verdict = verify(plain, estate.roots, later)
    assert verdict.worth is Worth.BROKEN
    assert "has expired, and no timestamp proves" in " ".join(verdict.sentences)
    early = verify(plain, estate.roots, now() - timedelta(days=30))
    assert "the clock of this machine" in " ".join(early.sentences)
    assert verify(stamped, estate.roots, now() + timedelta(days=300)).worth is Worth.WHOLE


def test_a_second_person_approves_and_nobody_else(drawn, estate, places, tsa):
    first = sign(drawn, signing(estate, approval=True), now(), reason="test", folders=places).content
    assert "still empty" in " ".join(verify(first, estate.roots, now()).sentences)
    with pytest.raises(SigningError, match="by the person who signed it"):
        approve(first, estate.key, now(), reason="ok", folders=places)
    officer = estate.approver.signer(estate.middle)
    second = approve(first, officer, now(), reason="ok", folders=places, timestamper=HTTPTimeStamper(tsa))
    verdict = verify(second, estate.roots, now())
    assert (verdict.worth, verdict.signers) == (Worth.WHOLE, ("Ada Auditor", "Olga Officer"))
    assert "Olga Officer approved this report" in " ".join(verdict.sentences)
    with pytest.raises(SigningError, match="approved already"):
        approve(second, officer, now(), reason="ok", folders=places)


def test_a_report_without_a_place_for_approval_is_not_approved(signed, drawn, estate, places):
    officer = estate.approver.signer(estate.middle)
    with pytest.raises(SigningError, match="forbids every change"):
        approve(signed, officer, now(), reason="ok", folders=places)
    with pytest.raises(SigningError, match="carries no signature"):
        approve(drawn, officer, now(), reason="ok", folders=places)


def test_a_key_that_does_not_fit_is_said(drawn, estate, places):
    class Broken:
        def __getattr__(self, name):
            raise ValueError("the card was pulled")

    with pytest.raises(SigningError, match="could not be signed"):
        sign(drawn, Signing(replace(estate.key, signer=Broken())), now(), reason="test", folders=places)


def test_a_development_signer_is_called_so(stored, estate, tmp_path):
    from auditor.report.devca import init_dev_ca
    from auditor.report.keys import _from_pkcs12
    from auditor.report.trust import load_certificates

    made = init_dev_ca(tmp_path / "ca", now())
    key = _from_pkcs12(made.signer, made.passphrase.read_bytes().strip())
    report = build_report(stored, signing=Signing(key))
    verdict = verify(report.content, load_certificates([made.root]), now())
    assert verdict.worth is Worth.WHOLE
    assert "development certificate" in " ".join(verdict.sentences)

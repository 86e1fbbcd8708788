"""Forgers who leave every digest right: the mathematics, the rights and the form of each signature are judged too."""

import asyncio
import io
from datetime import UTC, datetime

import pytest
from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import HTTPTimeStamper

from auditor.report.sign import Signing, approve, sign
from auditor.report.strict import _der_length, _vouched
from auditor.report.verify import Worth, verify
from tests.report.pki import Holder, timestamp_server
from tests.report.revocation import Answers, responder
from tests.report.test_bad_days import NetworkEstate


def verdict_of(pdf, estate):
    return verify(pdf, estate.roots, datetime.now(UTC))


def with_value(pdf, change):
    """The PDF with the value of its last signature changed and written in the canonical form again."""
    item = list(PdfFileReader(io.BytesIO(pdf)).embedded_signatures)[-1]
    _, start, end, _ = (int(number) for number in item.byte_range)
    raw = bytes(item.pkcs7_content)
    info = cms.ContentInfo.load(raw[: _der_length(raw)])
    change(info["content"])
    text = info.dump(force=True).hex().ljust(end - start - 2, "0")
    assert len(text) == end - start - 2
    return pdf[: start + 1] + text.encode() + pdf[end - 1 :]


def flip_signature(signed_data):
    signer = signed_data["signer_infos"][0]
    value = bytearray(signer["signature"].native)
    value[-1] ^= 1
    signer["signature"] = bytes(value)


def flip_token(signed_data):
    token = signed_data["signer_infos"][0]["unsigned_attrs"][0]["values"][0]
    flip_signature(token["content"])


def add_attribute(signed_data):
    extra = cms.CMSAttribute({"type": "content_type", "values": ["data"]})
    signed_data["signer_infos"][0]["unsigned_attrs"] = [extra]


def stamped(drawn, estate, places, tsa, level, **more):
    job = Signing(estate.key, level, HTTPTimeStamper(tsa), roots=tuple(estate.roots), crls=estate.crls, **more)
    return sign(drawn, job, datetime.now(UTC), reason="test", folders=places).content


def test_a_value_that_is_no_signature_of_the_digest_is_told(signed, estate):
    verdict = verdict_of(with_value(signed, flip_signature), estate)
    assert verdict.worth is Worth.BROKEN
    assert verdict.sentences == ("The signature of Ada Auditor is not valid.",)


def test_a_value_written_anew_without_a_change_is_as_good_as_before(signed, estate):
    assert verdict_of(with_value(signed, lambda signed_data: None), estate).worth is Worth.WHOLE


def test_a_timestamp_that_does_not_fit_its_signature_is_told(drawn, estate, places, tsa):
    pdf = stamped(drawn, estate, places, tsa, "B-T")
    verdict = verdict_of(with_value(pdf, flip_token), estate)
    assert verdict.worth is Worth.BROKEN
    assert "its timestamp does not fit the signature" in verdict.sentences[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [(flip_signature, "put a timestamp on it"), (add_attribute, "the signature carries unsigned additions")],
)
def test_a_document_timestamp_that_was_touched_is_told(drawn, estate, places, tsa, change, words):
    pdf = stamped(drawn, estate, places, tsa, "B-LTA")
    assert verdict_of(pdf, estate).worth is Worth.WHOLE
    verdict = verdict_of(with_value(pdf, change), estate)
    assert verdict.worth is Worth.BROKEN
    assert words in verdict.sentences[0]


def test_an_approver_who_changes_a_page_before_approving_is_told(drawn, estate, places):
    """Both digests fit: the second signature covers the change. The first one forbids it."""
    job = Signing(estate.key, approval=True)
    first = sign(drawn, job, datetime.now(UTC), reason="test", folders=places).content
    writer = IncrementalPdfFileWriter(io.BytesIO(first))
    page, _ = writer.find_page_for_modification(0)
    cover = writer.add_object(generic.StreamObject(stream_data=b"1 g 40 600 500 160 re f"))
    page.get_object()["/Contents"] = generic.ArrayObject([page.get_object().raw_get("/Contents"), cover])
    writer.update_container(page.get_object())
    out = io.BytesIO()
    writer.write(out)
    key = estate.approver.signer(estate.middle)
    pdf = approve(out.getvalue(), key, datetime.now(UTC), reason="ok", folders=places)
    verdict = verdict_of(pdf, estate)
    assert verdict.worth is Worth.BROKEN
    assert verdict.sentences == ("The report was changed after Ada Auditor signed it, in a way the signature forbids.",)


def test_a_signer_whose_revocation_is_embedded_is_told(drawn, estate, places, tsa, monkeypatch):
    """A forger with a revoked key embeds what the authority says of it, or somebody adds it in good faith."""
    from pyhanko_certvalidator import CertificateValidator, ValidationContext

    from auditor.report import sign as signing_module
    from auditor.report.revocation import Material

    def careless(key, roots, crls, timestamper, now):
        lists = [estate.root.crl(), estate.middle.crl(estate.signer)]
        lax = ValidationContext(trust_roots=list(roots), other_certs=key.chain, revocation_mode="soft-fail", moment=now)
        path = asyncio.run(CertificateValidator(key.certificate, validation_context=lax).async_validate_usage(set()))
        told = ValidationContext(trust_roots=list(roots), other_certs=key.chain, crls=lists, moment=now)
        return Material((path,), told)

    monkeypatch.setattr(signing_module, "collect", careless)
    verdict = verdict_of(stamped(drawn, estate, places, tsa, "B-LT"), estate)
    assert verdict.worth is Worth.BROKEN
    assert verdict.sentences == ("The certificate of Ada Auditor is revoked.",)


def test_an_approval_of_which_the_embedded_answers_say_nothing_is_judged_as_without_them(drawn, places):
    """The report was made to last, with OCSP; the approver only signed. The signer's own state is still required."""
    answers = Answers()
    with responder(answers) as url:
        people = NetworkEstate(url, "ocsp")
        people.tell(answers)
        content = drawn_for(drawn, people)
        with timestamp_server(people.authority) as tsa:
            job = Signing(people.key, "B-LT", HTTPTimeStamper(tsa), approval=True, roots=tuple(people.roots))
            first = sign(content, job, datetime.now(UTC), reason="test", folders=places).content
    second = Holder("Olga Officer", people.middle, ocsp_url=f"{url}/ocsp")
    pdf = approve(first, second.signer(people.middle), datetime.now(UTC), reason="ok", folders=places)
    verdict = verdict_of(pdf, people)
    assert verdict.worth is Worth.WHOLE, verdict.sentences
    assert verdict.signers == ("Ada Auditor", "Olga Officer")


def drawn_for(drawn, people):
    """A report whose attached certificate is that of another signer than the drawn one's."""
    from auditor.report.anatomy import files_in, open_pdf
    from auditor.report.redraw import Look, redraw

    with open_pdf(drawn) as opened:
        files = files_in(opened)
    return redraw(files | {"signer.pem": people.key.pem()}, Look())


def test_a_certificate_is_vouched_for_by_its_signature_not_by_a_name(estate):
    namesake = Holder("Test Issuing CA", Holder("Other Root", ca=True), ca=True)
    forged = Holder("Forged", namesake).asn1
    assert not _vouched(forged, [estate.middle.asn1])
    assert _vouched(forged, [estate.middle.asn1, namesake.asn1])

    class Broken:
        def dump(self):
            return b"\x30\x00"

    assert not _vouched(Broken(), [estate.middle.asn1])

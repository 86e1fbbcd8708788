"""What a signature leaves uncovered may hold nothing but itself, and what is attached must be what was stated."""

import io
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from asn1crypto import algos, cms, core
from pyhanko.pdf_utils.reader import PdfFileReader

from auditor.errors import ConfigError
from auditor.report.keys import _checked, _with_chain
from auditor.report.pdf import Attached, make_pdf
from auditor.report.sign import Signing, sign
from auditor.report.strict import _der_length, cms_problem, gap_problem
from auditor.report.verify import Worth, verify
from tests.report.pki import Estate, Holder


@pytest.fixture(scope="module")
def value(signed):
    """The value of the signature and where it stands."""
    item = PdfFileReader(io.BytesIO(signed)).embedded_signatures[0]
    return bytes(item.pkcs7_content), [int(number) for number in item.byte_range]


def changed(value, change):
    info = cms.ContentInfo.load(value[0][: _der_length(value[0])])
    change(info["content"])
    return info.dump(force=True)


def test_the_value_as_signing_wrote_it_has_no_fault(signed, value, estate):
    assert gap_problem(signed, value[1], value[0]) == ""
    assert cms_problem(value[0], [*estate.roots, estate.middle.asn1], vouched=True) == ""
    assert cms_problem(value[0], estate.roots, vouched=True) == ""


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (lambda r: r[:3], "from its first byte"),
        (lambda r: [1, *r[1:]], "from its first byte"),
        (lambda r: [0, r[2], r[1], r[3]], "places that the file does not have"),
        (lambda r: [0, r[1], r[2], r[3] + 10**9], "places that the file does not have"),
        (lambda r: [0, r[1] - 3, r[2], r[3]], "something else than the signature"),
    ],
)
def test_ranges_that_leave_out_something_else_are_faults(signed, value, numbers, words):
    assert words in gap_problem(signed, numbers(value[1]), value[0])


def test_another_value_and_hidden_bytes_are_faults(signed, value):
    start, end = value[1][1:3]
    assert "not the one" in gap_problem(signed, value[1], b"\x30\x00other")
    hidden = bytearray(signed)
    hidden[end - 3 : end - 1] = b"41"
    content = bytes.fromhex(hidden[start + 1 : end - 1].decode())
    assert "hidden behind" in gap_problem(bytes(hidden), value[1], content)
    mixed = bytearray(signed)
    place = next(n for n in range(start + 1, end) if chr(mixed[n]).isalpha())
    mixed[place] ^= 0x20
    assert "something else" in gap_problem(bytes(mixed), value[1], value[0])


def with_digest(signed_data):
    signed_data["digest_algorithms"] = [algos.DigestAlgorithm({"algorithm": "sha1"})]


def with_content(signed_data):
    signed_data["encap_content_info"] = {"content_type": "data", "content": b"smuggled"}


def with_crl(signed_data):
    estate = Estate()
    from asn1crypto import crl

    signed_data["crls"] = [cms.RevocationInfoChoice("crl", crl.CertificateList.load(estate.root.crl()))]


def with_extra(signed_data):
    extra = cms.CMSAttribute({"type": "content_type", "values": ["data"]})
    signed_data["signer_infos"][0]["unsigned_attrs"] = [extra]


def with_rsa_name(signed_data):
    signed_data["signer_infos"][0]["signature_algorithm"] = {"algorithm": "sha256_ecdsa", "parameters": core.Null()}


def with_stranger(signed_data):
    stranger = Holder("Stranger", Holder("Nobody's Root", ca=True)).asn1
    signed_data["certificates"].append(cms.CertificateChoices("certificate", stranger))


def with_two_signers(signed_data):
    signed_data["signer_infos"].append(signed_data["signer_infos"][0].copy())


def without_signer_certificate(signed_data):
    sid = signed_data["signer_infos"][0]["sid"].chosen["serial_number"].native
    kept = [item for item in signed_data["certificates"] if item.chosen.serial_number != sid]
    signed_data["certificates"] = kept


def with_version(signed_data):
    signed_data["version"] = "v3"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (with_digest, "other algorithms"),
        (with_content, "content of its own"),
        (with_crl, "nothing covers"),
        (with_extra, "unsigned additions"),
        (with_rsa_name, "other algorithms"),
        (with_stranger, "nobody vouches for"),
        (with_two_signers, "canonical form"),
        (without_signer_certificate, "certificate of the signer is not in"),
        (with_version, "a version that does not fit"),
    ],
)
def test_every_liberty_that_cms_allows_is_refused(value, estate, change, words):
    assert words in cms_problem(changed(value, change), estate.roots, vouched=True)


def test_what_is_no_cms_is_a_fault():
    assert "cannot be read" in cms_problem(b"\x30\x03\x02\x01\x05", [], vouched=True)
    for raw in (b"", b"\x31\x00", b"\x30\x80", b"\x30\x85\x01\x01\x01\x01\x01", b"\x30\x82\x01", b"\x30\x10\x00"):
        assert _der_length(raw) == 0
    assert _der_length(b"\x30\x82\x00\x01\x05\x00") == 5


def test_a_certificate_whose_outer_algorithm_was_changed_is_a_fault(value, estate):
    def change(signed_data):
        for item in signed_data["certificates"]:
            if item.chosen.ca:
                item.chosen["signature_algorithm"] = {"algorithm": "sha384_ecdsa"}

    assert "certificate in the signature was changed" in cms_problem(changed(value, change), [], vouched=True)


def attached_report(estate, places, files, keywords):
    html = (
        f'<html lang="en"><head><title>t</title><meta name="keywords" content="{keywords}"></head>'
        "<body><h1>Report</h1></body></html>"
    )
    made = [Attached(name, "x", content, "Data") for name, content in files.items()]
    pdf = make_pdf(html, places, made, datetime(2026, 1, 1, tzinfo=UTC))
    return sign(pdf, Signing(estate.key), datetime.now(UTC), reason="test", folders=places).content


def stated(**files):
    return ", ".join(
        f"{name.replace('_', '.')} sha256:{sha256(content).hexdigest()}" for name, content in files.items()
    )


@pytest.mark.parametrize(
    ("files", "keywords", "words"),
    [
        ({"a.txt": b"x"}, stated(a_txt=b"x"), "run that the report was made of is not attached"),
        ({"run.json": b"{}"}, stated(run_json=b"other"), "attached run.json is not the one"),
        ({"run.json": b"{}", "a.txt": b"x"}, stated(run_json=b"{}"), "does not belong to the report"),
        ({"run.json": b"{}"}, stated(run_json=b"{}"), "cannot be read by this version"),
    ],
)
def test_what_is_attached_must_be_what_is_stated(estate, places, files, keywords, words):
    verdict = verify(attached_report(estate, places, files, keywords), estate.roots, datetime.now(UTC))
    assert verdict.worth is Worth.BROKEN
    assert words in verdict.sentences[-1]


def test_a_signature_that_forbids_nothing_is_no_report(drawn, estate):
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers

    meta = signers.PdfSignatureMetadata(field_name="Signature")
    writer = IncrementalPdfFileWriter(io.BytesIO(drawn))
    content = signers.PdfSigner(meta, estate.key.signer).sign_pdf(writer).getvalue()
    verdict = verify(content, estate.roots, datetime.now(UTC))
    assert verdict.worth is Worth.BROKEN
    assert "does not forbid changes" in verdict.sentences[0]


def test_a_loader_that_finds_nothing_is_told(tmp_path):
    with pytest.raises(ConfigError, match="holds no key"):
        _checked(lambda: None, "somewhere")
    assert _with_chain(tmp_path / "key.pem", [], None) is None

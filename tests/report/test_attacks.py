"""Whatever is done to a signed report shows."""

import io
import random
from datetime import UTC, datetime

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import HTTPTimeStamper

from auditor.report.sign import Signing, approve, sign
from auditor.report.verify import Worth, verify


def worth(pdf, estate):
    return verify(bytes(pdf), estate.roots, datetime.now(UTC)).worth


def gap(pdf):
    """Where the value of the first signature stands, brackets included."""
    item = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    _, start, end, _ = (int(number) for number in item.byte_range)
    return start, end


def flipped(pdf, place, mask=1):
    changed = bytearray(pdf)
    changed[place] ^= mask
    return changed


def test_one_flipped_byte_in_every_tenth_of_the_file_is_caught(signed, estate):
    dice = random.Random(7)  # noqa: S311 - a repeatable test
    assert worth(signed, estate) is Worth.WHOLE
    tenth = len(signed) // 10
    for part in range(10):
        place = part * tenth + dice.randrange(tenth)
        assert worth(flipped(signed, place, 1 << dice.randrange(8)), estate) is Worth.BROKEN, place


def test_a_flip_anywhere_in_the_value_of_the_signature_is_caught(signed, estate):
    start, end = gap(signed)
    used = end - len(signed[start:end].rstrip(b">").rstrip(b"0")) if end - start > 20_000 else end
    places = [*range(start, min(start + 4000, used), 97), *range(max(start, end - 60), end, 13)]
    for place in places:
        for mask in (1, 0x20):
            assert worth(flipped(signed, place, mask), estate) is Worth.BROKEN, (place, mask)


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_changed_byte_breaks_the_report(signed, estate, data):
    place = data.draw(st.integers(0, len(signed) - 1))
    mask = data.draw(st.integers(1, 255))
    assert worth(flipped(signed, place, mask), estate) is Worth.BROKEN


@given(st.binary(max_size=400))
@settings(max_examples=40, deadline=None)
def test_no_bytes_crash_verification(raw):
    assert verify(raw, [], datetime.now(UTC)).worth is Worth.BROKEN
    assert verify(b"%PDF-1.7\n" + raw, [], datetime.now(UTC)).worth is Worth.BROKEN


def test_cut_and_extended_files_are_caught(signed, estate):
    for changed in (signed[:-1], signed + b"\n", signed + b"%%EOF\n", signed[: len(signed) // 2]):
        assert worth(changed, estate) is Worth.BROKEN


def test_an_incremental_update_is_caught(signed, estate):
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Extra"] = writer.root["/Lang"]
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    verdict = verify(out.getvalue(), estate.roots, datetime.now(UTC))
    assert verdict.worth is Worth.BROKEN
    assert "added behind the last signature" in verdict.sentences[0]


def test_shadow_content_laid_over_a_page_is_caught(signed, estate):
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    page, _ = writer.find_page_for_modification(0)
    from pyhanko.pdf_utils import generic

    overlay = writer.add_object(generic.StreamObject(stream_data=b"0 0 500 500 re f"))
    page.get_object()["/Contents"] = generic.ArrayObject([page.get_object().raw_get("/Contents"), overlay])
    writer.update_container(page.get_object())
    out = io.BytesIO()
    writer.write(out)
    assert worth(out.getvalue(), estate) is Worth.BROKEN


def rewritten(pdf, change):
    """The PDF opened and saved by another program after `change`."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        change(opened)
        out = io.BytesIO()
        opened.save(out)
    return out.getvalue()


def test_a_replaced_attachment_is_caught(signed, estate):
    def change(opened):
        opened.attachments["findings.csv"] = pikepdf.AttachedFileSpec(
            opened, b"nothing,found\n", filename="findings.csv"
        )

    assert worth(rewritten(signed, change), estate) is Worth.BROKEN


def test_a_removed_signature_is_caught(signed, estate):
    def change(opened):
        for name in ("/AcroForm", "/Perms"):
            if name in opened.Root:
                del opened.Root[name]
        for page in opened.pages:
            if "/Annots" in page:
                del page["/Annots"]

    verdict = verify(rewritten(signed, change), estate.roots, datetime.now(UTC))
    assert verdict.worth is Worth.BROKEN
    assert "carries no signature" in verdict.sentences[0]


def test_a_swapped_certificate_is_caught(signed, estate):
    mine = estate.signer.asn1.dump()
    other = estate.approver.asn1.dump()
    place = signed.lower().find(mine.hex().encode())
    assert place > 0
    size = min(len(mine), len(other)) * 2
    changed = bytearray(signed)
    changed[place : place + size] = other.hex().encode()[:size]
    assert worth(changed, estate) is Worth.BROKEN


@pytest.mark.parametrize("change", [(0, 10), (1, 200), (2, -200), (3, -1)])
def test_a_wrapped_byte_range_is_caught(signed, estate, change):
    item = PdfFileReader(io.BytesIO(signed)).embedded_signatures[0]
    numbers = [int(number) for number in item.byte_range]
    place = signed.rfind(b"/ByteRange")
    begin, end = signed.find(b"[", place), signed.find(b"]", place)
    numbers[change[0]] += change[1]
    text = b" ".join(str(number).encode() for number in numbers)
    changed = signed[: begin + 1] + text.ljust(end - begin - 1)[: end - begin - 1] + signed[end:]
    assert worth(changed, estate) is Worth.BROKEN


def test_a_signature_that_is_not_the_certifying_one_is_caught(drawn, estate):
    """Signed in another field, by which anything may still be changed."""
    from tests.report.pki import Holder

    mallory = Holder("Mallory", Holder("Other Root", ca=True)).signer()
    writer = IncrementalPdfFileWriter(io.BytesIO(drawn))
    from pyhanko.sign import signers

    meta = signers.PdfSignatureMetadata(field_name="Another")
    out = signers.PdfSigner(meta, mallory.signer).sign_pdf(writer)
    verdict = verify(out.getvalue(), estate.roots, datetime.now(UTC))
    assert verdict.worth is Worth.BROKEN
    assert "other signatures" in verdict.sentences[0]


@pytest.mark.parametrize("level", ["B-T", "B-LTA"])
def test_flips_in_stamped_reports_are_caught(level, drawn, estate, places, tsa):
    job = Signing(estate.key, level, HTTPTimeStamper(tsa), approval=True, roots=tuple(estate.roots), crls=estate.crls)
    first = sign(drawn, job, datetime.now(UTC), reason="test", folders=places).content
    pdf = approve(first, estate.approver.signer(estate.middle), datetime.now(UTC), reason="ok", folders=places)
    assert worth(pdf, estate) is Worth.WHOLE
    dice = random.Random(11)  # noqa: S311 - a repeatable test
    start = gap(pdf)[0]
    for place in [start + dice.randrange(6000) for _ in range(5)] + [dice.randrange(start, len(pdf)) for _ in range(5)]:
        assert worth(flipped(pdf, place, 1 << dice.randrange(8)), estate) is Worth.BROKEN, place

"""Encapsulated documents lose their identifiers for real, or are withheld."""

from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from auditor.deid.documents import redact

NAME = "Marchetti"


class Cleaner:
    """Stands in for the detectors: one name and one date."""

    def text(self, text):
        return text.replace(NAME, "***")

    def finished(self, text):
        return NAME not in text

    def date(self, text):
        return "" if text else text

    def uid(self, text):
        return "2.25.1"


def pdf(*lines):
    """A PDF made by pikepdf with one text object a line, metadata and an attachment."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(400, 400))
    page = document.pages[0]
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    drawn = "".join(f"BT /F1 12 Tf 20 {360 - 20 * row} Td ({line}) Tj ET\n" for row, line in enumerate(lines))
    page.Contents = document.make_stream(drawn.encode("latin-1"))
    document.docinfo["/Author"] = NAME
    document.attachments["note.txt"] = NAME.encode()
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_a_name_is_taken_out_of_a_pdf_and_the_sentence_stays():
    cleaned = redact("application/pdf", pdf(f"Signor {NAME} fell off his bike", "No fracture"), Cleaner())
    assert not cleaned.withhold
    text = pypdfium2.PdfDocument(cleaned.content)[0].get_textpage().get_text_range()
    assert NAME not in text
    assert "No fracture" in text
    with pikepdf.open(BytesIO(cleaned.content)) as document:
        assert "/Info" not in document.trailer
        assert not document.attachments
        assert NAME.encode() not in b"".join(page.Contents.read_bytes() for page in document.pages)


@pytest.mark.parametrize("content", [b"%PDF-1.7\nbroken", b"%PDF-"])
def test_a_pdf_that_cannot_be_read_is_withheld(content):
    assert redact("application/pdf", content, Cleaner()).withhold


def test_a_cda_loses_names_numbers_and_dates_and_keeps_its_findings():
    text = (
        f'<ClinicalDocument xmlns="urn:hl7-org:v3"><!-- {NAME} --><recordTarget><patientRole><id extension="77-1"/>'
        f"<telecom value='tel:1'/><patient><name><given>Ida</given><family>{NAME}</family></name>"
        '<birthTime value="19500101"/></patient></patientRole></recordTarget>'
        f"<text>{NAME} has no fracture</text></ClinicalDocument>"
    )
    cleaned = redact("text/XML", text.encode(), Cleaner()).content.decode()
    for gone in (NAME, "Ida", "77-1", "tel:1", "19500101"):
        assert gone not in cleaned
    assert "has no fracture" in cleaned


def test_a_cda_with_a_dtd_is_withheld():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert redact("text/XML", bomb, Cleaner()).withhold


def test_stl_loses_its_header_and_keeps_its_triangles():
    body = (1).to_bytes(4, "little") + bytes(range(48)) + b"\0\0"
    cleaned = redact("model/stl", NAME.encode().ljust(80) + body, Cleaner()).content
    assert cleaned == bytes(80) + body


def test_unknown_documents_are_withheld():
    assert redact("application/x-unknown", b"\0\1\2", Cleaner()).withhold

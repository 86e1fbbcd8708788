"""Encapsulated documents lose their identifiers for real, or are withheld."""

import base64
from io import BytesIO

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from lxml import etree

from auditor.deid.documents import redact
from auditor.pixels.reader import Reader, missing

NAME = "Marchetti"


class Cleaner:
    """Stands in for the detectors: one name and one date."""

    def text(self, text):
        return text.replace(NAME, "***")

    def finished(self, text):
        return NAME not in text

    def spans(self, text, *, picture=False):
        at = text.upper().find(NAME.upper())
        return [(at, at + len(NAME))] if at >= 0 else []

    def date(self, text):
        return "" if text else text

    def uid(self, text):
        return "2.25.1"


def scanned(document, text):
    """A picture with a text in it, as a scanner would leave it in a PDF."""
    picture = np.full((120, 640), 255, np.uint8)
    cv2.putText(picture, text, (20, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 2, cv2.LINE_AA)
    image = document.make_stream(picture.tobytes())
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height, image.BitsPerComponent = 640, 120, 8
    image.ColorSpace = pikepdf.Name.DeviceGray
    return image


def pdf(*lines, picture=""):
    """A PDF made by pikepdf with one text object a line, a picture, metadata and an attachment."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(400, 400))
    page = document.pages[0]
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    drawn = "".join(f"BT /F1 12 Tf 20 {360 - 20 * row} Td ({line}) Tj ET\n" for row, line in enumerate(lines))
    if picture:
        page.Resources.XObject = pikepdf.Dictionary(Scan=scanned(document, picture))
        drawn += "q 320 0 0 60 20 120 cm /Scan Do Q"
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


def shown(content):
    """All that a reader of pictures sees on the first page."""
    page = pypdfium2.PdfDocument(content)[0].render(scale=2).to_numpy()[..., :3].min(axis=2)
    return " ".join(word.text for word in Reader().words(np.ascontiguousarray(page))).upper()


@pytest.mark.skipif(bool(missing()), reason="text recognition is not installed")
def test_a_page_with_pictures_is_drawn_anew_without_the_names_in_text_and_picture():
    original = pdf(f"Signor {NAME} fell", "No fracture", picture=f"{NAME} X-RAY")
    assert NAME.upper() in shown(original)
    cleaned = redact("application/pdf", original, Cleaner(), Reader().words)
    assert not cleaned.withhold
    seen = shown(cleaned.content)
    assert NAME.upper() not in seen
    assert "FRACTURE" in seen
    assert not pypdfium2.PdfDocument(cleaned.content)[0].get_textpage().get_text_range().strip()


def test_a_page_with_pictures_is_withheld_where_they_cannot_be_read():
    assert "pictures" in redact("application/pdf", pdf("x", picture="y"), Cleaner()).withhold


@pytest.mark.skipif(bool(missing()), reason="text recognition is not installed")
def test_a_document_that_was_objected_to_carries_nothing_of_the_old_one():
    cleaned = redact("application/pdf", pdf("No fracture"), Cleaner(), Reader().words, doubted=True)
    with pikepdf.open(BytesIO(cleaned.content)) as document:
        assert set(document.pages[0].Resources.keys()) == {"/XObject"}


def test_a_document_within_a_cda_is_cleaned_like_any_other_or_left_out():
    inner = base64.b64encode(pdf(f"Signor {NAME}")).decode()
    other = base64.b64encode(NAME.encode()).decode()
    text = (
        '<ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody>'
        f'<text mediaType="application/pdf" representation="B64">{inner}</text>'
        f'<text mediaType="image/png" representation="B64">{other}</text></nonXMLBody></component></ClinicalDocument>'
    )
    cleaned = redact("text/XML", text.encode(), Cleaner())
    parts = [node.text for node in etree.fromstring(cleaned.content).iter("{urn:hl7-org:v3}text")]
    said = pypdfium2.PdfDocument(base64.b64decode(parts[0]))[0].get_textpage().get_text_range()
    assert NAME not in said
    assert "Signor" in said
    assert not parts[1]


class Mapping(Cleaner):
    """Replaces UIDs wherever they stand in a text, as the real one does."""

    def text(self, text):
        return super().text(text) if text.strip("0123456789.") else "2.25.2"


def test_vocabularies_and_types_of_a_cda_stay_what_they_are_and_its_instances_do_not():
    """A code without the identifier of its system says nothing any more; the root of an id is the hospital's own."""
    vocabulary, type_id = "2.16.840.1.113883.6.1", "2.16.840.1.113883.1.3"
    document = (
        f'<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="{type_id}" extension="POCD_HD000040"/>'
        f'<id root="2.16.756.5.30.1.127.9.4"/><code code="18748-4" codeSystem="{vocabulary}"/>'
        f'<value codeSystem="Mrs {NAME}"/></ClinicalDocument>'
    )
    root = etree.fromstring(redact("application/xml", document.encode(), Mapping()).content)
    assert root.find("{*}code").get("codeSystem") == vocabulary
    assert root.find("{*}typeId").get("root") == type_id
    assert root.find("{*}id").get("root").startswith("2.25.")
    assert NAME not in root.find("{*}value").get("codeSystem")

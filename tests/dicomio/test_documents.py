import io
from struct import pack

import pikepdf
import pytest

from auditor.dicomio import Origin, Scope, Text, expand

SCOPE = Scope(None, None, 0, 0, 0, False)


def document(data: bytes) -> tuple[Text, ...]:
    return expand((0x00420011, "OB", data + b"\0" * (len(data) % 2), SCOPE, 0, len(data)))


def pdf() -> bytes:
    file = pikepdf.new()
    page = file.add_blank_page(page_size=(300, 300))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.Contents = file.make_stream(b"BT /F1 12 Tf 20 200 Td (Report on Ilaria Marchetti) Tj ET")
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], Contents=pikepdf.String("call 555-0199")
    )
    page.Annots = pikepdf.Array([file.make_indirect(note)])
    with file.open_metadata() as metadata:
        metadata["dc:title"] = "Title with PX-4471"
    file.docinfo["/Author"] = "Dr Keller"
    file.attachments["notes.txt"] = b"attached for Ilaria"
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def test_a_pdf_is_read_in_its_text_metadata_annotations_and_attachments():
    found = document(pdf())
    assert {text.origin for text in found} == {Origin.ENCAPSULATED_PDF}
    told = {(text.where.split("[")[0], text.text.strip()) for text in found}
    assert ("page", "Report on Ilaria Marchetti") in told
    assert ("info", "Dr Keller") in told
    assert ("xmp", "Title with PX-4471") in told
    assert ("object", "call 555-0199") in told
    assert ("attachment", "attached for Ilaria") in told
    assert found[0].locator == "(0042,0011)#page[1]"


def test_a_damaged_pdf_is_searched_for_runs_instead():
    broken = b"%PDF-1.4\n1 0 obj << /Author (Ilaria Marchetti) >> \x00\x01\x02"
    assert any("Ilaria Marchetti" in text.text for text in document(broken))


CDA = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>
<!-- exported for Keller -->
<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><id extension="PX-4471"/>
<name><given>Ilaria</given> <family>Marchetti</family></name></recordTarget><text>seen &e; <b>today</b> again</text>
</ClinicalDocument>"""


def test_a_clinical_document_is_read_without_following_anything():
    found = document(CDA)
    assert {text.origin for text in found} == {Origin.ENCAPSULATED_CDA}
    told = {(text.label, text.text) for text in found}
    assert {("given", "Ilaria"), ("family", "Marchetti"), ("id@extension", "PX-4471")} <= told
    assert ("comment", "exported for Keller") in told
    assert ("text", "again") in told
    assert not any("/etc" in text.text for text in found)


STL = (
    b"solid Ilaria Marchetti\n facet normal 0 0 1\n  outer loop\n   vertex 0 0 0\n   vertex 1 0 0\n   vertex 0 1 0\n"
    b"  endloop\n endfacet\nendsolid\n"
)
OBJ = b"# made for Ilaria\nmtllib marchetti.mtl\no skull\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"
MTL = b"# Ilaria\nnewmtl bone\nKd 0.1 0.2 0.3\nNs 10\n"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (STL, "solid Ilaria Marchetti"),
        (b"Ilaria Marchetti 4471".ljust(80, b" ") + pack("<I", 1) + bytes(50), "Ilaria Marchetti 4471"),
        (OBJ, "made for Ilaria"),
        (OBJ, "mtllib marchetti.mtl"),
        (MTL, "Ilaria"),
    ],
)
def test_headers_names_and_comments_of_models_are_read_and_no_geometry(data, told):
    found = document(data)
    assert told in [text.text for text in found]
    assert {text.origin for text in found} == {Origin.ENCAPSULATED_MESH}
    assert not any("vertex" in text.text for text in found)


def test_any_other_document_is_read_as_text():
    (text,) = document(b"Letter to Ilaria Marchetti, born 1970")
    assert (text.text, text.origin) == ("Letter to Ilaria Marchetti, born 1970", Origin.ENCAPSULATED_OTHER)

"""Texts of encapsulated documents (PS3.3 C.24): PDF, CDA, STL, OBJ, MTL and whatever else reads as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from auditor.dicomio.binary import texts_in_bytes
from auditor.dicomio.element import Element
from auditor.dicomio.limits import Limits
from auditor.dicomio.mesh import is_binary_mesh, is_text_mesh, mesh_texts
from auditor.dicomio.pdf import pdf_texts
from auditor.dicomio.place import Origin, Text
from auditor.dicomio.within import Seen, Within
from auditor.dicomio.xml import is_xml, xml_texts

# What a reader yields: text, where in the document, label.
Read = Iterator[tuple[str, str, str]]


def document_texts(element: Element, data: bytes, limits: Limits) -> tuple[Text, ...]:
    """Return the texts of an encapsulated document, known by its content and not by its stated type.

    A document that its reader cannot open is searched for printable runs instead, so it is never passed over.
    """
    for is_kind, read, origin, name in _KINDS:
        if not is_kind(data):
            continue
        found = [
            Text(text, element, origin, (name,), where, label=label)
            for text, where, label in read(data, limits)
            if text.strip()
        ]
        if found:
            return tuple(found)
        return tuple(texts_in_bytes(data, Within(element, origin, Seen(limits))))
    return tuple(texts_in_bytes(data, Within(element, Origin.ENCAPSULATED_OTHER, Seen(limits))))


def is_pdf(data: bytes) -> bool:
    """Whether a PDF header stands in the first kilobyte (ISO 32000-1 7.5.2, as readers take it)."""
    return b"%PDF-" in data[:1024]


_KINDS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes, Limits], Read], Origin, str], ...] = (
    (is_pdf, pdf_texts, Origin.ENCAPSULATED_PDF, "pdf"),
    (is_xml, xml_texts, Origin.ENCAPSULATED_CDA, "xml"),
    (is_binary_mesh, mesh_texts, Origin.ENCAPSULATED_MESH, "mesh"),
    (is_text_mesh, mesh_texts, Origin.ENCAPSULATED_MESH, "mesh"),
)

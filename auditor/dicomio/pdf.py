"""Texts of PDF documents: pages, annotations, form fields, bookmarks, attachments, document information and XMP."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from auditor.dicomio.limits import Limits
from auditor.dicomio.xml import xml_texts

_PAGES = 500
_OBJECTS = 20_000
_TEXT_KEYS = ("/Contents", "/T", "/TU", "/V", "/RC", "/Subj", "/Title", "/Alt", "/ActualText", "/URI", "/F", "/UF")


def pdf_texts(data: bytes, limits: Limits) -> Iterator[tuple[str, str, str]]:
    """Yield (text, where, label) of a PDF. One that cannot be opened yields nothing."""
    start = max(data.find(b"%PDF-"), 0)
    end = data.rfind(b"%%EOF")
    data = data[start : end + 5 if end >= 0 else None]
    yield from _pages(data)
    yield from _structure(data, limits)


def _pages(data: bytes) -> Iterator[tuple[str, str, str]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return
    try:
        for number in range(min(len(document), _PAGES)):
            try:
                page = document[number]
                text = page.get_textpage().get_text_bounded()
            except pypdfium2.PdfiumError:
                continue
            yield text.replace("\r\n", "\n"), f"page[{number + 1}]", "page"
    finally:
        document.close()


def _structure(data: bytes, limits: Limits) -> Iterator[tuple[str, str, str]]:
    import pikepdf

    try:
        document = pikepdf.open(io.BytesIO(data))
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, RuntimeError):
        return
    with document:
        try:
            yield from _information(document)
            yield from _metadata(document, limits)
            yield from _objects(document)
            for name, attached in document.attachments.items():
                yield name, "attachment", "name"
                yield from _attached(attached.get_file().read_bytes(), limits)
        except (pikepdf.PdfError, ValueError, RuntimeError, KeyError, TypeError, AttributeError):
            return


def _information(document: Any) -> Iterator[tuple[str, str, str]]:
    for key in document.docinfo:
        yield str(document.docinfo[key]), "info", str(key).lstrip("/")


def _metadata(document: Any, limits: Limits) -> Iterator[tuple[str, str, str]]:
    if "/Metadata" not in document.Root:
        return
    raw = document.Root.Metadata.read_bytes()
    found = False
    for text, _, label in xml_texts(raw, limits):
        found = True
        yield text, "xmp", label
    if not found:
        yield raw.decode("utf-8", "replace"), "xmp", "xmp"


def _objects(document: Any) -> Iterator[tuple[str, str, str]]:
    """Strings of annotations, form fields, bookmarks, structure and links, wherever they hang."""
    import pikepdf

    for number, item in enumerate(document.objects):
        if number >= _OBJECTS:
            return
        if not isinstance(item, pikepdf.Dictionary):
            continue
        for key in _TEXT_KEYS:
            value = item.get(key)
            if isinstance(value, pikepdf.String):
                yield str(value), f"object[{number + 1}]", key.lstrip("/")


def _attached(data: bytes, limits: Limits) -> Iterator[tuple[str, str, str]]:
    if len(data) > limits.value:
        return
    if b"\0" not in data:
        yield data.decode("utf-8", "replace"), "attachment", "content"

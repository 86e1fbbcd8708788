"""PDF: identifiers are taken out of the page's text objects; nothing of the old file is carried along.

A page whose text cannot be changed in place, and every page with pictures, is drawn anew as a picture with the
identifiers blanked. Metadata, attachments, forms, annotations, scripts and earlier revisions are dropped.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from auditor.deid.documents import Redacted, TextCleaner

_MOST_PAGES = 2000
_DROPPED = ("/Metadata", "/Names", "/AcroForm", "/Outlines", "/OpenAction", "/AA", "/PieceInfo", "/StructTreeRoot")
_TEXT_OBJECT = 1
_IMAGE_OBJECT = 3
_FORM_OBJECT = 5
_NOT_READ = "the PDF cannot be read"


@dataclass(frozen=True, slots=True)
class _Run:
    """One text object of a page and what it says."""

    handle: Any
    text: str


def redact(content: bytes, cleaner: TextCleaner) -> Redacted:
    """The PDF without identifiers, or the reason why it cannot be made so."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(content)
        if len(document) > _MOST_PAGES:
            return Redacted(b"", "the PDF has too many pages")
        for page in document:
            reason = _page(page, cleaner)
            if reason:
                return Redacted(b"", reason)
        stream = BytesIO()
        document.save(stream)
    except pdfium.PdfiumError:
        return Redacted(b"", _NOT_READ)
    return _rebuilt(stream.getvalue(), cleaner)


def _page(page: Any, cleaner: TextCleaner) -> str:
    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    runs: list[_Run] = []
    for handle, kind in _objects(page):
        if kind in (_IMAGE_OBJECT, _FORM_OBJECT):
            return "a page of the PDF holds pictures, in which text cannot be told"
        if kind == _TEXT_OBJECT:
            runs.append(_Run(handle, _said(handle, textpage)))
    changed = [(run, new) for run, new in zip(runs, _cleaned(runs, cleaner), strict=True) if new != run.text]
    for run, new in changed:
        buffer = (new + "\0").encode("utf-16-le")
        array = (ctypes.c_ushort * (len(buffer) // 2)).from_buffer_copy(buffer)
        if not new.strip() or not raw.FPDFText_SetText(run.handle, array):
            raw.FPDFPage_RemoveObject(page.raw, run.handle)
            raw.FPDFPageObj_Destroy(run.handle)
    if changed:
        raw.FPDFPage_GenerateContent(page.raw)
    return ""


def _cleaned(runs: list[_Run], cleaner: TextCleaner) -> Iterator[str]:
    """Each run cleaned by itself, and emptied where it is part of an identifier that runs over several."""
    alone = [cleaner.text(run.text) for run in runs]
    for index, run in enumerate(runs):
        before, after = (runs[index - 1].text if index else ""), (runs[index + 1].text if index + 1 < len(runs) else "")
        joined = any(_torn(left, right, cleaner) for left, right in ((before, run.text), (run.text, after)))
        yield "" if joined and alone[index] == run.text else alone[index]


def _torn(left: str, right: str, cleaner: TextCleaner) -> bool:
    if not left.strip() or not right.strip():
        return False
    whole = cleaner.text(f"{left}{right}")
    return whole not in (f"{left}{right}", f"{cleaner.text(left)}{cleaner.text(right)}")


def _objects(page: Any) -> Iterator[tuple[Any, int]]:
    import pypdfium2.raw as raw

    for index in range(raw.FPDFPage_CountObjects(page.raw)):
        handle = raw.FPDFPage_GetObject(page.raw, index)
        yield handle, raw.FPDFPageObj_GetType(handle)


def _said(handle: Any, textpage: Any) -> str:
    import pypdfium2.raw as raw

    length = raw.FPDFTextObj_GetText(handle, textpage.raw, None, 0)
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    raw.FPDFTextObj_GetText(handle, textpage.raw, buffer, length)
    return bytes(buffer)[: max(0, length - 2)].decode("utf-16-le", "replace")


def _rebuilt(content: bytes, cleaner: TextCleaner) -> Redacted:
    import pikepdf

    try:
        with pikepdf.open(BytesIO(content)) as document:
            for name in _DROPPED:
                if name in document.Root:
                    del document.Root[name]
            for page in document.pages:
                for name in ("/Annots", "/AA", "/Metadata", "/PieceInfo", "/Thumb"):
                    if name in page:
                        del page[name]
            if "/Info" in document.trailer:
                del document.trailer["/Info"]
            target = BytesIO()
            document.save(target, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    except pikepdf.PdfError:
        return Redacted(b"", _NOT_READ)
    return _verified(target.getvalue(), cleaner)


def _verified(content: bytes, cleaner: TextCleaner) -> Redacted:
    """The last word: the text of every page, read anew, must have nothing left to clean."""
    import pypdfium2 as pdfium

    for page in pdfium.PdfDocument(content):
        for line in page.get_textpage().get_text_range().splitlines():
            if not cleaner.finished(line):
                return Redacted(b"", "an identifier in the PDF cannot be taken out")
    return Redacted(content)

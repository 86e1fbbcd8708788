"""PDF: identifiers are taken out of the page's text objects; nothing of the old file is carried along.

A page whose text cannot be changed in place, and every page with pictures, is drawn anew as a picture with the
identifiers blanked. Metadata, attachments, forms, annotations, scripts and earlier revisions are dropped.
"""

import ctypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from auditor.deid.documents import Redacted, TextCleaner, Words
from auditor.deid.pdfpages import Drawn, draw, place

_MOST_PAGES = 2000
_TEXT_OBJECT = 1
_PLAIN_OBJECTS = frozenset((_TEXT_OBJECT, 2, 4))  # text, path, shading: what cannot hide a text in a picture
_NOT_READ = "the PDF cannot be read"
_PICTURES = "a page of the PDF holds pictures, in which text cannot be read here"
_STUBBORN = "an identifier in the PDF cannot be taken out"
_ROOT_KEPT = frozenset(("/Type", "/Pages", "/Version", "/PageLayout", "/PageMode", "/ViewerPreferences", "/Lang"))
_PAGE_DROPPED = ("/Annots", "/AA", "/Thumb", "/B", "/Tabs", "/StructParents")
_ANYWHERE_DROPPED = ("/Metadata", "/PieceInfo", "/LastModified", "/AF")


@dataclass(frozen=True, slots=True)
class _Run:
    """One text object of a page and what it says."""

    handle: Any
    text: str


def redact(content: bytes, cleaner: TextCleaner, words: Words | None = None, *, doubted: bool = False) -> Redacted:
    """The PDF without identifiers, or the reason why it cannot be made so; `doubted` draws every page anew."""
    import pypdfium2 as pdfium

    content = content[max(0, content.find(b"%PDF-")) :]
    try:
        found = _attempt(content, cleaner, words, everything=doubted)
        if found.withhold == _STUBBORN and not doubted and words is not None:
            found = _attempt(content, cleaner, words, everything=True)
    except pdfium.PdfiumError:
        return Redacted(b"", _NOT_READ)
    return found


def _attempt(content: bytes, cleaner: TextCleaner, words: Words | None, *, everything: bool) -> Redacted:
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(content)
    drawn: dict[int, Drawn] = {}
    try:
        if len(document) > _MOST_PAGES:
            return Redacted(b"", "the PDF has too many pages")
        for number, page in enumerate(document):
            plain = all(kind in _PLAIN_OBJECTS for _, kind in _objects(page))
            if plain and not everything:
                _page(page, cleaner)
                continue
            made = draw(page, cleaner, words) if words is not None else None
            if made is None:
                return Redacted(b"", _PICTURES if words is None else _STUBBORN)
            drawn[number] = made
        stream = BytesIO()
        document.save(stream)
    finally:
        document.close()
    return _rebuilt(stream.getvalue(), cleaner, drawn)


def _page(page: Any, cleaner: TextCleaner) -> None:
    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    runs = [_Run(handle, _said(handle, textpage)) for handle, kind in _objects(page) if kind == _TEXT_OBJECT]
    changed = [(run, new) for run, new in zip(runs, _cleaned(runs, cleaner), strict=True) if new != run.text]
    for run, new in changed:
        buffer = (new + "\0").encode("utf-16-le")
        array = (ctypes.c_ushort * (len(buffer) // 2)).from_buffer_copy(buffer)
        if not new.strip() or not raw.FPDFText_SetText(run.handle, array):
            raw.FPDFPage_RemoveObject(page.raw, run.handle)
            raw.FPDFPageObj_Destroy(run.handle)
    if changed:
        raw.FPDFPage_GenerateContent(page.raw)


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


def _rebuilt(content: bytes, cleaner: TextCleaner, drawn: Mapping[int, Drawn]) -> Redacted:
    import pikepdf

    try:
        with pikepdf.open(BytesIO(content)) as document:
            for name in set(document.Root.keys()) - _ROOT_KEPT:
                del document.Root[name]
            for number, page in enumerate(document.pages):
                _drop(page.obj, _PAGE_DROPPED)
                if number in drawn:
                    place(document, page, drawn[number])
            for each in document.objects:
                if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
                    _drop(each, _ANYWHERE_DROPPED)
            if "/Info" in document.trailer:
                del document.trailer["/Info"]
            target = BytesIO()
            document.save(target, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    except pikepdf.PdfError:
        return Redacted(b"", _NOT_READ)
    return _verified(target.getvalue(), cleaner)


def _drop(holder: Any, names: tuple[str, ...]) -> None:
    for name in names:
        if name in holder:
            del holder[name]


def _verified(content: bytes, cleaner: TextCleaner) -> Redacted:
    """The last word: the text of every page, read anew, must have nothing left to clean."""
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(content)
    try:
        for page in document:
            for line in page.get_textpage().get_text_range().splitlines():
                if not cleaner.finished(line):
                    return Redacted(b"", _STUBBORN)
    finally:
        document.close()
    return Redacted(content)

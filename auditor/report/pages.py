"""What the pages of a PDF read and look like, seen by an engine that did not make it (PDFium)."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

from auditor.report.words import clean

_SCALE = 0.75


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its words in reading order, and a hash of its picture at 54 dots an inch; both empty when broken."""

    words: tuple[str, ...]
    picture: str


def read_pages(pdf: bytes, *, notes: bool) -> list[Page]:
    """Every page of a PDF, with annotations and fields drawn when `notes`; none when the file cannot be opened."""
    import pypdfium2

    with suppress(pypdfium2.PdfiumError):
        document = pypdfium2.PdfDocument(pdf)
        try:
            return list(_pages(document, notes=notes))
        finally:
            document.close()
    return []


def _pages(document: object, *, notes: bool) -> Iterator[Page]:
    import pypdfium2

    for index in range(len(document)):  # type: ignore[arg-type]
        try:
            page = document[index]  # type: ignore[index]
            text = page.get_textpage().get_text_range()
            bitmap = page.render(scale=_SCALE, grayscale=True, may_draw_forms=notes, draw_annots=notes)
            yield Page(tuple(clean(word, 80) for word in text.split()), sha256(bytes(bitmap.buffer)).hexdigest())
        except pypdfium2.PdfiumError:
            yield Page((), "")

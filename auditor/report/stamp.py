"""The picture of a signature field: plain words, with the shipped font inside, and no claim of validity."""

import io
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from markupsafe import escape

from auditor.errors import ConfigError
from auditor.report.contents import look
from auditor.report.field import APPROVAL, BOX_HEIGHT, BOX_WIDTH, SIGNATURE
from auditor.report.language import SOURCE, Language, load_language
from auditor.report.pdf import draw_plain
from auditor.report.words import clean

_ROLES = {SIGNATURE: "Signed electronically by", APPROVAL: "Approved electronically by"}
_PROOF = "This picture proves nothing by itself: check the signature with “auditor verify” or in a PDF reader."
_PAGE = """<!DOCTYPE html><html lang="en"><head><title>Signature</title><style>
@font-face {{ font-family: "Report"; src: url("shared/fonts/IBMPlexSans-Regular.woff"); }}
@page {{ size: {width}pt {height}pt; margin: 6pt 8pt; }}
body {{ margin: 0; font: 8pt/1.35 "Report"; color: #16202a; }} p {{ margin: 0; }} .who {{ font-size: 11pt; }}
</style></head><body><p>{role}</p><p class="who">{name}</p>
<p>{proof}</p>
</body></html>"""


def language_of(root: Any, folders: Sequence[Path]) -> Language:
    """The language that a PDF says it is in, from the catalogue of the site or the shipped one; English for others."""
    code = str(look(root, "/Lang") or SOURCE)
    for folder in (*folders[1:], None):
        with suppress(ConfigError):
            return load_language(code, folder)
    return load_language(SOURCE)


def stamp_words(name: str, field: str, language: Language) -> tuple[str, str, str]:
    """What a signature field says: the role, the name, and that a picture proves nothing."""
    return language.gettext(_ROLES[field]), clean(name, 60), language.gettext(_PROOF)


def stamp_style(words: tuple[str, str, str], folders: Sequence[Path]) -> Any:
    """A pyHanko stamp style that shows `stamp_words`."""
    from pyhanko.pdf_utils.content import PdfContent
    from pyhanko.pdf_utils.layout import BoxConstraints
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.stamp import StaticStampStyle

    role, name, proof = (escape(word) for word in words)
    html = _PAGE.format(width=BOX_WIDTH, height=BOX_HEIGHT, role=role, name=name, proof=proof)
    drawn = draw_plain(html, folders)

    class DrawnPage(PdfContent):
        """The page that was drawn, as an object of the signed PDF."""

        def render(self) -> bytes:
            writer: Any = self.writer
            page = writer.import_page_as_xobject(PdfFileReader(io.BytesIO(drawn)), page_ix=0)
            self.resources.xobject["/Words"] = page
            self.box = BoxConstraints(width=BOX_WIDTH, height=BOX_HEIGHT)
            return b"/Words Do"

    return StaticStampStyle(border_width=1, background=DrawnPage(), background_opacity=1)

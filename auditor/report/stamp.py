"""The picture of a signature field: plain words, with the shipped font inside, and no claim of validity."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import escape

from auditor.report.field import APPROVAL, BOX_HEIGHT, BOX_WIDTH
from auditor.report.pdf import draw_plain
from auditor.report.words import clean

_PAGE = """<!DOCTYPE html><html lang="en"><head><title>Signature</title><style>
@font-face {{ font-family: "Report"; src: url("shared/fonts/IBMPlexSans-Regular.woff"); }}
@page {{ size: {width}pt {height}pt; margin: 6pt 8pt; }}
body {{ margin: 0; font: 8pt/1.35 "Report"; color: #16202a; }} p {{ margin: 0; }} .who {{ font-size: 11pt; }}
</style></head><body><p>{role}</p><p class="who">{name}</p>
<p>This picture proves nothing by itself: check the signature<br>with “auditor verify” or in a PDF reader.</p>
</body></html>"""


def stamp_style(name: str, field: str, folders: Sequence[Path]) -> Any:
    """A pyHanko stamp style that shows who signed, in words."""
    from pyhanko.pdf_utils.content import PdfContent
    from pyhanko.pdf_utils.layout import BoxConstraints
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.stamp import StaticStampStyle

    role = "Approved electronically by" if field == APPROVAL else "Signed electronically by"
    html = _PAGE.format(width=BOX_WIDTH, height=BOX_HEIGHT, role=role, name=escape(clean(name, 60)))
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

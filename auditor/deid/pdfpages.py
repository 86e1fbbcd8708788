"""Pages of a PDF drawn anew as pictures, with every identifier blanked that its text or its picture shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.deid.documents import TextCleaner, Words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from auditor.pixels.region import Box

_DOTS = 150  # an inch; enough to read what is printed, and to be read by the recogniser
_LONGEST = 4000
_POINTS = 72
_TURNS = 3
_MARGIN = 3
_LARGEST_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page as a picture of (rows, columns, 3), and its size in points."""

    picture: "NDArray[np.uint8]"
    width: float
    height: float


def draw(page: Any, cleaner: TextCleaner, words: Words) -> Drawn | None:
    """Draw a page with its identifiers blanked, and read it again; None when some can still be read."""
    import numpy as np

    width, height = page.get_size()
    scale = min(_DOTS / _POINTS, _LONGEST / max(width, height, 1))
    picture = np.ascontiguousarray(page.render(scale=scale, rev_byteorder=True).to_numpy()[..., :3]).copy()
    for box in _written(page, cleaner, scale):
        _blank(picture, box)
    for _ in range(_TURNS):
        boxes = list(_read(picture, cleaner, words))
        if not boxes:
            return Drawn(picture, width, height)
        for box in boxes:
            _blank(picture, box)
    return None


def place(document: Any, page: Any, drawn: Drawn) -> None:
    """Make a drawn picture all there is of a page."""
    import pikepdf

    rows, columns, _ = drawn.picture.shape
    image = document.make_stream(drawn.picture.tobytes())
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height, image.BitsPerComponent = columns, rows, 8
    image.ColorSpace = pikepdf.Name.DeviceRGB
    for name in set(page.obj.keys()) - {"/Type", "/Parent"}:
        del page.obj[name]
    page.obj.MediaBox = pikepdf.Array([0, 0, round(drawn.width, 2), round(drawn.height, 2)])
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Page=image))
    page.obj.Contents = document.make_stream(b"q %.2f 0 0 %.2f 0 0 cm /Page Do Q" % (drawn.width, drawn.height))


def _written(page: Any, cleaner: TextCleaner, scale: float) -> Iterator["Box"]:
    """Boxes of the characters of every identifier in the text of a page, in pixels of its picture."""
    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    count = min(raw.FPDFText_CountChars(textpage.raw), _LARGEST_TEXT)
    text = "".join(chr(raw.FPDFText_GetUnicode(textpage.raw, index) or 32) for index in range(count))
    spans = list(cleaner.spans(text))
    start = 0
    for line in text.splitlines(keepends=True):
        spans += [(start + first, start + last) for first, last in cleaner.spans(line.rstrip())]
        start += len(line)
    for first, last in spans:
        for index in range(first, last):
            left, bottom, right, top = textpage.get_charbox(index)
            if right > left:
                x0, y0 = _pixel(page, left, top, scale)
                x1, y1 = _pixel(page, right, bottom, scale)
                yield min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _pixel(page: Any, x: float, y: float, scale: float) -> tuple[int, int]:
    """A point of the page as a pixel of its picture, however the page is turned or cropped."""
    import ctypes

    import pypdfium2.raw as raw

    width, height = (round(side * scale) for side in page.get_size())
    right, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page.raw, 0, 0, width, height, 0, x, y, right, down)
    return right.value, down.value


def _read(picture: "NDArray[np.uint8]", cleaner: TextCleaner, words: Words) -> Iterator["Box"]:
    import numpy as np

    grey = np.ascontiguousarray(picture.min(axis=2))
    for word in words(grey):
        if cleaner.spans(word.text, picture=True):
            yield word.box


def _blank(picture: "NDArray[np.uint8]", box: "Box") -> None:
    x0, y0, x1, y1 = box
    picture[max(0, y0 - _MARGIN) : y1 + _MARGIN, max(0, x0 - _MARGIN) : x1 + _MARGIN] = 0

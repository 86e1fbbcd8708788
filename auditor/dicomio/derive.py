"""What is wrapped up in a value: nested data sets, compression, base64, hex, and marks in place of characters."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.dicomio.element import locator
from auditor.dicomio.escapes import is_escaped, undone
from auditor.dicomio.form import recognise
from auditor.dicomio.place import Text
from auditor.dicomio.stream import BytesBlob, Inflation
from auditor.dicomio.tokens import data_of, may_hold_tokens, tokens
from auditor.dicomio.within import DEEPEST, Within

_SHORT = 200
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_GZIP = b"\x1f\x8b\x08"
_INFLATED = 8 << 20
_LEAST = 32  # bytes of a damaged stream that are worth a look


def unpacked(data: bytes, within: Within) -> Iterator[Text]:
    """Yield texts of a data set or of compressed bytes that `data` plainly is; nothing if it is neither."""
    from auditor.dicomio.binary import texts_in_bytes

    if len(within.derived) > DEEPEST:
        return
    if data.startswith((_GZIP, *_ZLIB)):
        inflation = Inflation(within.seen.limits)
        pieces = list(_bounded(inflation.inflate(BytesBlob(data), 0, 47)))
        if inflation.ended != "damaged" or sum(map(len, pieces)) > _LEAST:
            name = "gzip" if data.startswith(_GZIP) else "zlib"
            yield from texts_in_bytes(b"".join(pieces), within.by(name))
    elif len(data) >= 20 and recognise(data, len(data))[0] is not None:
        yield from _nested(data, within)


def _bounded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > _INFLATED:
            return
        yield piece


def _nested(data: bytes, within: Within) -> Iterator[Text]:
    from auditor.dicomio.expand import expand
    from auditor.dicomio.read import read
    from auditor.dicomio.walk import Walker

    seen = within.seen
    walk = Walker(seen.limits).walk(read(BytesBlob(data), seen.limits))
    if walk.root.charset_value is None:  # as items inherit it (PS3.5 6.1.2)
        walk.root.charset_value = within.element[3].charset
    for inner in walk.elements:
        if not seen.enter(within.derived, len(inner[2] or b"")):
            return
        for text in expand(inner, seen.limits):
            where = ".".join(filter(None, (within.where, locator(inner), text.where)))
            derived = (*within.derived, "dataset", *text.derived)
            yield text._replace(place=within.element, origin=within.origin, derived=derived, where=where)


def may_be_wrapped(text: str, raw: bytes) -> bool:
    """Whether it is worth asking `derived_texts`: a quick look that never says no wrongly."""
    return len(text) > _SHORT or not raw.isascii() or may_hold_tokens(text) or is_escaped(text)


def derived_texts(raw: bytes, text: str, within: Within) -> Iterator[Text]:
    """Yield what a text says once its encoding is undone, in every way and as deep as it goes within bounds.

    These are the ways of `escapes`, base64 and hex, and UTF-8 that was read as Latin-1.
    """
    from auditor.dicomio.binary import texts_in_bytes

    if len(within.derived) > DEEPEST or not within.seen.enter(within.derived, len(text)):
        return
    if not raw.isascii() and not within.derived:
        yield from _other_reading(raw, text, within)
    for way, plain in undone(text):
        if within.seen.is_new("undone", plain):
            inner = within.by(way)
            yield inner.text(plain)
            yield from derived_texts(b"", plain, inner)
    for way, token in tokens(text):
        if within.seen.is_new(way, token) and (data := data_of(way, token)) is not None:
            yield from texts_in_bytes(data, within.by(way))


def _other_reading(raw: bytes, text: str, within: Within) -> Iterator[Text]:
    try:
        other = raw.decode("utf-8").rstrip("\0 ")
    except UnicodeError:
        return
    if other != text.rstrip("\0 "):
        yield within.by("utf-8").text(other)

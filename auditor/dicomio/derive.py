"""What is wrapped up in a value: nested data sets, compression, base64, hex, percent-encoding, entities."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from auditor.dicomio.element import Element
from auditor.dicomio.form import recognise
from auditor.dicomio.limits import Limits
from auditor.dicomio.place import Origin, Text
from auditor.dicomio.stream import BytesBlob, Inflation

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])(?:[A-Za-z0-9+/]{8,}|[A-Za-z0-9_-]{8,})={0,2}(?![A-Za-z0-9+/_=-])")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}){6,}(?![0-9A-Fa-f])")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9A-Fa-f]{2,6}|[a-zA-Z]{2,8});")
# a token that base64 or hex may have made: eight characters or more with a digit beside a letter, or both cases mixed
_SUSPECT = re.compile(r"(?=[A-Za-z0-9+/_-]{8})[A-Za-z0-9+/_-]*(?:[a-z][A-Z]|[A-Za-z]\d|\d[A-Za-z]|[a-zA-Z0-9]=|\d{12})")
_SHORT = 200
_LINES = re.compile(r"\s+")
_LETTERS = re.compile(rb"[A-Za-z]{2}")
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_SHORTEST_SURE = 16
_DEEPEST = 4
_BUDGET = 32 << 20
_TOKENS = 4000


class Seen:
    """What one value may still cost: depth of wrapping, bytes looked at in all, and tokens tried."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._left = _BUDGET
        self._tokens = _TOKENS

    def enter(self, derived: tuple[str, ...], data: bytes) -> bool:
        """Whether `data`, won by `derived`, may be looked into."""
        self._left -= len(data)
        return len(derived) <= 2 * _DEEPEST and self._left >= 0

    def try_token(self) -> bool:
        """Whether one more token may be tried for base64 or hex; a value has some thousands at most."""
        self._tokens -= 1
        return self._tokens >= 0


def unpacked(
    element: Element, data: bytes, origin: Origin, seen: Seen, derived: tuple[str, ...], where: str
) -> Iterator[Text]:
    """Yield texts of a data set or of compressed bytes that `data` plainly is; nothing if it is neither."""
    from auditor.dicomio.binary import texts_in_bytes

    if len(derived) > _DEEPEST:
        return
    if data[:3] == b"\x1f\x8b\x08" or data[:2] in _ZLIB:
        inflation = Inflation(seen.limits)
        pieces = list(_bounded(inflation.inflate(BytesBlob(data), 0, 47)))
        if inflation.ended != "damaged" or sum(map(len, pieces)) > 32:
            name = "gzip" if data[:1] == b"\x1f" else "zlib"
            yield from texts_in_bytes(element, b"".join(pieces), origin, seen, (*derived, name), where)
        return
    if len(data) >= 20 and recognise(data, len(data))[0] is not None:
        yield from _nested(element, data, origin, derived, where, seen)


def _bounded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > _BUDGET // 4:
            return
        yield piece


def _nested(
    element: Element, data: bytes, origin: Origin, derived: tuple[str, ...], where: str, seen: Seen
) -> Iterator[Text]:
    from auditor.dicomio.element import locator
    from auditor.dicomio.expand import expand
    from auditor.dicomio.read import read
    from auditor.dicomio.walk import Walker

    file = read(BytesBlob(data), seen.limits)
    walk = Walker(seen.limits).walk(file)
    for inner in walk.elements:
        if not seen.enter(derived, inner[2] or b""):
            return
        for text in expand(inner, seen.limits):
            place = f"{where}.{locator(inner)}" if where else locator(inner)
            yield text._replace(place=element, origin=origin, derived=(*derived, "dataset", *text.derived), where=place)


def may_be_wrapped(text: str, raw: bytes) -> bool:
    """Whether it is worth asking `derived_texts`: a quick look that never says no wrongly."""
    if len(text) > _SHORT or not raw.isascii():
        return True
    return (len(text) >= 8 and _SUSPECT.search(text) is not None) or "%" in text or "&" in text


def derived_texts(
    element: Element,
    raw: bytes,
    text: str,
    origin: Origin,
    seen: Seen,
    derived: tuple[str, ...] = (),
    where: str = "",
) -> Iterator[Text]:
    """Yield what a text says once its encoding is undone: base64, hex, percent, entities, UTF-8 read as Latin-1."""
    if len(derived) > _DEEPEST:
        return
    if not raw.isascii() and not derived:
        yield from _other_reading(element, raw, text, origin)
    if "%" in text and _PERCENT.search(text):
        undone = unquote(text, errors="replace")
        yield Text(undone, element, origin, (*derived, "percent"), where)
    if "&" in text and _ENTITY.search(text):
        yield Text(html.unescape(text), element, origin, (*derived, "entity"), where)
    if len(text) >= 8:
        yield from _encoded(element, text, origin, seen, derived, where)


def _other_reading(element: Element, raw: bytes, text: str, origin: Origin) -> Iterator[Text]:
    try:
        other = raw.decode("utf-8").rstrip("\0 ")
    except UnicodeError:
        return
    if other != text.rstrip("\0 "):
        yield Text(other, element, origin, ("utf-8",))


def _encoded(
    element: Element, text: str, origin: Origin, seen: Seen, derived: tuple[str, ...], where: str
) -> Iterator[Text]:
    from auditor.dicomio.binary import texts_in_bytes

    squeezed = _LINES.sub("", text) if len(text) > 60 and _is_wrapped(text) else text
    for match in _BASE64.finditer(squeezed):
        if not seen.try_token():
            return
        data = _unbase64(match.group())
        if data is not None:
            yield from texts_in_bytes(element, data, origin, seen, (*derived, "base64"), where)
    for match in _HEX.finditer(text):
        if not seen.try_token():
            return
        data = bytes.fromhex(match.group())
        if _is_written(data):
            yield from texts_in_bytes(element, data, origin, seen, (*derived, "hex"), where)


def _is_wrapped(text: str) -> bool:
    """Whether a text is one base64 block broken into lines."""
    lines = text.split()
    return len(lines) > 1 and len({len(line) for line in lines[:-1]}) == 1 and len(lines[0]) >= 32


def _unbase64(token: str) -> bytes | None:
    """The bytes of a base64 token when they are text or compressed; words and numbers are not taken for one."""
    body = token.rstrip("=").replace("-", "+").replace("_", "/")
    if len(body) % 4 == 1 or body.isdecimal() or body.isupper() or body.islower():
        return None
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    if data[:3] == b"\x1f\x8b\x08" or data[:2] in _ZLIB or data[:4] == b"%PDF":
        return data
    sure = len(body) >= _SHORTEST_SURE or token.endswith("=")
    return data if _is_written(data) and (sure or _LETTERS.search(data)) else None


def _is_written(data: bytes) -> bool:
    """Whether bytes are printable text in UTF-8 or UTF-16, with letters in it."""
    narrow = data.replace(b"\0", b"") if data.count(0) * 2 >= len(data) - 2 else data
    try:
        text = narrow.decode("utf-8")
    except UnicodeError:
        return False
    return (
        len(text) >= 5
        and text.replace("\n", "").replace("\r", "").replace("\t", "").isprintable()
        and bool(re.search(r"[^\W_]{2}", text))
    )

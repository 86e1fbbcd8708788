"""Base64 and hex within a text: which tokens are bytes written so, and what they are."""

import base64
import binascii
import re
from collections.abc import Iterator

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])(?:[A-Za-z0-9+/]{8,}|[A-Za-z0-9_-]{8,})={0,2}(?![A-Za-z0-9+/_=-])")
_HEX = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{12,}+")
_SPACED_HEX = re.compile(
    r"(?<![0-9A-Za-z])[0-9A-Fa-f]{2}(?:([ :,-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4,}+(?![0-9A-Za-z])"
)
# a token that base64 or hex may have made: eight characters or more with a digit beside a letter, or both cases mixed
_SUSPECT = re.compile(r"(?=[A-Za-z0-9+/_-]{8})[A-Za-z0-9+/_-]*(?:[a-z][A-Z]|[A-Za-z]\d|\d[A-Za-z]|[a-zA-Z0-9]=|\d{12})")
_FOLDED = re.compile(r"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{32,}+\s{1,8})+[A-Za-z0-9+/]++={0,2}")
_SPACE = re.compile(r"\s+")
_LETTERS = re.compile(rb"[A-Za-z]{2}")
_LATIN = re.compile(rb"[A-Za-z\xc0-\xff ^.,'=-]*")
_NAMED = re.compile(r"[^\W_]{2}")
_PACKED = (b"\x1f\x8b\x08", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"%PDF")
_SHORTEST, _SHORTEST_SURE = 8, 16
_LONGEST_WIDE = 1 << 16


def may_hold_tokens(text: str) -> bool:
    """Whether `tokens` can give anything for a short text: a quick look that never says no wrongly."""
    return len(text) >= _SHORTEST and (_SUSPECT.search(text) is not None or _SPACED_HEX.search(text) is not None)


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """Yield (way, token) of all that may be bytes written as text; lines of a folded token joined, and each alone."""
    if len(text) < _SHORTEST:
        return
    for lines in _FOLDED.finditer(text):
        yield "base64", _SPACE.sub("", lines.group())
    for match in _BASE64.finditer(text):
        yield "base64", match.group()
    for pattern in (_HEX, _SPACED_HEX):
        for match in pattern.finditer(text):
            if pattern is _SPACED_HEX or not len(match.group()) % 2:
                yield "hex", match.group()


def data_of(way: str, token: str) -> bytes | None:
    """The bytes of a token when they are text or compressed; words and numbers are not taken for one."""
    return _unbase64(token) if way == "base64" else _unhex(token)


def _unhex(token: str) -> bytes | None:
    data = bytes.fromhex(re.sub("[^0-9A-Fa-f]", "", token))
    return data if data.startswith(_PACKED) or _is_written(data) else None


def _unbase64(token: str) -> bytes | None:
    body = token.rstrip("=").replace("-", "+").replace("_", "/")
    if len(body) % 4 == 1 or body.isdecimal() or body.isupper() or body.islower():
        return None
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    if data.startswith(_PACKED):
        return data
    sure = len(body) >= _SHORTEST_SURE or token.endswith("=")
    return data if _is_written(data) and (sure or _LETTERS.search(data)) else None


def _is_written(data: bytes) -> bool:
    """Whether bytes are printable text with letters in it: UTF-8, UTF-16, or names in Latin-1."""
    narrow = data.replace(b"\0", b"") if data.count(0) * 2 >= len(data) - 2 else data
    try:
        text = narrow.decode("utf-8")
    except UnicodeError:
        return _is_latin(narrow) or _is_wide(data)
    plain = text.replace("\n", "").replace("\r", "").replace("\t", "")
    return (len(text) >= 5 and plain.isprintable() and bool(_NAMED.search(text))) or _is_wide(data)


def _is_latin(data: bytes) -> bool:
    """Whether bytes are words of Latin-1, most of their letters ASCII."""
    plain = sum(map(len, _LETTERS.findall(data)))
    return len(data) >= 5 and _LATIN.fullmatch(data) is not None and plain * 2 >= len(data)


def _is_wide(data: bytes) -> bool:
    """Whether bytes are UTF-16 in letters, whose scripts are few: a mark, or the same high byte nearly everywhere."""
    if not 8 <= len(data) <= _LONGEST_WIDE or len(data) % 2:
        return False
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    for high, codec in ((data[1::2], "utf-16-le"), (data[::2], "utf-16-be")):
        text = data.decode(codec, "replace")
        if len({*high} - {0}) <= 1 and len({*text}) > 2 and text.isprintable():
            return True
    return False

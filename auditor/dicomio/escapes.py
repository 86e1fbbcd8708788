"""Ways in which marks stand for the characters of a text, and how each is undone.

Percent-encoding (RFC 3986), character references (HTML, XML), escapes of JSON and programming languages (RFC 8259),
quoted-printable (RFC 2045), encoded words of mail headers (RFC 2047) and RTF.
"""

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from auditor.dicomio.rtf import begins_rtf, is_rtf, plain_text

_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})++|(?:%u[0-9A-Fa-f]{4})++")
_ENTITY = re.compile(r"&(?:#\d{2,6}|#[xX][0-9A-Fa-f]{2,6}|[a-zA-Z][a-zA-Z0-9]{1,9});")
_NUMBERED = r"\\u[0-9A-Fa-f]{4}|\\u\{[0-9A-Fa-f]{1,6}\}|\\U[0-9A-Fa-f]{8}"
_ESCAPED = re.compile(
    rf'{_NUMBERED}|\\x[0-9A-Fa-f]{{2}}|\\3[0-6][0-7]\\2[0-7]{{2}}|[{{\[:,]\s{{0,9}}"[^"\\\n]{{0,400}}\\[nrt"/]'
)
_ESCAPE = re.compile(
    r"(?P<units>(?:\\u[0-9A-Fa-f]{4})++)|\\u\{(?P<braced>[0-9A-Fa-f]{1,6})\}|\\U(?P<wide>[0-9A-Fa-f]{8})"
    r"|(?P<hex>(?:\\x[0-9A-Fa-f]{2})++)|(?P<octal>(?:\\[0-3][0-7]{2})++)|\\(?P<sign>[\"'\\/bfnrt])"
)
_SIGNS = {"b": " ", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_SURE = re.compile(_NUMBERED)
# two bytes beyond ASCII, one between letters, a separator between letters, a soft line break
_QUOTED = re.compile(
    r"(?:=[89A-F][0-9A-F]){2}|[A-Za-z]=[89A-F][0-9A-F][a-z]|[A-Za-z]=(?:2[0-9A-F]|3[AD]|40|5E)[A-Za-z]|[\w,;.:]=\r?\n\w"
)
_QUOTE = re.compile(r"(?P<bytes>(?:=[0-9A-Fa-f]{2})++)|=[ \t]*\r?\n")
_ENCODED_WORD = re.compile(r"=\?([\w-]{1,40})(?:\*[\w-]*)?\?([QqBb])\?([^?]*)\?=(?:\s+(?==\?))?")
_HIGHEST = 0x10FFFF
_MARKS = re.compile(r"[\\%&=]")  # without one of which nothing is escaped


class Escape(NamedTuple):
    """One way: its name, a character without which it cannot be there, whether it is, and how it is undone.

    `is_sure` tells of a text whether nothing else can be meant, so that reading it as it stands would be wrong.
    """

    name: str
    mark: str
    is_used: Callable[[str], object]
    undo: Callable[[str], str]
    is_sure: Callable[[str], object]


def undone(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each way that `text` uses, and the text once it is undone."""
    for way in _WAYS:
        if way.mark in text and way.is_used(text):
            plain = way.undo(text)
            if plain != text:
                yield way.name, plain


def is_escaped(text: str) -> bool:
    """Whether `undone` may give anything."""
    return _MARKS.search(text) is not None and any(way.mark in text and way.is_used(text) for way in _WAYS)


def is_surely_escaped(text: str) -> bool:
    """Whether a text says nothing as it stands that it does not say when undone."""
    return any(way.mark in text and way.is_sure(text) for way in _WAYS)


def _unpercented(text: str) -> str:
    return _PERCENT.sub(lambda run: _units(run[0][2:], "%u") if run[0][1] == "u" else _octets(run[0], "%"), text)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    if units := found["units"]:
        return _units(units[2:], "\\u")
    if number := found["braced"] or found["wide"]:
        return chr(int(number, 16)) if int(number, 16) <= _HIGHEST else found[0]
    if held := found["hex"]:
        return _octets(held, "\\x")
    if octal := found["octal"]:
        return _read(bytes([int(digits, 8) for digits in octal[1:].split("\\")]))
    return _SIGNS.get(found["sign"], found["sign"])


def _is_escaped(text: str) -> bool:
    return _ESCAPED.search(text) is not None and not begins_rtf(text)


def _is_numbered(text: str) -> bool:
    return _SURE.search(text) is not None and not begins_rtf(text)


def _unquoted(text: str) -> str:
    return _QUOTE.sub(lambda found: _octets(found["bytes"], "=") if found["bytes"] else "", text)


def _unworded(text: str) -> str:
    return _ENCODED_WORD.sub(_word, text)


def _word(found: re.Match[str]) -> str:
    charset, form, said = found[1], found[2].upper(), found[3]
    try:
        data = base64.b64decode(said + "=" * (-len(said) % 4)) if form == "B" else _quoted_bytes(said)
        return data.decode(charset, "replace")
    except (LookupError, binascii.Error, ValueError):
        return found[0]


def _quoted_bytes(text: str) -> bytes:
    """The bytes of the Q encoding, in which an underscore is a space."""
    data = text.replace("_", " ").encode("utf-8")
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode("ascii")), data)


def _octets(run: str, mark: str) -> str:
    return _read(bytes.fromhex(run.replace(mark, "")))


def _units(run: str, mark: str) -> str:
    """Characters by their UTF-16 code units, each of four digits."""
    return bytes.fromhex(run.replace(mark, "")).decode("utf-16-be", "replace")


def _read(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeError:
        return data.decode("cp1252", "replace")


def _never(text: str) -> bool:
    return False


_WAYS = (
    Escape("rtf", "\\", is_rtf, plain_text, begins_rtf),
    Escape("escape", "\\", _is_escaped, _unescaped, _is_numbered),
    Escape("entity", "&", _ENTITY.search, html.unescape, _ENTITY.search),
    Escape("percent", "%", _PERCENT.search, _unpercented, _never),
    Escape("encoded-word", "=?", _ENCODED_WORD.search, _unworded, _ENCODED_WORD.search),
    Escape("quoted-printable", "=", _QUOTED.search, _unquoted, _never),
)

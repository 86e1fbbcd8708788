"""Text in every character set of PS3.3 C.12.1.1.2, code extensions included."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby

from pydicom.charset import CODES_TO_ENCODINGS, python_encoding

_ESCAPE = b"\x1b"
_FRAGMENT = re.compile(rb"^[^\x1b]+|\x1b[^\x1b]*")
_WORDS = re.compile(r"[^A-Z0-9]+")
_NAME_DELIMITERS = frozenset(b"^=\\\r\n\f\t")
_TEXT_DELIMITERS = frozenset(b"\r\n\f\t")
_STRING_DELIMITERS = frozenset(b"\\\r\n\f\t")
_LONG_TEXT = frozenset({"LT", "ST", "UT"})
CHARSET_VRS = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
_ESCAPES = {codec: code for code, codec in CODES_TO_ENCODINGS.items()}
_KEPT_ESCAPE = ("iso2022_jp", "iso2022_jp_2")


def decode(raw: bytes, charset: bytes, vr: str = "LO") -> str:
    """Decode a value written under Specific Character Set `charset`; never raises.

    VRs that the character set does not govern (PS3.5 6.1.2.3) are ASCII. Bytes that do not fit are tried as
    UTF-8, then in the file's character sets, then as Latin-1, so that nothing readable is lost.
    """
    if raw.isascii() and _ESCAPE not in raw:
        return raw.decode("ascii")
    codecs = encodings(charset)
    if vr not in CHARSET_VRS:
        return _misplaced(raw, codecs[0])
    if (_ESCAPE in raw and len(codecs) > 1) or _looks_extended(raw):
        delimiters = _NAME_DELIMITERS if vr == "PN" else _TEXT_DELIMITERS if vr in _LONG_TEXT else _STRING_DELIMITERS
        return "".join(_fragment(part, codecs, delimiters) for part in _FRAGMENT.findall(raw))
    return _tried(raw, codecs[0], codecs[1:] if codecs[0] == "ascii" else ())


def encode(text: str, charset: bytes, vr: str = "LO") -> bytes:
    """Write `text` under `charset`; raises ValueError when the character set cannot hold it."""
    if text.isascii():
        return text.encode("ascii")
    codecs = encodings(charset)
    if vr == "PN":
        raw = b"=".join(b"^".join(_encoded(name, codecs) for name in group.split("^")) for group in text.split("="))
    else:
        raw = _encoded(text, codecs)
    if decode(raw, charset, vr) != text:
        raise ValueError("the character set of the file cannot hold this text")
    return raw


@lru_cache(maxsize=256)
def encodings(charset: bytes) -> tuple[str, ...]:
    """Python codecs named by the raw value of Specific Character Set, misspellings understood; never empty."""
    terms = charset.decode("latin-1").strip(" \0").split("\\")
    return tuple(_codec(term) for term in terms) or ("ascii",)


def _codec(term: str) -> str:
    known = _codecs()
    squeezed = _WORDS.sub("", term.upper())
    return known.get(squeezed) or known.get(squeezed.replace("ISO2022IR", "ISOIR")) or "ascii"


@lru_cache(maxsize=1)
def _codecs() -> dict[str, str]:
    table = {_WORDS.sub("", term.upper()): codec for term, codec in python_encoding.items()}
    table.update({"": "ascii", "ISOIR6": "ascii", "ISO2022IR6": "ascii"})
    table |= {
        codec.upper().replace("_", "").replace("-", ""): codec for codec in ("utf_8", "latin_1", "gb18030", "gbk")
    }
    return table


def _looks_extended(raw: bytes) -> bool:
    """Whether a code extension stands in bytes whose character set does not announce one."""
    return any(raw.find(code) >= 0 for code in CODES_TO_ENCODINGS) if _ESCAPE in raw else False


def _fragment(part: bytes, codecs: tuple[str, ...], delimiters: frozenset[int]) -> str:
    """Decode from one escape sequence to the next; a delimiter falls back to the first codec (PS3.5 6.1.2.5.3)."""
    code = next((code for code in sorted(CODES_TO_ENCODINGS, key=len, reverse=True) if part.startswith(code)), b"")
    if not code:
        return _tried(part.removeprefix(_ESCAPE) if part.startswith(_ESCAPE) else part, codecs[0])
    codec = CODES_TO_ENCODINGS[code]
    if codec in _KEPT_ESCAPE:
        return part.decode(codec, "replace")
    body = part[len(code) :]
    at = next((place for place, byte in enumerate(body) if byte in delimiters), len(body))
    return _tried(body[:at], codec) + (_tried(body[at:], codecs[0]) if at < len(body) else "")


def _tried(raw: bytes, codec: str, announced: tuple[str, ...] = ()) -> str:
    """Decode with the first of the codecs that can; those `announced` may be used without their escape sequence."""
    for name in (codec, "utf-8", *announced):
        try:
            return raw.decode(name)
        except (UnicodeError, LookupError):
            continue
    return raw.decode("latin-1") if codec == "ascii" else raw.decode(codec, "replace")


def _misplaced(raw: bytes, codec: str) -> str:
    """Text where only ASCII may stand: UTF-8 if it reads as that, else what the file writes its texts in."""
    try:
        return raw.decode("utf-8")
    except UnicodeError:
        return _tried(raw, codec)


def _encoded(text: str, codecs: tuple[str, ...]) -> bytes:
    """Write with the first codec, and what it lacks with the others, each run behind its escape sequence."""
    raw = _strict(text, codecs[0])
    if raw is not None:
        return raw
    made, back = b"", _ESCAPES.get(codecs[0], b"")
    for codec, run in groupby(text, lambda char: _codec_for(char, codecs)):
        written = _strict("".join(run), codec) if codec else None
        if written is None:
            raise ValueError("the character set of the file cannot hold this text")
        escape = b"" if codec == codecs[0] or codec in _KEPT_ESCAPE else _ESCAPES.get(codec or "", b"")
        made += (back if made and codec == codecs[0] else b"") + escape + written
    return made


def _codec_for(char: str, codecs: tuple[str, ...]) -> str | None:
    return next((codec for codec in codecs if _strict(char, codec) is not None), None)


def _strict(text: str, codec: str) -> bytes | None:
    """`text` in `codec`, or None when it cannot be; JIS X 0201 is the single-byte part of shift_jis."""
    try:
        raw = text.encode(codec)
    except UnicodeError:
        return None
    return None if codec == "shift_jis" and len(raw) != len(text) else raw

"""The text of Rich Text Format (RTF 1.9.1): characters by code page and by number, without marks and fonts."""

import re
from collections.abc import Iterator
from functools import lru_cache

_BEGINS = re.compile(r"\{\\{1,4}rtf\d?(?![a-z])")
_LETTER = re.compile(r"\\'[C-Fc-f][0-9A-Fa-f]")
_PIECE = re.compile(
    r"(?P<bytes>(?:\\'[0-9A-Fa-f]{2})++)"
    r"|\\u(?P<number>-?\d{1,5}) ?(?:\\'[0-9A-Fa-f]{2}|\?)?"
    r"|\\(?P<word>[A-Za-z]{1,32})-?\d{0,10} ?"
    r"|\\(?P<sign>[^A-Za-z])"
    r"|(?P<brace>[{}])"
    r"|[\r\n]+"
    r"|(?P<plain>[^\\{}\r\n]+)",
    re.DOTALL,
)
_CODE_PAGE = re.compile(r"\\ansicpg(\d{3,5})")
_BREAKS = frozenset(("par", "line", "row", "page", "sect"))
_SPACES = frozenset(("tab", "cell"))
_TABLES = frozenset(("fonttbl", "colortbl", "stylesheet", "pict", "themedata", "listtable", "latentstyles"))
_ESCAPED = frozenset("\\{}")


def begins_rtf(text: str) -> bool:
    """Whether `text` has the beginning of RTF in it."""
    return _BEGINS.search(text) is not None


def is_rtf(text: str) -> bool:
    """Whether `text` has the beginning of RTF in it, or letters as RTF writes them."""
    return begins_rtf(text) or _LETTER.search(text) is not None


def plain_text(text: str) -> str:
    """What RTF says: fonts, colours, styles and pictures are left out, document information and comments are not."""
    return "".join(_said(text, _codec(text)))


def _said(text: str, codec: str) -> Iterator[str]:
    depth, muted = 0, 0  # `muted`: the depth of the group that is passed over
    for piece in _PIECE.finditer(text):
        if brace := piece["brace"]:
            depth += 1 if brace == "{" else -1
            muted = 0 if depth < muted else muted
        elif muted:
            continue
        elif word := piece["word"]:
            muted = depth if word in _TABLES else 0
            yield "\n" if word in _BREAKS else "\t" if word in _SPACES else ""
        elif number := piece["number"]:
            yield chr(int(number) % 0x10000)
        elif held := piece["bytes"]:
            yield bytes.fromhex(held.replace("\\'", "")).decode(codec, "replace")
        elif sign := piece["sign"]:
            yield sign if sign in _ESCAPED else " " if sign == "~" else ""
        else:
            yield piece["plain"] or ""


def _codec(text: str) -> str:
    found = _CODE_PAGE.search(text)
    return _known(found[1]) if found else "cp1252"


@lru_cache(maxsize=32)
def _known(number: str) -> str:
    codec = "utf-8" if number == "65001" else f"cp{number}"
    try:
        b"".decode(codec)
    except LookupError:
        return "cp1252"
    return codec

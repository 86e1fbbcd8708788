"""Makes any text safe to print: no control or bidirectional characters, no missing glyph, no endless word."""

import unicodedata
from functools import lru_cache

from auditor.resources import reports_folder

LONGEST = 600
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_SPACES = frozenset("\t\n\r\v\f\u2028\u2029\u00a0\u3000")
_DROPPED = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))


def clean(text: str, longest: int = LONGEST) -> str:
    """`text` in one line of printable characters, at most `longest` of them, then an ellipsis.

    Characters that the shipped font cannot draw become U+FFFD, so that a report looks the same everywhere.
    """
    shown = text[:longest]
    if not shown.isascii() or not shown.isprintable():
        drawn = glyphs()
        shown = "".join(_one(char, drawn) for char in unicodedata.normalize("NFC", shown))
    return shown + "…" if len(text) > longest else shown


def strip_controls(text: str) -> str:
    """`text` without control, bidirectional and unassigned characters; for exports, in which any script may stand."""
    if text.isprintable():
        return text
    return "".join(
        char if char in "\t\n" or unicodedata.category(char) not in _DROPPED else REPLACEMENT for char in text
    )


def _one(char: str, drawn: frozenset[int]) -> str:
    if char in _SPACES:
        return " "
    if unicodedata.category(char) in _DROPPED or ord(char) not in drawn:
        return REPLACEMENT
    return char


@lru_cache(maxsize=1)
def glyphs() -> frozenset[int]:
    """The code points the shipped font can draw."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with TTFont(reports_folder() / "shared" / "fonts" / "IBMPlexSans-Regular.woff", lazy=True) as font:
        return frozenset(font.getBestCmap())

"""A text made ready for pattern matching: full-width forms, exotic digits and dashes become ASCII, place by place."""

import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

_ORDINALS = "\u00ba\u00aa"  # as in n\u00ba 12, which patterns name
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text with its UTF-8 bytes, encoded once, and the way from a place in the bytes to the place in the text."""

    plain: str
    data: bytes
    starts: Sequence[int] | None

    @classmethod
    def of(cls, plain: str) -> "Encoded":
        """Encode a levelled text."""
        if plain.isascii():
            return cls(plain, plain.encode("ascii"), None)
        starts = array("Q", accumulate((len(char.encode("utf-8")) for char in plain), initial=0))
        return cls(plain, plain.encode("utf-8"), starts)

    def place(self, offset: int) -> int:
        """The character that begins at byte `offset`."""
        return offset if self.starts is None else bisect_left(self.starts, offset)


def levelled(text: str) -> str:
    """`text` with every character replaced by its plain form where that is one character; offsets stay the same."""
    return text if text.isascii() else "".join(map(_plain, text))


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char in _DASHES:
        return "-"
    if char in _ORDINALS:
        return char
    if char.isspace() and char not in "\n\r":
        return " "
    if char.isdigit() and (value := unicodedata.digit(char, None)) is not None:
        return str(value)
    normal = unicodedata.normalize("NFKC", char)
    return normal if len(normal) == 1 and not "\ud800" <= normal <= "\udfff" else "\ufffd" if _surrogate(char) else char


def _surrogate(char: str) -> bool:
    return "\ud800" <= char <= "\udfff"

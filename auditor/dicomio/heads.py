"""Element headers: what eight bytes tell of what follows. They repeat, so each is understood once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from struct import Struct
from typing import Any, TypeAlias

from auditor.dicomio.dictionary import LONG_VRS, VR_CODES, is_creator, is_private, keyword_of, vr_of
from auditor.dicomio.element import UNDEFINED

Header: TypeAlias = tuple[int, int, str, int]

# PLAIN: a value whose length the eight bytes hold; every other kind takes the longer way.
PLAIN, LONG, NOTED, SEQUENCE, UNKNOWN, PIXELS, DELIMITER, NONE = range(8)
PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
CHARSET = 0x00080005
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD


class Heads:
    """Reads element headers of one byte order and VR form, and keeps them in `table` between files."""

    def __init__(self, explicit: bool, little: bool, table: dict[bytes, Header]) -> None:
        self.explicit = explicit
        self.table = table
        self.short, self.wide, self.length, marks = _readers("<" if little else ">")
        self.item, self.item_end, self.sequence_end = marks

    def learn(self, head: bytes) -> Header:
        """(kind, tag, VR, size): size is that of header and value if PLAIN or NOTED, else of the header."""
        group, number, code, length = self.short(head, 0)
        tag = group << 16 | number
        if group == 0xFFFE:
            found = (DELIMITER, tag, "", 8)
        elif group == 0:
            found = (NONE, tag, "", 8)
        elif self.explicit and code in VR_CODES:
            found = _classified(tag, VR_CODES[code], length)
        elif self.explicit and code.isalpha() and code.isupper():
            found = (PLAIN if keyword_of(tag) or is_private(tag) else NONE, tag, "UN", 8 + length)
        else:
            found = _implicit(tag, self.wide(head, 0)[2])
        self.table[head] = found
        return found


Reader: TypeAlias = Callable[[bytes, int], tuple[Any, ...]]


@lru_cache(maxsize=2)
def _readers(order: str) -> tuple[Reader, Reader, Reader, tuple[bytes, bytes, bytes]]:
    pack = Struct(order + "HH").pack
    item, item_end, sequence_end = (pack(tag >> 16, tag & 0xFFFF) for tag in (ITEM, ITEM_END, SEQUENCE_END))
    short, wide, length = (Struct(order + form).unpack_from for form in ("HH2sH", "HHI", "I"))
    return short, wide, length, (item, item_end, sequence_end)


def _classified(tag: int, vr: str, length: int) -> Header:
    if vr not in LONG_VRS:
        return (NOTED if tag == CHARSET or is_creator(tag) else PLAIN, tag, vr, 8 + length)
    if tag in PIXEL_TAGS:
        return (PIXELS, tag, vr, 12)
    return (SEQUENCE if vr == "SQ" else UNKNOWN if vr == "UN" else LONG, tag, vr, 12)


def _implicit(tag: int, length: int) -> Header:
    """A header without VR; met within explicit data sets too, where writers left the VR out."""
    if tag in PIXEL_TAGS:
        return (PIXELS, tag, "OW", 8)
    vr = vr_of(tag)
    if vr == "SQ":
        return (SEQUENCE, tag, vr, 8)
    if length == UNDEFINED or vr == "UN":
        return (UNKNOWN, tag, vr, 8)
    return (NOTED if tag == CHARSET or is_creator(tag) else PLAIN, tag, vr, 8 + length)

"""Writes element headers, elements and items in a given byte order and VR form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from struct import pack
from typing import TypeAlias

from pydicom.valuerep import STR_VR

from auditor.dicomio.dictionary import LONG_VRS
from auditor.dicomio.heads import ITEM

Field: TypeAlias = tuple[int, str, bytes]
_SPACE_PADDED = frozenset(str(vr.value) for vr in STR_VR) - {"UI"}
_LONGEST_SHORT = 0xFFFE


def padded(value: bytes, vr: str) -> bytes:
    """`value` made even: text with a space, everything else with a zero byte (PS3.5 6.2)."""
    if len(value) % 2 == 0:
        return value
    return value + (b" " if vr in _SPACE_PADDED else b"\0")


def encode_header(tag: int, vr: str, length: int, explicit: bool, little: bool) -> bytes:
    """The header of an element; raises ValueError when `vr` cannot hold `length` bytes."""
    if not explicit:
        return pack("<HHI" if little else ">HHI", tag >> 16, tag & 0xFFFF, length)
    if vr in LONG_VRS:
        return pack("<HH2sxxI" if little else ">HH2sxxI", tag >> 16, tag & 0xFFFF, vr.encode("ascii"), length)
    if length > _LONGEST_SHORT:
        raise ValueError(f"a value of {length} bytes does not fit VR {vr}")
    return pack("<HH2sH" if little else ">HH2sH", tag >> 16, tag & 0xFFFF, vr.encode("ascii"), length)


def encode_element(tag: int, vr: str, value: bytes, explicit: bool, little: bool) -> bytes:
    """A whole element with its value padded to even length."""
    value = padded(value, vr)
    return encode_header(tag, vr, len(value), explicit, little) + value


def encode_items(items: Iterable[Sequence[Field]], explicit: bool, little: bool) -> bytes:
    """The value of a sequence: one item of defined length for each list of (tag, VR, value), in tag order."""
    made = []
    for item in items:
        body = b"".join(encode_element(*field, explicit, little) for field in sorted(item))
        made.append(item_header(len(body), little) + body)
    return b"".join(made)


def item_header(length: int, little: bool, tag: int = ITEM) -> bytes:
    """The header of an item, or of a delimiter when `tag` says so."""
    return pack("<HHI" if little else ">HHI", tag >> 16, tag & 0xFFFF, length)

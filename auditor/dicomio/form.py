"""Tells DICOM from everything else by its first bytes."""

import re
from enum import StrEnum
from struct import Struct

from auditor.dicomio.dictionary import LONG_VRS, VR_CODES, keyword_of, vr_of

_DICOMDIR_CLASS = b"1.2.840.10008.1.3.10"
_LOWEST, _HIGHEST = 0x0002, 0x0050
_WANTED = 3
_UNDEFINED_VRS = ("SQ", "UN", "OB", "OW")
RECOGNISED = 8192
_META = b"DICM\x02\x00"
# the header of an element in explicit VR, little endian, of a group with which a data set may begin
_ELEMENT = re.compile(rb"(?=[\x02-\x50]\0..(?:%b))" % b"|".join(sorted(VR_CODES)), re.DOTALL)


class Form(StrEnum):
    """How a DICOM file is laid out."""

    PART10 = "part10"
    DICOMDIR = "dicomdir"
    BARE = "bare"


def recognise(head: bytes, size: int) -> tuple[Form | None, int, bool, bool]:
    """Judge the first bytes of a file of `size` bytes; no more than `RECOGNISED` of them are looked at.

    Returns form (None: not DICOM), offset of the first element, little endian, explicit VR; the last two
    matter only for a file without file meta.
    """
    head = head[:RECOGNISED]
    if head[128:132] == b"DICM":
        return _directory_or(Form.PART10, head), 132, True, True
    if head[:4] == b"DICM":
        return _directory_or(Form.PART10, head), 4, True, True
    for start in (0, 128):
        for little, explicit in ((True, True), (True, False), (False, True)):
            if is_chain(head, start, size, little, explicit):
                return Form.BARE, start, little, explicit
    return None, 0, True, True


def recognise_displaced(head: bytes, size: int) -> tuple[Form | None, int, bool, bool]:
    """As `recognise`, for a file before whose beginning bytes were put or lost: `DICM` and the file meta elsewhere, or
    elements that begin anywhere in the first bytes.
    """
    found = recognise(head, size)
    if found[0] is not None:
        return found
    head = head[:RECOGNISED]
    place = head.find(_META)
    if place >= 0:
        return _directory_or(Form.PART10, head), place + 4, True, True
    for match in _ELEMENT.finditer(head):
        if is_chain(head, match.start(), size, True, True):
            return Form.BARE, match.start(), True, True
    return found


def _directory_or(form: Form, head: bytes) -> Form:
    return Form.DICOMDIR if _DICOMDIR_CLASS in head[:1024] else form


def is_chain(head: bytes, pos: int, size: int, little: bool, explicit: bool) -> bool:
    """Whether elements in rising order, of known tags and lengths within the file, stand at `pos`."""
    order = "<" if little else ">"
    short, long = Struct(order + "HH2sH"), Struct(order + "HHI")
    wide = Struct(order + "I")
    seen, previous = 0, -1
    while seen < _WANTED and len(head) >= pos + 8:
        group, element, code, length = short.unpack_from(head, pos)
        body = pos + 8
        if explicit and code not in VR_CODES:
            return False
        if not explicit:
            length = long.unpack_from(head, pos)[2]
        elif VR_CODES[code] in LONG_VRS:
            if len(head) < pos + 12:
                return False
            length, body = wide.unpack_from(head, pos + 8)[0], pos + 12
        tag = group << 16 | element
        if not _plausible(tag, previous, seen, body, length, size):
            return False
        if length == 0xFFFFFFFF:
            return (VR_CODES[code] if explicit else vr_of(tag)) in _UNDEFINED_VRS
        seen, previous, pos = seen + 1, tag, body + length
    return seen >= _WANTED or (seen > 0 and pos == size) or (seen > 1 and pos >= min(size, len(head)))


def _plausible(tag: int, previous: int, seen: int, body: int, length: int, size: int) -> bool:
    group = tag >> 16
    if tag <= previous or (seen == 0 and not _LOWEST <= group <= _HIGHEST):
        return False
    known = bool(keyword_of(tag)) or group & 1 or not tag & 0xFFFF
    return bool(known) and (length == 0xFFFFFFFF or body + length <= size)

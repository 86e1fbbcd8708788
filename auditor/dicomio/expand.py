"""All texts of one element, decoded: what the scan judges and de-identification rewrites."""

from __future__ import annotations

import re

from pydicom.valuerep import FLOAT_VR, INT_VR, STR_VR, VR

from auditor.dicomio.binary import texts_in_bytes
from auditor.dicomio.charset import CHARSET_VRS, decode
from auditor.dicomio.derive import derived_texts, may_be_wrapped
from auditor.dicomio.dictionary import is_private, vr_of
from auditor.dicomio.documents import document_texts
from auditor.dicomio.element import Element
from auditor.dicomio.limits import DEFAULT_LIMITS, Limits
from auditor.dicomio.origins import are_samples, origin_of
from auditor.dicomio.place import Origin, Text
from auditor.dicomio.within import Seen, Within

TEXT_VRS = frozenset(str(vr.value) for vr in STR_VR)
NUMBER_VRS = frozenset(str(vr.value) for vr in FLOAT_VR | INT_VR | {VR.AT})
_SINGLE = frozenset({"LT", "ST", "UT", "UR"})
_GROUPS = ("alphabetic", "ideographic", "phonetic")
_PLAIN = (Origin.ELEMENT, Origin.UID)
_NUMERIC = ("DS", "IS")
_NUMBERS = re.compile(r"[\d+\-.eE \\]*")
_DOCUMENT = 0x00420011
SHORTEST_NUMBERS = 6
# how a number that is no number begins: with four printable characters, narrow or wide
may_be_text = re.compile(rb"[\x20-\x7e\xa0-\xff]{4}|(?:[\x20-\x7e]\0){3}|(?:\0[\x20-\x7e]){3}").match
_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_CLOCK = r"(?:[01]\d|2[0-3])(?::?[0-5]\d(?::?(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?"
_FITS = {
    "DA": re.compile(rf"(?:\d{{4}}{_MONTH_DAY}|\d{{4}}\.\d\d\.\d\d)?(?:-(?:\d{{8}})?)?"),
    "TM": re.compile(rf"(?:{_CLOCK})?(?:-(?:{_CLOCK})?)?"),
    "DT": re.compile(rf"\d{{4}}(?:{_MONTH_DAY}(?:{_CLOCK})?|0[1-9]|1[0-2])?(?:[+-]\d{{4}})?(?:-[\d.+-]*)?"),
    "AS": re.compile(r"\d{3}[DWMY]"),
    "IS": re.compile(r"[+-]?\d{1,12}(?:\\ *[+-]?\d{0,12} *)*"),
    "DS": re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:\\[\d+\-.eE \\]*)?"),
    "UI": re.compile(r"[0-9.]+"),
    "CS": re.compile(r"[A-Z0-9_ ]+"),
}


def may_hold_text(tag: int, vr: str) -> bool:
    """Whether `expand` can give anything for an element of this tag and VR."""
    return vr != "SQ" and bool(tag & 0xFFFF or is_private(tag))


def expand(element: Element, limits: Limits = DEFAULT_LIMITS) -> tuple[Text, ...]:
    """Return every text of one element: decoded values, padding after them, and what is wrapped up in them.

    A list of numbers (DS, IS) is one text. Values of binary VRs, private and unknown ones are tried as text
    in several encodings, as a nested data set, compressed, as base64, hex or percent-encoding, and as documents.
    """
    tag, vr, value, _, _, _ = element
    if not value:
        return ()
    if vr in TEXT_VRS:
        return _strings(element, value, limits)
    if tag == _DOCUMENT:
        found = document_texts(element, value, limits)
        if found:
            return found
    if vr in NUMBER_VRS and (len(value) < SHORTEST_NUMBERS or not may_be_text(value)):
        return ()
    origin = origin_of(element)
    if vr in NUMBER_VRS and origin is Origin.ELEMENT:
        origin = Origin.WRONG_VR
    if tag & 0xFFFF == 0 and not is_private(tag):
        return ()
    clean = is_text_by_name(element)
    searched = vr not in NUMBER_VRS and not are_samples(tag)
    return tuple(texts_in_bytes(value, Within(element, origin, Seen(limits)), clean=clean, searched=searched))


def is_text_by_name(element: Element) -> bool:
    """Whether an attribute written as UN or wrongly is text by its definition."""
    tag = element[0]
    known = vr_of(tag, element[3].creator(tag) if is_private(tag) else "")
    return known in TEXT_VRS and element[1] != known


def _strings(element: Element, value: bytes, limits: Limits) -> tuple[Text, ...]:
    tag, vr, _, scope, _, _ = element
    raw, _, padding = value.partition(b"\0")
    if raw.isascii() and b"\x1b" not in raw:
        text = raw.decode("ascii")
    else:
        text = decode(raw, scope.charset, vr if vr in CHARSET_VRS or not is_private(tag) else "LO")
    origin = origin_of(element)
    if "\\" in text and vr not in _SINGLE and not (vr in _NUMERIC and _NUMBERS.fullmatch(text)):
        texts = [made for number, part in enumerate(text.split("\\")) for made in _value(element, part, origin, number)]
    else:
        texts = _value(element, text, origin, 0)
    if (vr not in _FITS or origin is Origin.WRONG_VR) and may_be_wrapped(text, raw):
        texts += derived_texts(raw, text, Within(element, origin, Seen(limits)))
    if padding.strip(b"\0 "):
        behind = Within(element, Origin.PADDING, Seen(limits), ("padding",))
        texts += texts_in_bytes(padding.strip(b"\0"), behind, clean=True)
    return tuple(texts)


def _value(element: Element, text: str, origin: Origin, number: int) -> list[Text]:
    vr = element[1]
    text = text.strip(" ")
    if not text:
        return []
    if vr == "PN":
        return _name(element, text, origin, number)
    fits = _FITS.get(vr)
    if fits is not None and origin in _PLAIN and not fits.fullmatch(text):
        origin = Origin.WRONG_VR
    return [Text(text, element, origin, (), "", number)]


def _name(element: Element, text: str, origin: Origin, number: int) -> list[Text]:
    """One text for each component group that holds anything (PS3.5 6.2.1)."""
    return [
        Text(group, element, origin, number=number, component=_GROUPS[min(place, 2)])
        for place, group in enumerate(text.split("="))
        if group.strip(" ^")
    ]

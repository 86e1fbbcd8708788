"""Compares a source with its copy, place by place, into facts."""

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.deid.codes import Option
from auditor.deid.learn import identity_of
from auditor.deid.markers import BURNED_IN, LONGITUDINAL, METHOD, METHOD_CODES, REMOVED
from auditor.deid.nature import field_of
from auditor.deid.types import types_of
from auditor.deid.view import SOP_CLASS, View, instance_uids
from auditor.dicomio.dictionary import keyword_of
from auditor.dicomio.element import Element, locator, tag_text
from auditor.dicomio.expand import expand, may_hold_text
from auditor.dicomio.safe_private import is_safe_private
from auditor.identifiers.detectors import Detectors
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.model.facts import Record, Value

_NEEDED = ((REMOVED, "PatientIdentityRemoved"), (LONGITUDINAL, "LongitudinalTemporalInformationModified"))
_DUMMIES = ("19000101", "000")
_NOT_SOUGHT = frozenset((Kind.DATE, Kind.PLACE, Kind.OTHER, Kind.AGE))
_FULL_DATE = 8
_CODE_VALUE = 0x00080100


class Comparison:
    """Facts about pairs. Keep one: it holds the detectors."""

    def __init__(self) -> None:
        self._detectors = Detectors()

    def facts(self, source: View, copy: View, paired_by: str, purpose: str) -> Mapping[str, Value]:
        """All facts about one pair; a record list that is empty is left out."""
        found: dict[str, Any] = {
            "survivors": tuple(self._survivors(source, copy)),
            "uids_kept": tuple(_uids_kept(source, copy)),
            "dates_kept": tuple(_dates_kept(source, copy)),
            "required_lost": tuple(_required_lost(source, copy)),
            "private_unsafe": tuple(_private_unsafe(copy)),
            "markers_missing": tuple(_markers_missing(copy)),
            "markers_false": tuple(_markers_false(source, copy)),
        }
        facts: dict[str, Value] = {name: value for name, value in found.items() if value}
        facts |= {"scope": "pair", "purpose": purpose, "paired_by": paired_by}
        facts["pixels_changed"] = bool(source.pixels) and source.pixels != copy.pixels
        facts["pixels_claimed"] = _pixels_claimed(copy)
        return facts

    def _survivors(self, source: View, copy: View) -> Iterator[Record]:
        learnt = identity_of(source.walk.elements)
        identity = Identity.learn(known for known in learnt.known if known.kind not in _NOT_SOUGHT)
        for element in copy.walk.elements:
            if not element[2] or element[1] == "UI" or not may_hold_text(element[0], element[1]):
                continue
            for text in expand(element):
                for hit in self._detectors.find(text.text, identity, field_of(text)):
                    if hit.detector.startswith("identity"):
                        yield {
                            "locator": text.locator,
                            "value": text.text[hit.start : hit.end],
                            "attribute": keyword_of(element[0]),
                            "letter": hit.letter,
                        }


def moved_dates(source: View, copy: View) -> Iterator[tuple[str, Element, bytes, bytes]]:
    """(tag path, element of the copy, source value, copy value) of every full date that both files hold."""
    for place, element in copy.elements.items():
        if element[1] not in ("DA", "DT") or not element[2]:
            continue
        before = source.elements.get(place)
        if before is None or not before[2]:
            continue
        old, new = before[2].strip(b" \0"), element[2].strip(b" \0")
        if len(old) >= _FULL_DATE and len(new) >= _FULL_DATE and not new.decode("latin-1").startswith(_DUMMIES):
            yield place, element, old, new


def _uids_kept(source: View, copy: View) -> Iterator[Record]:
    known = set(instance_uids(source).values())
    for place, uid in instance_uids(copy).items():
        if uid in known:
            yield {"locator": _plain(place), "value": uid, "attribute": _keyword(copy, place)}


def _dates_kept(source: View, copy: View) -> Iterator[Record]:
    for place, element, old, new in moved_dates(source, copy):
        if old[:_FULL_DATE] == new[:_FULL_DATE]:
            yield {"locator": _plain(place), "value": new.decode("latin-1"), "attribute": keyword_of(element[0])}


def _required_lost(source: View, copy: View) -> Iterator[Record]:
    types = types_of(source.text(SOP_CLASS))
    for place, element in source.elements.items():
        tag, scope = element[0], element[3]
        if scope.parent is not None or tag >> 16 == 2 or (tag >> 16) & 1:
            continue
        kind = types.of(0, tag)
        after = copy.elements.get(place)
        emptied = after is not None and after[1] != "SQ" and not after[2] and after[4] < after[5] and _bare(after)
        if (kind in ("1", "2") and after is None) or (kind == "1" and element[2] and emptied):
            yield {"locator": place, "value": "", "attribute": keyword_of(tag), "type": kind}


def _bare(element: Element) -> bool:
    return element[2] is not None


def _private_unsafe(copy: View) -> Iterator[Record]:
    for element in copy.walk.elements:
        tag, scope = element[0], element[3]
        if not (tag >> 16) & 1 or tag & 0xFFFF < 0x1000:
            continue
        creator = scope.creator(tag)
        if not is_safe_private(creator, tag) and not _within_private(element):
            yield {"locator": locator(element), "value": "", "creator": creator}


def _within_private(element: Element) -> bool:
    return any((tag >> 16) & 1 for tag, _ in element[3].path)


def _markers_missing(copy: View) -> Iterator[str]:
    yield from (name for tag, name in _NEEDED if not copy.value(tag))
    if not copy.value(METHOD) and tag_text(METHOD_CODES) not in copy.elements:
        yield "DeidentificationMethod"


def _markers_false(source: View, copy: View) -> Iterator[str]:
    if copy.value(REMOVED) not in (b"", b"YES"):
        yield "PatientIdentityRemoved"
    claimed = copy.value(LONGITUDINAL)
    moved = [old[:_FULL_DATE] != new[:_FULL_DATE] for _, _, old, new in moved_dates(source, copy)]
    if (claimed == b"UNMODIFIED" and any(moved)) or (claimed == b"MODIFIED" and moved and not any(moved)):
        yield "LongitudinalTemporalInformationModified"
    if claimed == b"REMOVED" and moved:
        yield "LongitudinalTemporalInformationModified"


def _pixels_claimed(copy: View) -> bool:
    """Whether Burned In Annotation is NO, or the method codes hold the Clean Pixel Data option (CID 7050)."""
    clean = Option.CLEAN_PIXELS.code[0].encode("ascii")
    codes = {
        (value or b"").strip(b" \0")
        for tag, _, value, scope, _, _ in copy.walk.elements
        if tag == _CODE_VALUE and scope.sequence is not None and scope.sequence.tag == METHOD_CODES
    }
    return clean in codes or copy.value(BURNED_IN) == b"NO"


def _plain(place: str) -> str:
    return place.split(" ")[0] + ")" if " " in place else place


def _keyword(seen: View, place: str) -> str:
    return keyword_of(seen.elements[place][0])

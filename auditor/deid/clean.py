"""Cleans text: the identifier goes, the rest stays as it was written. The detectors are those of the scan."""

from dataclasses import dataclass
from datetime import timedelta

from auditor.deid.dates import shift_date_time
from auditor.deid.nature import field_of
from auditor.deid.values import FILL, Values
from auditor.dicomio.element import Element, Scope
from auditor.dicomio.expand import expand, may_hold_text
from auditor.dicomio.origins import origin_of
from auditor.dicomio.place import Origin, Text
from auditor.identifiers import dates as written
from auditor.identifiers.detectors import Detectors
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.hit import Hit
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.identifiers.redact import redact

_WORDY = frozenset(("LO", "LT", "SH", "ST", "UC", "UT", "PN"))
_PLAIN = frozenset(("LO", "LT", "SH", "ST", "UC", "UT", "PN", "CS", "AE", "UR"))
_EMPTY = frozenset(" *^\\-_,.;:/()[]'\"=#")
_TURNS = 4
_NOWHERE = Scope(None, None, 0, 0, 0, False)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What cleaning gave: `value` is the new value, or None where the whole element must go or be emptied."""

    value: bytes | None


class Cleaner:
    """Cleans elements for one person. `full_dates` keeps the dates found in text, `uids` replaces UIDs in text."""

    def __init__(self, detectors: Detectors, values: Values, identity: Identity, full_dates: bool, uids: bool) -> None:
        self._detectors = detectors
        self._values = values
        self._identity = identity
        self._full_dates = full_dates
        self._map_uids = uids

    def clean(self, element: Element, label: str = "") -> Cleaned | None:
        """What `element` becomes; None when it may stay byte for byte. `label` is what it answers to in an SR."""
        tag, vr, value, scope, _, _ = element
        if not value or not may_hold_text(tag, vr):
            return None
        texts = expand(element)
        padded = any("padding" in text.derived for text in texts)
        if any(self._gives_away(text, label) for text in texts if _hidden(text)):
            return Cleaned(None)
        kept = value.split(b"\0")[0] if padded else value
        if vr not in _PLAIN:
            return Cleaned(kept) if padded else None
        new = self._values.text(kept, vr, scope.charset, lambda part: self._part(part, element, label))
        if new is None:
            return Cleaned(kept) if padded else None
        if vr not in _WORDY or not _says_anything(new):
            return Cleaned(None)
        return Cleaned(new)

    def _hits(self, text: Text, label: str = "") -> tuple[Hit, ...]:
        if label and not text.label:
            text = text._replace(label=label)
        hits = self._detectors.find(text.text, self._identity, field_of(text))
        return tuple(hit for hit in hits if hit.kind is not Kind.DATE) if self._full_dates else hits

    def _gives_away(self, text: Text, label: str) -> bool:
        """A number in its proper place gives someone away only when it is a known number of the person."""
        hits = self._hits(text, label)
        if text.vr in ("DS", "IS") and text.origin is not Origin.WRONG_VR:
            return any(hit.detector.startswith("identity") for hit in hits)
        return bool(hits)

    def gives_away(self, text: Text) -> bool:
        """Whether a text of a file identifies someone."""
        return bool(self._hits(text))

    def text(self, text: str) -> str:
        """Free text without its identifiers."""
        return self.redacted(text, (0, "UT", b"", _NOWHERE, 0, 0))

    def finished(self, text: str) -> bool:
        """Whether nothing is left to clean, dates that the profile moves aside."""
        hits = self._hits(Text(text, (0, "UT", b"", _NOWHERE, 0, 0), Origin.ELEMENT))
        return all(hit.kind is Kind.DATE and self._values.shift_dates for hit in hits)

    def spans(self, text: str, *, picture: bool = False) -> list[tuple[int, int]]:
        """Where the identifiers stand in a text, dates included unless the profile keeps them."""
        field = Field(Nature.OCR if picture else Nature.FREE_TEXT)
        hits = self._detectors.find(text, self._identity, field)
        return [(hit.start, hit.end) for hit in hits if not (self._full_dates and hit.kind is Kind.DATE)]

    def identifies(self, text: str, field: Field) -> bool:
        """Whether a text gives someone away; dates that the profile keeps do not."""
        hits = self._detectors.find(text, self._identity, field)
        return any(hit.kind is not Kind.DATE for hit in hits) if self._full_dates else bool(hits)

    def date(self, text: str) -> str:
        """A date of HL7 as the copy may hold it: kept, moved, or gone."""
        if self._full_dates or not text.strip():
            return text
        moved = shift_date_time(text.strip(), self._values.person.days) if self._values.shift_dates else None
        return moved or ""

    def uid(self, text: str) -> str:
        """A UID replaced."""
        return self._values.uids.new(text) if self._map_uids and text.count(".") > 2 else text

    def redacted(self, text: str, element: Element, label: str = "") -> str:
        """`text` without its identifiers, judged as a value of `element`; dates are moved if the profile says so."""
        origin = origin_of(element)
        for turn in range(_TURNS):  # what is left may only now be seen for what it is
            hits = self._hits(Text(text, element, origin), label)
            if turn and self._values.shift_dates:
                hits = tuple(hit for hit in hits if hit.kind is not Kind.DATE)
            if not hits:
                break
            text = redact(text, hits, self._fill)
        return self._values.uids.in_text(text) if self._map_uids else text

    def _part(self, part: str, element: Element, label: str) -> str:
        core = part.strip(" \0")
        return part.replace(core, self.redacted(core, element, label), 1) if core else part

    def _fill(self, hit: Hit, found: str) -> str:
        if hit.kind is Kind.DATE and self._values.shift_dates:
            return _moved(found, self._values.person.days)
        return FILL


def _hidden(text: Text) -> bool:
    """A text that cannot be cut out of its value: wrapped up, in bytes, or where its VR does not allow it."""
    if "padding" in text.derived:
        return False
    return bool(text.derived or text.where) or text.vr not in _PLAIN or text.origin is Origin.WRONG_VR


def _moved(found: str, days: int) -> str:
    dated = written.find(found)
    if len(dated) != 1 or (not dated[0].certain and dated[0].end - dated[0].start < len(found.strip())):
        return FILL
    try:
        return written.rewrite(found, dated[0], dated[0].date + timedelta(days=days))
    except (OverflowError, ValueError):
        return FILL


def _says_anything(value: bytes) -> bool:
    return any(char not in _EMPTY for char in value.decode("latin-1"))

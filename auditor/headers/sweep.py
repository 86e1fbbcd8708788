"""Judges all elements of a file in one sweep: what plainly says nothing costs next to nothing.

Most elements are numbers, codes and short texts in which nobody can be recognised. They are told by their VR and a
look at their bytes; all texts of a file are then shown to the detectors together, and only those in which something
may stand, with whatever is unusual, go the whole way through `verdict.Assessor`. The verdicts are the same.
"""

from collections.abc import Sequence
from typing import NamedTuple

from auditor.dicomio import Element, Scope
from auditor.dicomio.derive import may_be_wrapped
from auditor.dicomio.expand import NUMBER_VRS, SHORTEST_NUMBERS, TEXT_VRS, expand, is_text_by_name, may_be_text
from auditor.dicomio.origins import is_wrong
from auditor.headers.finds import Verdict
from auditor.headers.forms import NUMBERS, STANDARD_UID, TIME, plain_number
from auditor.headers.privates import Privates
from auditor.headers.verdict import Assessor
from auditor.identifiers.field import Nature
from auditor.identifiers.identity import Identity

_KEPT, _ASK, _NUMBER, _TIME, _CODE, _UID, _TEXT, _MUTE, _LISTED = range(9)
_UNLISTED = frozenset((_CODE, _UID, _MUTE))  # what is not listed for being there
_MANY, _SHORT = 65536, 4096
_FEW = 1024  # values of private bytes, each up to _SHORT long, whose texts are remembered
_FILE_META = 0x0002
_SINGLE = frozenset(("LT", "ST", "UT", "UR"))
_FITTED = frozenset(("DA", "TM", "DT", "AS", "IS", "DS", "UI", "CS"))
_UID_BYTES = b"0123456789."

Way = tuple[str, int, Nature]
Told = dict[int, Verdict]


class _Page(NamedTuple):
    """What is told of one file, by the place of the element, and what waits: places, elements and their texts."""

    told: Told
    waiting: list[tuple[int, int, Element, Sequence[str]]]
    texts: list[tuple[str, Nature]]

    def tell(self, place: int, verdict: Verdict | None) -> None:
        """Take a verdict, if it tells something."""
        if verdict is not None:
            self.told[place] = verdict

    def wait(self, place: int, element: Element, said: Sequence[str], nature: Nature) -> None:
        """Leave the verdict open until all texts are seen."""
        self.waiting.append((place, len(self.texts), element, said))
        for text in said:
            self.texts.append((text, nature))


class Sweep:
    """Judges the elements of files; remembers what tags and VRs tell. One for each worker process."""

    def __init__(self, assessor: Assessor) -> None:
        self._assessor = assessor
        self._privates = Privates(assessor)
        self._ways: dict[int, Way] = {}
        self._times: dict[int, Verdict | None] = {}
        self._bytes: dict[tuple[int, str, bytes, bytes, bool], tuple[str, ...]] = {}
        self._told: dict[tuple[int, bytes | None, Identity], Verdict | None] = {}

    def judge(self, elements: Sequence[Element], identity: Identity, *, once: bool = False) -> Told:
        """The verdicts that tell something, by the place of the element; `once`: of a private block the first."""
        page = _Page({}, [], [])
        numbers: list[tuple[int, Element]] = []
        ways = self._ways
        for place, element in enumerate(elements):
            tag, vr, value, _, _, _ = element
            known = ways.get(tag)
            _, way, nature = known if known and known[0] == vr else self._way(tag, vr)
            if not value:
                if way == _KEPT:
                    page.tell(place, self._assessor.judge(element, identity))
            elif way == _NUMBER and (len(value) < SHORTEST_NUMBERS or not may_be_text(value)):
                if tag & 0x10000:
                    numbers.append((place, element))
            elif way != _CODE or not plain_number(value, vr):
                self._look(place, element, way, nature, identity, page)
        self._tell_numbers(numbers, page, once=once)
        if page.waiting:
            self._settle(page, identity)
        return page.told

    def _look(self, place: int, element: Element, way: int, nature: Nature, identity: Identity, page: _Page) -> None:
        """Judge an element that is not told by its form alone, or let its texts wait."""
        tag, vr, value, scope, _, _ = element
        raw = (value or b"").rstrip(b"\0 ")
        if way == _UID and not raw.translate(None, _UID_BYTES):
            if not raw.startswith(STANDARD_UID):
                page.wait(place, element, (raw.decode("ascii"),), Nature.UID)
        elif way <= _TIME or not (said := _said(vr, raw)):
            self._ask(place, element, way, identity, page)
        elif way == _LISTED:
            page.tell(place, self._assessor.plain(element, said))
        else:
            if tag & 0x10000 and nature is not Nature.CODE and self._privates.is_safe(tag, scope):
                nature = Nature.CODE
            page.wait(place, element, said, nature)

    def _tell_numbers(self, numbers: Sequence[tuple[int, Element]], page: _Page, *, once: bool) -> None:
        """The verdicts on private numbers, or on the first of each block."""
        within: tuple[int, Scope] | None = None
        for place, (tag, _, _, scope, _, _) in numbers:
            block = (tag >> 8, scope)
            if block != within and (verdict := self._privates.quiet(tag, scope)) is not None:
                page.told[place] = verdict
                within = block if once else None

    def _ask(self, place: int, element: Element, way: int, identity: Identity, page: _Page) -> None:
        """Times of day are all alike; private bytes may hold texts; everything else is for the assessor."""
        if way == _TIME and TIME(element[2] or b""):
            page.tell(place, self._timed(element, identity))
        elif way <= _NUMBER and (held := self._held(element)) is not None:
            page.wait(place, element, held, Nature.BYTES)
        else:
            page.tell(place, self._assessor.judge(element, identity))

    def _settle(self, page: _Page, identity: Identity) -> None:
        """Show the texts to the detectors, and judge what they stand in."""
        telling = self._assessor.detectors.telling(page.texts, identity)
        for place, first, element, said in page.waiting:
            if True in telling[first : first + len(said)]:
                page.tell(place, self._told_of(element, identity))
            elif element[0] & 0x10000:
                page.tell(place, self._privates.quiet(element[0], element[3]))
            elif self._way(element[0], element[1])[1] not in _UNLISTED:
                page.tell(place, self._assessor.plain(element, said))

    def _told_of(self, element: Element, identity: Identity) -> Verdict | None:
        """The verdict on an element that tells something; at the top level it is remembered."""
        tag, _, value, scope, _, _ = element
        if tag & 0x10000 or scope.parent is not None or tag >> 16 == _FILE_META:
            return self._assessor.judge(element, identity)
        key = (tag, value, identity)
        if key not in self._told:
            if len(self._told) >= _SHORT:
                self._told.clear()
            self._told[key] = self._assessor.judge(element, identity)
        return self._told[key]

    def _held(self, element: Element) -> Sequence[str] | None:
        """The texts in private bytes, which are the same wherever the same bytes stand; None for anything else."""
        tag, vr, value, scope, _, _ = element
        if not tag & 0x10000 or not value or len(value) > _SHORT or vr in TEXT_VRS:
            return None
        key = (tag, vr, value, scope.charset, is_text_by_name(element))
        texts = self._bytes.get(key)
        if texts is None:
            if len(self._bytes) >= _FEW:
                self._bytes.clear()
            texts = self._bytes[key] = tuple([text.text for text in expand(element)])
        return texts

    def _timed(self, element: Element, identity: Identity) -> Verdict | None:
        """The verdict on a time of day: the same for all of an attribute, but for midnight, which tells nothing."""
        tag, _, value, _, _, _ = element
        if not value or not value.strip(b"0. "):
            return None
        if tag not in self._times:
            self._times[tag] = self._assessor.judge(element, identity)
        return self._times[tag]

    def _way(self, tag: int, vr: str) -> Way:
        """The VR an element has, how it is to be judged, and the nature of its texts."""
        known = self._ways.get(tag)
        if known and known[0] == vr:
            return known
        if len(self._ways) >= _MANY:
            self._ways.clear()
        way = self._ways[tag] = (vr, self._kind(tag, vr), self._assessor.nature(tag, vr, ""))
        return way

    def _kind(self, tag: int, vr: str) -> int:
        """How elements of this tag and VR are to be judged."""
        assessor = self._assessor
        attribute = assessor.attribute(tag)
        if assessor.is_special(tag):
            return _KEPT
        if is_wrong(tag, vr) or not tag & 0xFFFF:
            return _ASK
        if vr not in TEXT_VRS:
            return _NUMBER if vr in NUMBER_VRS and attribute is None else _ASK
        if attribute and attribute.group == "times":
            return _TIME
        if attribute and attribute.group == "ages":
            return _ASK
        if attribute and assessor.by_place(attribute, vr):
            return _LISTED
        if assessor.claims(tag):
            return _TEXT
        if vr == "UI":
            return _UID
        if attribute is None and vr in NUMBERS:
            return _CODE
        return _TEXT if attribute or tag & 0x10000 or vr == "PN" else _MUTE


def _said(vr: str, raw: bytes) -> list[str]:
    """The texts of a plain value without its padding, as `expand` gives them; none when it has to be asked."""
    if not raw.isascii() or b"\0" in raw or b"\x1b" in raw:
        return []
    whole = raw.decode("ascii")
    if vr not in _FITTED and may_be_wrapped(whole, raw):
        return []
    if "\\" in whole and vr not in _SINGLE:
        said = [text for part in whole.split("\\") if (text := part.strip(" "))]
    else:
        text = whole.strip(" ")
        said = [text] if text else []
    if vr == "PN" and any("=" in text or not text.strip(" ^") for text in said):
        return []
    return said

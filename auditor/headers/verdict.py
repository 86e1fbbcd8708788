"""Judges one element: what of it identifies a person, by where it stands and by what it says."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from auditor.dicomio import Element, is_creator, is_private, keyword_of
from auditor.dicomio.expand import expand
from auditor.dicomio.limits import DEFAULT_LIMITS
from auditor.dicomio.place import Origin, Text
from auditor.dicomio.safe_private import is_safe_private
from auditor.headers.finds import Find, Verdict, find_of, private_find
from auditor.headers.forms import NUMBERS, STANDARD_UID, TIME, plain_number
from auditor.headers.tables import Attribute, Placeholders, attributes, claims, natures, options
from auditor.identifiers.detectors import Detectors
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind

_BY_VR = {
    "PN": Nature.PERSON_NAME,
    "CS": Nature.CODE,
    "AE": Nature.CODE,
    "AS": Nature.CODE,
    "DS": Nature.CODE,
    "IS": Nature.CODE,
    "DA": Nature.DATE,
    "DT": Nature.DATE,
    "TM": Nature.CODE,
    "UI": Nature.UID,
    "LO": Nature.DESCRIPTION,
    "SH": Nature.DESCRIPTION,
}
_BYTES = frozenset(("OB", "OW", "UN", "OF", "OD", "OL", "OV"))
_METHOD_CODE, _OLDEST = 0x00080100, 90  # 090Y is the one category of 90 or older (164.514(b)(2)(i)(C))
_FILE_META = 0x0002
_INITIALS = 3  # letters and marks of a code such as T-D3000, which are anybody's initials
_REMEMBERED, _SHORT, _VERDICTS = 8192, 256, 16384
_REFINED = frozenset(("patient_ids", "telecom", "phones", "accounts", "insurance"))
_NAMED = frozenset(("patient_names", "relative_names", "physician_names", "staff_names"))
_DATED = frozenset(("birth_dates", "study_dates", "care_dates", "equipment_dates", "other_dates"))
_BY_PLACE, _PLACED = _NAMED | _DATED, ("PN", "DA", "DT")
_NOBODY = Identity()
_KEPT = {
    0x04000500: "encrypted_kept",
    0x04000561: "original_kept",
    0x00880200: "icons_kept",
    0x00101100: "photos_kept",
    0x00420011: "documents",
}


_Key = TypeVar("_Key")


class Assessor:
    """Judges elements. Build one a worker; verdicts of equal content are one object.

    What holds no text at all gives the same verdict whoever the file is about, and is remembered so; `spoke` tells
    whether any text was seen in the element judged last.
    """

    def __init__(self, detectors: Detectors, blanks: Placeholders) -> None:
        self.detectors = detectors
        self.blanks = blanks
        self._made: dict[tuple[object, ...], Verdict] = {}
        self._meta: dict[tuple[int, bytes, Identity], Verdict | None] = {}
        self._mute: dict[tuple[int, str, bytes, str], Verdict | None] = {}
        self.spoke = False
        self._expanded: tuple[Element | None, tuple[Text, ...]] = (None, ())
        self._attributes, self._claims, self._natures, self._options = attributes(), claims(), natures(), options()

    def attribute(self, tag: int) -> Attribute | None:
        """The row of Table E.1-1 for `tag`, if it has one."""
        return self._attributes.get(tag)

    def claims(self, tag: int) -> bool:
        """Whether what `tag` says is a fact of its own."""
        return tag in self._claims or tag == _METHOD_CODE

    def is_special(self, tag: int) -> bool:
        """Whether it counts that `tag` is there at all: sequences, documents, overlays and curves."""
        return tag in _KEPT or (tag >> 24 in (0x50, 0x60) and tag & 0xFFFF in (0x3000, 0x4000))

    def by_place(self, attribute: Attribute, vr: str) -> bool:
        """Whether a value of this VR is listed as it stands, and not looked into."""
        return attribute.group in _BY_PLACE and vr in _PLACED

    def judge(self, element: Element, identity: Identity) -> Verdict | None:
        """The verdict on `element` of a file about `identity`; None when there is nothing to tell."""
        tag, vr, value, scope, _, _ = element
        self.spoke = False
        if not value or len(value) > _SHORT:
            return self._judged(element, identity)
        mute = (tag, vr, value, scope.creator(tag) if tag & 0x10000 else "")
        if mute in self._mute:
            return self._mute[mute]
        key = (tag, value, identity)
        if tag >> 16 == _FILE_META and key in self._meta:
            return self._meta[key]
        verdict = self._judged(element, identity)
        if not self.spoke:
            _remember(self._mute, mute, verdict)
        elif tag >> 16 == _FILE_META:
            _remember(self._meta, key, verdict)
        return verdict

    def plain(self, element: Element, texts: Sequence[str]) -> Verdict | None:
        """The verdict on an element that is known to say `texts`, in none of which an identifier shows."""
        says = self._says(element[0], element[2] or b"")
        attribute = self._attributes.get(element[0])
        if attribute is None:
            return self._made_once(self._unlisted(element, _NOBODY, texts), says)
        return self._made_once(self._listed(element, attribute, _NOBODY, texts), says)

    def unsafe(self, creator: str) -> Verdict | None:
        """The verdict on a private element that says nothing and is on no list of safe ones."""
        return self._made_once((private_find(creator),))

    def _judged(self, element: Element, identity: Identity) -> Verdict | None:
        tag, vr, value, _, _, _ = element
        if tag in _KEPT and not (tag == 0x00420011 and not value):
            return self._made_once(
                (Find(_KEPT[tag], "", "R", keyword_of(tag), "listed"), *self._content(element, identity))
            )
        if not value:
            return None
        if vr in NUMBERS and tag not in self._claims and tag not in self._attributes and plain_number(value, vr):
            return None
        says = self._says(tag, value)
        if vr == "UI" and value.startswith(STANDARD_UID):
            return self._made_once((), says)
        attribute = self._attributes.get(tag)
        if attribute is None:
            return self._made_once(self._unlisted(element, identity), says)
        return self._made_once(self._listed(element, attribute, identity), says)

    def _made_once(self, finds: Iterable[Find], says: tuple[tuple[str, str], ...] = ()) -> Verdict | None:
        kept = tuple(dict.fromkeys(finds))
        if not kept and not says:
            return None
        if len(self._made) > _VERDICTS:
            self._made.clear()
        key = (kept, says)
        return self._made.get(key) or self._made.setdefault(key, Verdict(kept, says))

    def _says(self, tag: int, value: bytes) -> tuple[tuple[str, str], ...]:
        if tag in self._claims:
            text = value[:256].decode("latin-1").strip(" \0")
            return ((self._claims[tag], text),) if text else ()
        if tag == _METHOD_CODE:
            word = self._options.get(value.decode("latin-1").strip(" \0"))
            return (("options", word),) if word else ()
        return ()

    def _unlisted(self, element: Element, identity: Identity, plain: Sequence[str] | None = None) -> list[Find]:
        tag, vr = element[0], element[1]
        finds = self._content(element, identity) if plain is None else []
        if is_private(tag):
            return finds + self._private(element)
        if vr == "PN" and not finds:
            finds += [
                Find("text_direct", name, "A", keyword_of(tag), "listed")
                for name in self._values(element, plain)
                if not self.blanks.coded(name)
            ]
        if tag >> 24 in (0x50, 0x60) and tag & 0xFFFF in (0x3000, 0x4000):
            fact = "overlays_kept" if tag >> 24 == 0x60 else "curves_kept"
            finds.append(Find(fact, "", "R", "OverlayData" if tag >> 24 == 0x60 else "CurveData", "listed"))
        return finds

    def _private(self, element: Element) -> list[Find]:
        tag, _, value, scope, _, _ = element
        if is_creator(tag) or is_safe_private(scope.creator(tag), tag) or not value:
            return []
        return [private_find(scope.creator(tag))]

    def _listed(
        self, element: Element, attribute: Attribute, identity: Identity, plain: Sequence[str] | None = None
    ) -> list[Find]:
        """The finds in a listed attribute; `plain` are its texts, where these are known to hold nothing."""
        group = attribute.group
        if group == "times":
            value = element[2] or b""
            if TIME(value):
                return [Find("times", "", "C", attribute.keyword, "listed")] if value.strip(b"0. ") else []
            value = value.strip(b" \0")
            wrong = self._content(element, identity) if not plain_number(value) or value.isdigit() else []
            fits = value.strip(b"0.:") and not wrong
            return [Find("times", "", "C", attribute.keyword, "listed")] if fits else wrong
        if group == "uids":
            return self._content(element, identity) if plain is None else []
        values = self._values(element, plain)
        if group == "ages":
            return self._ages(values, attribute) + [
                find for find in self._content(element, identity) if find.letter != "C"
            ]
        found = self._content(element, identity) if plain is None and not self.by_place(attribute, element[1]) else []
        if group in ("descriptions", "opaque", "documents"):
            listed = [] if found else [Find(group, value, "R", attribute.keyword, "listed") for value in values[:1]]
            return [*found, *listed]
        if group in _REFINED and found:
            return self._refined(values, attribute, found)
        listed = [
            Find(group, value, attribute.letter, attribute.keyword, "listed")
            for value in values
            if not (group in _NAMED and self.blanks.coded(value))
        ]
        return listed + [find for find in found if find.letter not in (attribute.letter, "R")]

    def _refined(self, values: list[str], attribute: Attribute, found: list[Find]) -> list[Find]:
        """Numbers whose form says more than their attribute does: a social security number among other IDs."""
        letters = {find.letter for find in found} - {"A", "B", "C", "R"}
        weak = any(find.detector.endswith(".weak") for find in found)  # a check digit that every tenth number has
        if not letters or attribute.letter in letters or weak:
            letters |= {attribute.letter}
        group = "social_numbers" if letters == {"G"} else attribute.group
        return [
            Find(group, value, letter, attribute.keyword, "listed") for value in values for letter in sorted(letters)
        ]

    def _ages(self, values: list[str], attribute: Attribute) -> list[Find]:
        finds = []
        for value in values:
            old = value[-1:] == "Y" and value[:-1].isdecimal() and int(value[:-1]) > _OLDEST
            if value[:-1].isdecimal():
                finds.append(Find("ages_over_89" if old else "ages", value, "C", attribute.keyword, "listed"))
        return finds

    def _values(self, element: Element, plain: Sequence[str] | None = None) -> list[str]:
        """The values of an element that are more than a placeholder; `plain` are all of them, where they are known."""
        if plain is not None:
            return [text for text in plain if not self.blanks.empty(text.strip())]
        if element[1] in _BYTES:
            value = element[2]
            return ["(bytes)"] if value and value.strip(b"\0 ") else []
        return [
            text.text for text in self._texts(element) if not text.derived and not self.blanks.empty(text.text.strip())
        ]

    def _texts(self, element: Element) -> tuple[Text, ...]:
        """All texts of an element; those of the last one are held, since both its values and its content are asked."""
        if self._expanded[0] is not element:
            self._expanded = (element, expand(element, DEFAULT_LIMITS))
        return self._expanded[1]

    def _content(self, element: Element, identity: Identity) -> list[Find]:
        if not element[2]:
            return []
        texts = self._texts(element)
        self.spoke |= bool(texts)
        return [find for text in texts for find in self.finds(text, identity)]

    def finds(self, text: Text, identity: Identity) -> list[Find]:
        """The identifiers in one text."""
        field = self.field(text)
        hits = self.detectors.find(text.text, identity, field)
        if not hits:
            return []
        if field.nature is Nature.CODE:
            whole = len(text.text.strip())  # a name that is all of a title or code stands for itself
            hits = tuple(
                hit
                for hit in hits
                if hit.kind is not Kind.NAME or hit.end - hit.start > _INITIALS or hit.end - hit.start == whole
            )
        name = "private" if text.tag & 0x10000 else text.keyword
        suffix = f"#{text.where}" if text.where and text.tag else ""
        return [
            find_of(text, hit, name, suffix) for hit in hits if not self.blanks.empty(text.text[hit.start : hit.end])
        ]

    def field(self, text: Text) -> Field:
        """What is known of the place a text stands in, as the detectors want to know it."""
        return Field(self._nature(text), text.label or text.keyword)

    def _nature(self, text: Text) -> Nature:
        if text.origin is Origin.FILENAME:
            return Nature.FILE_NAME
        if not text.tag or text.derived or text.vr in _BYTES:
            return Nature.BYTES
        return self.nature(text.tag, text.vr, text.creator)

    def nature(self, tag: int, vr: str, creator: str) -> Nature:
        """The nature of a plain value of this tag, of a VR that is no bytes."""
        special = self._natures.get(tag)
        if special is not None:
            return special
        if is_private(tag) and (is_creator(tag) or is_safe_private(creator, tag)):
            return Nature.CODE
        return _BY_VR.get(vr, Nature.FREE_TEXT)


def _remember(table: dict[_Key, Verdict | None], key: _Key, verdict: Verdict | None) -> None:
    if len(table) > _REMEMBERED:
        table.clear()
    table[key] = verdict

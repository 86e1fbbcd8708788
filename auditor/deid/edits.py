"""From a walk to edits: every element is decided once, remembered by its bytes, and only what changes is written."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from auditor.deid import dates
from auditor.deid.clean import Cleaner
from auditor.deid.decide import Act, Decider, Decision
from auditor.deid.objection import NONE, Objection
from auditor.deid.recipe_rules import FileRules
from auditor.deid.spans import Blocks, Span
from auditor.deid.types import Types
from auditor.deid.values import Values
from auditor.dicomio.edits import Edit, Remove, Replace
from auditor.dicomio.element import Element, Scope, locator

_CREATORS = range(0x10, 0x100)
_LARGEST_REMEMBERED = 4096
_MOST_REMEMBERED = 200_000
FILE_ID = 0x00041500
_BIRTH_DATE = 0x00100030
_SEEN = Decision(Act.REMOVE, "45 CFR 164.514(b): the verifying scan still saw an identifier in it")


@dataclass(frozen=True, slots=True)
class Step:
    """One element, what was decided and which line said so; `new` is None where the element stays or goes."""

    element: Element
    decision: Decision
    act: Act
    new: bytes | None = None


@dataclass(slots=True)
class Edited:
    """The edits of one file, how many of each kind, and the SOP-class-wide things found on the way."""

    edits: list[Edit] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    steps: list[Step] = field(default_factory=list)
    dates: Counter[str] = field(default_factory=Counter)


Judged = tuple[Act, bytes | None, Decision, str]  # the last is the action's plain name, which is what is counted
Space = dict[tuple[object, ...], Judged]


class Memo:
    """Verdicts on values met before, in a space for each kind of place: the same value may mean another thing there."""

    __slots__ = ("_size", "_spaces")

    def __init__(self) -> None:
        self._spaces: dict[tuple[object, ...], Space] = {}
        self._size = 0

    def space(self, place: tuple[object, ...]) -> Space:
        """The verdicts on values at places of this kind."""
        found = self._spaces.get(place)
        return self._spaces.setdefault(place, {}) if found is None else found

    def keep(self, space: Space, key: tuple[object, ...], judged: Judged) -> None:
        """Remember a verdict; when there are too many, all are forgotten."""
        if self._size >= _MOST_REMEMBERED:
            self._spaces.clear()
            self._size = 0
        space[key] = judged
        self._size += 1


class Editor:
    """Decides and edits for one person's files of one IOD. `trace` keeps every step, for `explain` and the way back."""

    def __init__(
        self,
        decider: Decider,
        types: Types,
        values: Values,
        cleaner: Cleaner,
        memo: Memo,
        study_date: str,
        trace: bool,
        recipe: FileRules | None = None,
        labels: Mapping[Scope, str] | None = None,
        objection: Objection = NONE,
    ) -> None:
        self._decider = decider
        self._types = types
        self._values = values
        self._cleaner = cleaner
        self._memo = memo
        self._study_date = study_date
        self._trace = trace
        self._recipe = recipe
        self._labels = labels or {}
        self._objection = objection
        self._doubted = bool(objection)

    def edit(self, elements: list[Element], spared: frozenset[int] = frozenset()) -> Edited:
        """Edits for `elements` in file order; tags in `spared` are left to others (documents, icons, pixels)."""
        edited, blocks, skip, dummied = Edited(), Blocks(), Span(), Span()
        keep, stayed, scope = Act.KEEP, 0, None
        passed = inside = False
        space: Space = {}
        for element in elements:
            tag, vr, value, here, _, _ = element
            if here is not scope:  # what holds for one element of an item holds for all of them
                scope, passed, inside = here, skip.over(element), dummied.over(element)
                space = self._space(here, inside)
            if passed:
                continue
            if tag in spared and (here.parent is None or tag == FILE_ID):
                skip.take(element)
                continue
            if tag & 0x10000 and tag & 0xFFFF in _CREATORS:
                blocks.creator(element)
                continue
            judged = space.get((tag, vr, value)) or self._judged(element, space, inside)
            if judged[0] is keep:
                stayed += 1
                if self._trace:
                    edited.steps.append(Step(element, judged[2], keep))
            elif judged[0] is Act.DUMMY and vr == "SQ":
                dummied.take(element)
            else:
                skip.take(element)
                self._note(edited, element, judged)
            if tag & 0x10000 and judged[0] is not Act.REMOVE:
                blocks.kept(element)
        edited.counts[keep.value] += stayed
        self._creators(edited, blocks)
        return edited

    def _space(self, scope: Scope, inside: bool) -> Space:
        """Where verdicts on the elements of a scope are remembered: by its sequence, and the concept of an SR item.

        An item with a character set of its own, and a copy to which the scan objected, are judged on their own.
        """
        if self._doubted or (scope.parent is not None and scope.charset_value is not None):
            return {}
        place = (scope.sequence.tag if scope.sequence is not None else 0, self._labels.get(scope, ""), inside)
        return self._memo.space(place)

    def _judged(self, element: Element, space: Space, inside: bool) -> Judged:
        """The verdict on an element that its tag, VR and value alone did not settle."""
        tag, vr, value, scope, _, _ = element
        if self._doubted and self._objection.names(locator(element)):
            act, new = (Act.REMOVE, None) if vr == "SQ" else self._lesser(element)
            return act, new, _SEEN, str(act.value)
        key: tuple[object, ...] = (tag, vr, value)
        if tag & 0x10000:
            key = (*key, scope.creator(tag))
        elif tag == _BIRTH_DATE:
            key = (*key, self._study_date)
        elif value is not None and len(value) > _LARGEST_REMEMBERED:
            key = (tag, vr, _short(value))
        judged = space.get(key)
        if judged is None:
            act, new, decision = self._judge(element, inside)
            judged = (act, new, decision, str(act.value))
            self._memo.keep(space, key, judged)
        return judged

    def _creators(self, edited: Edited, blocks: "Blocks") -> None:
        for element in blocks.orphans():
            decision = self._decider.decide(element[0] & 0xFFFF0000 | 0xFFFF, "UN", self._types)
            self._note(edited, element, (Act.REMOVE, None, decision, "remove"))

    def _note(self, edited: Edited, element: Element, judged: Judged) -> None:
        act, new, decision, name = judged
        edited.edits.append(Remove(element) if act is Act.REMOVE else Replace(element, new or b""))
        edited.counts[name] += 1
        if self._trace:
            edited.steps.append(Step(element, decision, act, new))

    def _judge(self, element: Element, inside: bool) -> tuple[Act, bytes | None, Decision]:
        tag, vr, value, scope, _, _ = element
        parent = scope.sequence.tag if scope.sequence is not None else 0
        creator = scope.creator(tag) if (tag >> 16) & 1 else ""
        decision = self._decider.decide(tag, vr, self._types, parent, creator)
        if self._recipe is not None:
            decision = self._recipe.decide(element) or decision
        act = decision.act
        if vr == "SQ":
            return self._sequence(act, inside), None, decision
        if (
            inside
            and act in (Act.CLEAN, Act.KEEP)
            and vr in ("LO", "LT", "SH", "ST", "UC", "UT", "PN", "DA", "DT", "TM")
        ):
            act = Act.DUMMY
        if not value:
            return (Act.REMOVE if act is Act.REMOVE else Act.KEEP), None, decision
        act, new = _DOERS[act](self, element, decision)
        return act, new, decision

    def _sequence(self, act: Act, inside: bool) -> Act:
        if act is Act.DUMMY and not inside:
            return Act.DUMMY
        return act if act in (Act.REMOVE, Act.EMPTY) else Act.KEEP

    def _keep(self, element: Element, decision: Decision) -> tuple[Act, bytes | None]:
        return Act.KEEP, None

    def _remove(self, element: Element, decision: Decision) -> tuple[Act, bytes | None]:
        return Act.REMOVE, None

    def _empty(self, element: Element, decision: Decision) -> tuple[Act, bytes | None]:
        return Act.EMPTY, b""

    def _dummy(self, element: Element, decision: Decision) -> tuple[Act, bytes | None]:
        tag, vr, value, *_ = element
        new = self._values.dummy(tag, vr, value or b"")
        return (Act.DUMMY if new else Act.EMPTY), new

    def _uid(self, element: Element, decision: Decision) -> tuple[Act, bytes | None]:
        return Act.UID, self._values.uid(element[2] or b"")

    def _replace(self, element: Element, decision: Decision) -> tuple[Act, bytes | None]:
        return Act.REPLACE, self._values.replaced(decision, element[1], element[3].charset)

    def _shift(self, element: Element, decision: Decision) -> tuple[Act, bytes | None]:
        tag, vr, value, *_ = element
        if tag == _BIRTH_DATE:
            text = (value or b"").decode("latin-1").strip(" \0")
            born = dates.shift_birth(text, self._study_date, self._values.person.days)
            new = born.encode("ascii") if born else None
        else:
            days = int(decision.value) if decision.value else None
            new = self._values.shifted(value or b"", vr, days) if vr in ("DA", "DT") else None
        return (Act.SHIFT, new) if new is not None else self._lesser(element)

    def _time(self, element: Element, decision: Decision) -> tuple[Act, bytes | None]:
        """Dates and times that are kept, if that is what they are; anything else in their place goes."""
        if dates.fits((element[2] or b"").decode("latin-1"), element[1]):
            return Act.KEEP, None
        return self._lesser(element)

    def _clean(self, element: Element, decision: Decision) -> tuple[Act, bytes | None]:
        if element[1] == "AS":
            return self._age(element)
        cleaned = self._cleaner.clean(element, self._labels.get(element[3], "") if self._labels else "")
        if cleaned is None:
            return Act.KEEP, None
        return (Act.CLEAN, cleaned.value) if cleaned.value is not None else self._lesser(element)

    def _age(self, element: Element) -> tuple[Act, bytes | None]:
        text = (element[2] or b"").decode("latin-1").strip(" \0")
        capped = dates.cap_age(text)
        if capped == text:
            return Act.KEEP, None
        return (Act.CLEAN, capped.encode("ascii")) if capped else self._lesser(element)

    def _lesser(self, element: Element) -> tuple[Act, bytes | None]:
        """What cannot be cleaned goes, or is emptied or filled as its Type asks."""
        tag, vr, value, scope, _, _ = element
        parent = scope.sequence.tag if scope.sequence is not None else 0
        kind = self._types.of(parent, tag)
        if kind[0] == "1":
            new = self._values.dummy(tag, vr, value or b"")
            return (Act.DUMMY, new) if new else (Act.REMOVE, None)  # bytes have no dummy; their module goes
        return (Act.EMPTY, b"") if kind[0] == "2" else (Act.REMOVE, None)


_Doer = Callable[[Editor, Element, Decision], tuple[Act, bytes | None]]
_DOERS: Mapping[Act, _Doer] = {
    Act.KEEP: Editor._keep,
    Act.REMOVE: Editor._remove,
    Act.EMPTY: Editor._empty,
    Act.DUMMY: Editor._dummy,
    Act.UID: Editor._uid,
    Act.REPLACE: Editor._replace,
    Act.SHIFT: Editor._shift,
    Act.TIME: Editor._time,
    Act.CLEAN: Editor._clean,
}


def _short(value: bytes) -> bytes:
    return b"\0long" + blake2b(value, digest_size=20).digest()

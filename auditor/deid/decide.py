"""One decision an attribute: what the profile, the standard's table or the house rules say, and which line says it."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from auditor.deid import table
from auditor.deid.attributes import PrivateKey, parse_attribute
from auditor.deid.codes import Code, Option
from auditor.deid.profile import Profile
from auditor.deid.types import Types
from auditor.dicomio.safe_private import is_safe_private


class Act(StrEnum):
    """What is done, with nothing left to condition."""

    KEEP = "keep"
    REMOVE = "remove"
    EMPTY = "empty"
    DUMMY = "dummy"
    CLEAN = "clean"
    UID = "uid"
    SHIFT = "shift"
    TIME = "time"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Decision:
    """`act` on an attribute, because of `why`; `value` is the replacement of REPLACE, `rule` is set by recipes."""

    act: Act
    why: str
    value: str = ""
    rule: Any = None


_TIMES = frozenset(("DA", "DT", "TM"))
_SUBJECT = frozenset((0x00100010, 0x00100020))
_HOUSE = "attributes outside the table"


class Decider:
    """Decides for one profile. Answers are remembered by attribute, VR, context and Type table."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._table = table.load()
        self._own: dict[int | PrivateKey, Decision] = {}
        for entry in profile.attributes:
            why = f"profile {profile.name}: {entry.why}"
            self._own[parse_attribute(entry.attribute)] = Decision(Act(entry.action), why, entry.value)
        self._house = _house()
        self._memo: dict[tuple[int, int, int, str, str], Decision] = {}

    def decide(self, tag: int, vr: str, types: Types, parent: int = 0, creator: str = "") -> Decision:
        """The decision for `tag` of `vr` within sequence `parent` (0: top level); `creator` of a private one."""
        key = (id(types), parent, tag, vr, creator)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._decide(tag, vr, types, parent, creator)
        return found

    def _decide(self, tag: int, vr: str, types: Types, parent: int, creator: str) -> Decision:
        own = self._own.get(tag)
        if own is None and (tag >> 16) & 1 and tag & 0xFFFF >= 0x1000:
            own = self._own.get((tag >> 16, creator, tag & 0xFF))
        if own is not None:
            return own
        if (tag >> 16) & 1:
            return self._private(tag, vr, creator)
        row = self._table.row(tag)
        if row is not None:
            return self._listed(row, tag, vr, types.of(parent, tag))
        house = self._house.get(tag)
        if house is not None:
            return house
        return self._unlisted(tag, vr, types.of(parent, tag))

    def _private(self, tag: int, vr: str, creator: str) -> Decision:
        row = self._table.families["PRIVATE"]
        if not self._profile.has(Option.SAFE_PRIVATE):
            return Decision(Act.REMOVE, row.citation)
        if tag & 0xFFFF < 0x1000:
            return Decision(Act.KEEP, "PS3.5 7.8.1: the creator of a block that is kept")
        if not is_safe_private(creator, tag):
            return Decision(Act.REMOVE, row.citation)
        safe = "PS3.15 Table E.3.10-1"
        if vr == "UI":
            return Decision(Act.UID, safe)
        return Decision(self._time(vr) if vr in _TIMES else Act.CLEAN, safe)

    def _listed(self, row: table.Row, tag: int, vr: str, kind: str) -> Decision:
        chosen = {row.options[option] for option in self._profile.options if option in row.options}
        why = row.citation
        if Code.CLEAN in chosen:
            if vr in _TIMES:
                return Decision(self._time(vr), why)
            return Decision(Act.CLEAN, why)
        if Code.KEEP in chosen:
            return Decision(self._kept(row, vr), why)
        act = _resolve(row.basic, kind)
        if tag in _SUBJECT and act in (Act.EMPTY, Act.DUMMY):
            act = Act.DUMMY
        return Decision(act, why)

    def _kept(self, row: table.Row, vr: str) -> Act:
        """What an option retains is kept as it is only where the option is about identity itself (E.3.8, 9, 11)."""
        as_it_is = (Option.DEVICE, Option.INSTITUTION, Option.UIDS)
        if any(self._profile.has(option) and option in row.options for option in as_it_is):
            return Act.KEEP
        return self._time(vr) if vr in _TIMES else Act.CLEAN

    def _unlisted(self, tag: int, vr: str, kind: str) -> Decision:
        if vr == "UI":
            keep = tag in uids_kept() or self._profile.has(Option.UIDS)
            return Decision(Act.KEEP if keep else Act.UID, "PS3.15 E.1.1: UIDs of instances and their like")
        if vr in _TIMES:
            act = self._time(vr)
            if act is Act.REMOVE:
                act = _resolve(Code.REMOVE_EMPTY_OR_DUMMY, kind)
            return Decision(act, "45 CFR 164.514(b)(2)(i)(C): dates directly related to an individual")
        if vr == "PN":
            return Decision(_resolve(Code.REMOVE_EMPTY_OR_DUMMY, kind), "45 CFR 164.514(b)(2)(i)(A): names")
        return Decision(Act.CLEAN, "PS3.15 E.1.1: any other attribute may hold an identifier in its text")

    def _time(self, vr: str) -> Act:
        if self._profile.has(Option.FULL_DATES):
            return Act.TIME
        if self._profile.has(Option.MODIFIED_DATES):
            return Act.TIME if vr == "TM" else Act.SHIFT
        return Act.REMOVE


def _resolve(code: Code, kind: str) -> Act:
    """The action that keeps the file valid: Type 1 needs a value, Type 2 needs the element (PS3.5 7.4)."""
    needs = kind[0]
    if code is Code.UID:
        return Act.UID
    if code is Code.KEEP:
        return Act.KEEP
    if code is Code.CLEAN:
        return Act.CLEAN
    if code is Code.REMOVE_EMPTY_OR_UIDS:
        return Act.CLEAN  # U*: the references stay and follow their instances, so that nothing comes apart
    if code is Code.DUMMY or needs == "1":
        return Act.DUMMY
    if needs == "2" or code in (Code.EMPTY, Code.EMPTY_OR_DUMMY):
        return Act.EMPTY
    return Act.REMOVE


@lru_cache(maxsize=1)
def uids_kept() -> frozenset[int]:
    """Attributes of VR UI that name no instance, and are never replaced."""
    return frozenset(_tags(line for line in _lines("uids_kept.csv")[1:]))


def _house() -> Mapping[int, Decision]:
    acts = {"X": Act.REMOVE, "Z": Act.EMPTY, "K": Act.KEEP}
    found: dict[int, Decision] = {}
    for record in csv.DictReader(_lines("house.csv")):
        tag = parse_attribute(record["attribute"])
        if isinstance(tag, int):
            found[tag] = Decision(acts[record["action"]], f"{_HOUSE}: {record['why']}")
    return found


def _tags(names: Iterable[str]) -> Iterable[int]:
    return (tag for tag in map(parse_attribute, names) if isinstance(tag, int))


def _lines(name: str) -> list[str]:
    text = files("auditor.deid").joinpath(f"data/{name}").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]

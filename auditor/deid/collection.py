"""What only shows across a whole collection: UIDs, pseudonyms and offsets that are not the same everywhere."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from auditor.deid.groups import Anonymity, Trait, anonymity
from auditor.deid.learn import BIRTH_DATE, PATIENT_ID
from auditor.deid.pair import moved_dates
from auditor.deid.view import View, instance_uids
from auditor.model.facts import Record, Value

_REFERENCED = "(0008,1155)"
_MOST_SHOWN = 200


class Collection:
    """Fed with every pair; keeps only UIDs, offsets and traits."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._uids: dict[str, set[str]] = defaultdict(set)
        self._where: dict[str, str] = {}
        self._sources: set[str] = set()
        self._copies: set[str] = set()
        self._references: dict[str, str] = {}
        self._became: dict[str, set[str]] = defaultdict(set)
        self._came_from: dict[str, set[str]] = defaultdict(set)
        self._offsets: dict[str, set[int]] = defaultdict(set)
        self._traits: set[Trait] = set()

    def add(self, source: View, copy: View) -> None:
        """Take note of one pair."""
        before, after = instance_uids(source), instance_uids(copy)
        for place in before.keys() & after.keys():
            self._uids[before[place]].add(after[place])
            self._where.setdefault(before[place], place)
            if place.endswith(_REFERENCED):
                self._references[after[place]] = before[place]
        self._sources.add(source.sop_uid)
        self._copies.add(copy.sop_uid)
        self._patient(source, copy)
        self._traits.add(trait_of(copy))

    def _patient(self, source: View, copy: View) -> None:
        old, new = source.text(PATIENT_ID), copy.text(PATIENT_ID)
        if old and new:
            self._became[old].add(new)
            self._came_from[new].add(old)
        for _, element, first, second in moved_dates(source, copy):
            days = _days(first, second)
            if element[0] != BIRTH_DATE and days is not None:
                self._offsets[old].add(days)

    def anonymity(self) -> Anonymity:
        """k-anonymity of the copies."""
        return anonymity(self._traits, self._limit)

    def facts(self, lost: Iterator[Record], surplus: Iterator[Record], purpose: str) -> Mapping[str, Value]:
        """All facts about the collection; a record list that is empty is left out."""
        groups = self.anonymity()
        found: dict[str, Any] = {
            "uid_conflicts": tuple(_several(self._uids, self._where)),
            "uids_unresolved": tuple(self._unresolved()),
            "pseudonym_conflicts": (*_several(self._became, {}), *_several(self._came_from, {})),
            "intervals_changed": tuple(_several(self._offsets, {})),
            "files_lost": tuple(lost),
            "files_surplus": tuple(surplus),
            "small_groups": tuple(
                {"locator": group.label, "value": group.rare, "size": group.size}
                for group in groups.small[:_MOST_SHOWN]
            ),
        }
        facts: dict[str, Value] = {name: value[:_MOST_SHOWN] for name, value in found.items() if value}
        return facts | {"scope": "collection", "purpose": purpose, "smallest_group": groups.smallest}

    def _unresolved(self) -> Iterator[Record]:
        for after, before in sorted(self._references.items()):
            if before in self._sources and after not in self._copies:
                yield {"locator": _REFERENCED, "value": after}


def trait_of(copy: View) -> Trait:
    """Quasi-identifiers of one released file."""
    return Trait(
        patient=copy.text(PATIENT_ID),
        age=copy.text(0x00101010),
        sex=copy.text(0x00100040),
        site=copy.text(0x00080080),
        month=copy.text(0x00080020)[:6],
        descriptor=copy.text(0x00081030).casefold(),
    )


def _several(table: Mapping[str, set[Any]], where: Mapping[str, str]) -> Iterator[Record]:
    for key, values in sorted(table.items()):
        if len(values) > 1:
            yield {"locator": where.get(key, ""), "value": key, "count": len(values)}


def _days(old: bytes, new: bytes) -> int | None:
    try:
        first, second = (date(int(raw[:4]), int(raw[4:6]), int(raw[6:8])) for raw in (old, new))
    except ValueError:
        return None
    return (second - first).days

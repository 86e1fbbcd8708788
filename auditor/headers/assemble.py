"""Turns the verdicts of one file into its facts. The same verdicts give the same objects, so a series is made once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from auditor.dicomio.dictionary import is_private
from auditor.dicomio.element import Element, Scope
from auditor.dicomio.origins import by_tag
from auditor.dicomio.place import Origin
from auditor.headers.finds import Find, Verdict
from auditor.headers.tables import groups

Gathered = tuple[tuple[str, Verdict], ...]
_DATED = frozenset(("birth_dates", "study_dates", "care_dates", "equipment_dates", "other_dates"))
_LIMITED = frozenset((*_DATED, "ages", "ages_over_89", "regions"))
_STRONG = frozenset(
    (
        "patient_names",
        "relative_names",
        "physician_names",
        "social_numbers",
        "insurance",
        "addresses",
        "phones",
        "telecom",
    )
)
_METHOD_CODES = "(0012,0064)["
_REMEMBERED = 4096
_LOCATED = itemgetter("locator", "letter")


class Assembler:
    """Remembers facts by the verdicts they were made of."""

    def __init__(self) -> None:
        self._seen: dict[Gathered, Mapping[str, Any]] = {}
        self._records: dict[tuple[str, Find], dict[str, str]] = {}
        self._completed: dict[tuple[int, tuple[tuple[str, Any], ...]], tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
        self._listed = frozenset(groups()[0])

    def facts(self, gathered: Gathered) -> Mapping[str, Any]:
        """The facts of a file: the identical mapping for identical `gathered`."""
        known = self._seen.get(gathered)
        if known is None:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
                self._records.clear()
            known = self._seen[gathered] = self._assemble(gathered)
        return known

    def once(self, gathered: Sequence[tuple[str, Verdict]]) -> Mapping[str, Any]:
        """The facts of a file whose like is not expected."""
        return self._assemble(gathered)

    def completed(self, values: Mapping[str, Any], extra: Mapping[str, Any]) -> Mapping[str, Any]:
        """`values` with `extra` added: the identical mapping for the identical `values` and equal `extra`."""
        key = (id(values), tuple(extra.items()))
        held = self._completed.get(key)
        if held is None or held[0] is not values:
            if len(self._completed) >= _REMEMBERED:
                self._completed.clear()
            held = self._completed[key] = (values, {**values, **extra})
        return held[1]

    def _assemble(self, gathered: Sequence[tuple[str, Verdict]]) -> dict[str, Any]:
        records: dict[str, list[dict[str, str]]] = defaultdict(list)
        values: dict[str, Any] = {}
        options: list[str] = []
        blocks: dict[tuple[str, Find], None] = {}
        for place, verdict in gathered:
            for find in verdict.finds:
                if find.fact == "private_unsafe":
                    blocks[_block(place), find] = None
                else:
                    records[self._fact(place, find)].append(self._record(place, find))
            for name, text in verdict.says:
                if name == "options":
                    options += [text] if place.startswith(_METHOD_CODES) else []
                elif "." not in place:
                    values.setdefault(name, text)
        if blocks:
            records["private_unsafe"] = [self._record(place, find) for place, find in blocks]
        for name, found in records.items():
            values[name] = tuple(sorted(found, key=_LOCATED))
        if options:
            values["options"] = tuple(sorted(set(options)))
        return self._counted(values)

    def _fact(self, place: str, find: Find) -> str:
        """The fact a find belongs to: the origin that encloses it wins over the kind of attribute."""
        context = context_of(place)
        if not context or find.fact.startswith(("private", "uid_", "padding")) or find.fact.endswith("_kept"):
            return find.fact
        if find.fact in ("times", "descriptions", "demographics", "opaque", "documents"):
            return find.fact
        if find.fact in self._listed:
            if context == "nested":
                return find.fact
            return f"{context}_{'dates' if find.fact in _LIMITED else 'direct'}"
        base, _, side = find.fact.rpartition("_")
        if context == "nested":
            if base != "text":
                return find.fact
            return f"codes_{side}" if find.attribute == "CodeMeaning" else f"nested_{side}"
        return f"{context}_{side}" if base == "text" else find.fact

    def _record(self, place: str, find: Find) -> dict[str, str]:
        key = (place, find)
        record = self._records.get(key)
        if record is None:
            record = {"locator": place + find.suffix, "value": find.value, "letter": find.letter}
            record |= {"attribute": find.attribute, "detector": find.detector}
            self._records[key] = record
        return record

    def _counted(self, values: dict[str, Any]) -> dict[str, Any]:
        """Add the flags and counts that rules on claims ask for; a pseudonym that is also the patient ID is no name."""
        if values.get("patient_identity_removed", "").upper() == "YES":
            values["deidentified"] = True
            ids = {record["value"].strip() for record in values.get("patient_ids", ())}
            names = tuple(one for one in values.get("patient_names", ()) if one["value"].strip() not in ids)
            values.pop("patient_names", None)
            if names:
                values["patient_names"] = names
        values["dates_left"] = sum(len(values[name]) for name in values if name in _DATED or name.endswith("_dates"))
        values["direct_strong"] = sum(
            len(values[name]) for name in values if name in _STRONG or name.endswith("_direct")
        )
        if values.get("deidentified") and not values["direct_strong"]:
            values["pseudonymous"] = True
        return values


def located(elements: Sequence[Element], told: Mapping[int, Verdict]) -> list[tuple[str, Verdict]]:
    """What is told of elements, by their places, with the tag path of each; a private block is told of once."""
    gathered: list[tuple[str, Verdict]] = []
    blocks: set[tuple[int, int]] = set()
    within: Scope | None = None
    prefix = ""
    for place in sorted(told):
        (tag, _, _, scope, _, _), verdict = elements[place], told[place]
        if scope is not within:
            within, prefix = scope, scope.locator
            blocks.clear()
        if tag & 0x10000 and verdict.is_block:
            if (tag >> 8, id(verdict)) in blocks:
                continue
            blocks.add((tag >> 8, id(verdict)))
        gathered.append((f"{prefix}({tag >> 16:04X},{tag & 0xFFFF:04X})", verdict))
    return gathered


@lru_cache(maxsize=65536)
def context_of(place: str) -> str:
    """What encloses the element at `place`: an origin, `nested`, or an empty string at the top level."""
    steps = place.split(".")[:-1]
    for step in reversed(steps):
        tag = int(step[1:5] + step[6:10], 16)
        if is_private(tag):
            return "private"
        origin = by_tag(tag)
        if origin is not Origin.ELEMENT:
            return "icon" if origin is Origin.ICON else str(origin)
    return "nested" if steps else ""


def _block(place: str) -> str:
    """Where the block of a private element is reserved: ``(0019,1008)`` stands in that of ``(0019,0010)``."""
    tag = place[-11:]
    return f"{place[:-11]}{tag[:6]}00{tag[6:8]})" if tag[6:8] != "00" else place


def merged(values: Mapping[str, Any], more: Mapping[str, Sequence[Mapping[str, str]]]) -> Mapping[str, Any]:
    """`values` with the records of `more` added, and the counts put right."""
    if not more:
        return values
    both: dict[str, Any] = dict(values)
    for name, records in more.items():
        both[name] = (*both.get(name, ()), *records)
        if name.endswith("_direct"):
            both["direct_strong"] += len(records)
            both.pop("pseudonymous", None)
        elif name.endswith("_dates"):
            both["dates_left"] += len(records)
    return both

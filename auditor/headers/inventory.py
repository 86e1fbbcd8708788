"""Who made the files, and whether a series is whole: what `auditor scan --inventory` adds to the inventory."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.headers.learn import NUMBER, PATIENT_ID, SERIES, SOP_INSTANCE, STUDY, Top
from auditor.identifiers.detectors import Detectors
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.fold import words
from auditor.identifiers.identity import Identity
from auditor.identifiers.vocabulary import is_given, is_ordinary
from auditor.model.ports import Protector
from auditor.model.target import InventoryRow

_NAMES = {
    "manufacturer": "Manufacturer",
    "model": "ManufacturerModelName",
    "software": "SoftwareVersions",
    "modality": "Modality",
    "sop_class": "SOPClassUID",
    "body_part": "BodyPartExamined",
}
_CODED = ("modality", "body_part")
_INITIALS = 2
_NOBODY, _DESCRIPTION = Identity(), Field(Nature.DESCRIPTION)
_LEVELS = {"instance": SOP_INSTANCE, "series": SERIES, "study": STUDY, "patient": PATIENT_ID}
_PLACES = ("instance_number", "instance", "sop_class", "study", "patient")
_COUNTED = (*_NAMES, "station", "transfer_syntax", "private_creators")


def makers(
    values: Mapping[str, Any], top: Top, syntax: str, protector: Protector, detectors: Detectors
) -> Mapping[str, str]:
    """The maker, classes and place in its series of one file; instance, series, study and patient only as digests.

    The station is masked, and so is any other value in which an identifier was found, or a code of no known words.
    """
    marked = {record["attribute"] for name in ("text_direct", "text_dates") for record in values.get(name, ())}
    made = {}
    for name, keyword in _NAMES.items():
        if name in values:
            text = str(values[name])[:64]
            hidden = keyword in marked or bool(detectors.find(text, _NOBODY, _DESCRIPTION))
            made[name] = protector.mask(text) if hidden or (name in _CODED and not _is_code(text)) else text
    creators = {record["attribute"] for record in values.get("private_unsafe", ())}
    made["transfer_syntax"] = syntax
    if creators:
        made["private_creators"] = "; ".join(sorted(creators))[:256]
    if "station" in values:
        made["station"] = protector.mask(str(values["station"]))
    for name, tag in _LEVELS.items():
        if told := top.get(tag, b"").decode("latin-1").strip(" \0"):
            made[name] = protector.digest(told)
    place = top.get(NUMBER, b"").decode("latin-1").strip(" \0")
    if place.isdecimal() and len(place) <= 9:
        made["instance_number"] = place
    return made


def _is_code(text: str) -> bool:
    """Whether a code is made of words that name no person, written together or apart, or of two letters."""
    return all(_is_term(word) for word in words(text.lower()))


def _is_term(word: str) -> bool:
    if len(word) <= _INITIALS or is_ordinary(word):
        return not is_given(word)
    parts = ((word[:place], word[place:]) for place in range(_INITIALS + 1, len(word) - _INITIALS))
    return any(is_ordinary(one) and is_ordinary(other) for one, other in parts)


@dataclass(frozen=True, slots=True)
class Series:
    """One series as far as it was met; `digest` stands for its UID.

    `missing` are instance numbers between the ends, `doubled` those that occur again, `repeated` files with the SOP
    Instance UID of another. A whole series has one SOP class, one study and one patient.
    """

    digest: str
    files: int
    missing: int
    doubled: int
    repeated: int
    classes: tuple[str, ...]
    studies: int
    patients: int

    @property
    def whole(self) -> bool:
        """Whether nothing is missing, doubled or mixed."""
        mixed = max(len(self.classes), self.studies, self.patients) > 1
        return not (self.missing or self.doubled or self.repeated or mixed)


@dataclass(frozen=True, slots=True)
class Summary:
    """Who made what was scanned, most frequent first, and the series that are not whole."""

    counts: Mapping[str, tuple[tuple[str, int], ...]]
    series: int
    gaps: tuple[Series, ...]


def summary(rows: Iterable[InventoryRow]) -> Summary:
    """Sum up the inventory rows of a scan that was made with `--inventory`."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in _COUNTED}
    series: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in rows:
        made = row.attributes
        for name, counter in counts.items():
            if name in made:
                counter.update(made[name].split("; ") if name == "private_creators" else (made[name],))
        if "series" in made:
            series[made["series"]].append({name: made[name] for name in _PLACES if name in made})
    each = [_series(name, files) for name, files in series.items()]
    found = {name: tuple(counter.most_common()) for name, counter in counts.items() if counter}
    broken = (one for one in each if not one.whole)
    return Summary(found, len(each), tuple(sorted(broken, key=lambda one: (-one.missing, one.digest))))


def _series(digest: str, files: list[Mapping[str, str]]) -> Series:
    told = {name: [file[name] for file in files if name in file] for name in _PLACES}
    numbers = [int(number) for number in told["instance_number"]]
    distinct = set(numbers)
    missing = max(distinct) - min(distinct) + 1 - len(distinct) if distinct else 0
    repeated = len(told["instance"]) - len(set(told["instance"]))
    return Series(
        digest,
        len(files),
        missing,
        len(numbers) - len(distinct),
        repeated,
        tuple(sorted(set(told["sop_class"]))),
        len(set(told["study"])),
        len(set(told["patient"])),
    )

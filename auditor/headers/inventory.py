"""Who made the files, and whether a series is whole: what `auditor scan --inventory` adds to the inventory."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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
_COUNTED = (*_NAMES, "station", "transfer_syntax", "private_creators")


def makers(
    values: Mapping[str, Any], series: bytes, number: bytes, syntax: str, protector: Protector
) -> Mapping[str, str]:
    """The maker, classes and place in its series of one file; the series only as a digest.

    The station is masked, and so is any other value in which an identifier was found.
    """
    marked = {record["attribute"] for name in ("text_direct", "text_dates") for record in values.get(name, ())}
    made = {}
    for name, keyword in _NAMES.items():
        if name in values:
            text = str(values[name])[:64]
            made[name] = protector.mask(text) if keyword in marked else text
    creators = {record["attribute"] for record in values.get("private_unsafe", ())}
    made["transfer_syntax"] = syntax
    if creators:
        made["private_creators"] = "; ".join(sorted(creators))[:256]
    if "station" in values:
        made["station"] = protector.mask(str(values["station"]))
    uid = series.decode("latin-1").strip(" \0")
    if uid:
        made["series"] = protector.digest(uid)
    place = number.decode("latin-1").strip(" \0")
    if place.isdecimal() and len(place) <= 9:
        made["instance_number"] = place
    return made


@dataclass(frozen=True, slots=True)
class Series:
    """One series as far as it was met; `digest` stands for its UID. `missing` are instance numbers between the ends."""

    digest: str
    files: int
    missing: int
    doubled: int
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Who made what was scanned, most frequent first, and the series that are not whole."""

    counts: Mapping[str, tuple[tuple[str, int], ...]]
    series: int
    gaps: tuple[Series, ...]


def summary(rows: Iterable[InventoryRow]) -> Summary:
    """Sum up the inventory rows of a scan that was made with `--inventory`."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in _COUNTED}
    numbers: dict[str, list[int]] = defaultdict(list)
    files: Counter[str] = Counter()
    classes: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        made = row.attributes
        for name, counter in counts.items():
            if name in made:
                counter.update(made[name].split("; ") if name == "private_creators" else (made[name],))
        series = made.get("series")
        if series:
            files[series] += 1
            classes[series].add(made.get("sop_class", ""))
            if "instance_number" in made:
                numbers[series].append(int(made["instance_number"]))
    each = [_series(name, count, numbers[name], tuple(sorted(classes[name]))) for name, count in files.items()]
    broken = tuple(one for one in each if one.missing or one.doubled or len(one.classes) > 1)
    found = {name: tuple(counter.most_common()) for name, counter in counts.items() if counter}
    return Summary(found, len(each), tuple(sorted(broken, key=lambda one: (-one.missing, one.digest))))


def _series(digest: str, files: int, numbers: list[int], classes: tuple[str, ...]) -> Series:
    distinct = set(numbers)
    missing = max(distinct) - min(distinct) + 1 - len(distinct) if distinct else 0
    return Series(digest, files, missing, len(numbers) - len(distinct), classes)

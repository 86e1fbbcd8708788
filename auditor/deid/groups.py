"""k-anonymity of what is left: patients who share age band, sex, site and month of study (164.514(b)(1))."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_BAND = 10
_OLDEST = 90


@dataclass(frozen=True, slots=True)
class Trait:
    """Quasi-identifiers one file of a released copy gives of a patient; empty where it says nothing."""

    patient: str
    age: str
    sex: str
    site: str
    month: str
    descriptor: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Patients who cannot be told apart by their quasi-identifiers."""

    label: str
    size: int
    rare: str


@dataclass(frozen=True, slots=True)
class Anonymity:
    """The smallest group and all groups below a limit, smallest first; `patients` is how many there are."""

    patients: int
    smallest: int
    small: tuple[Group, ...]


def anonymity(traits: Iterable[Trait], limit: int) -> Anonymity:
    """Group patients by everything their files say; a patient with several ages or months is a group of those."""
    by_patient: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for trait in traits:
        label = " ".join(filter(None, (band(trait.age), trait.sex, trait.site, trait.month)))
        by_patient[trait.patient][0].add(label or "nothing known")
        if trait.descriptor:
            by_patient[trait.patient][1].add(trait.descriptor)
    groups: dict[str, list[str]] = defaultdict(list)
    for patient, (labels, _) in by_patient.items():
        groups[" + ".join(sorted(labels))].append(patient)
    rare = _rare({patient: descriptors for patient, (_, descriptors) in by_patient.items()})
    small = [
        Group(label, len(patients), "; ".join(sorted({text for one in patients for text in rare.get(one, ())})))
        for label, patients in groups.items()
        if len(patients) < limit
    ]
    sizes = [len(patients) for patients in groups.values()]
    return Anonymity(
        len(by_patient), min(sizes, default=0), tuple(sorted(small, key=lambda one: (one.size, one.label)))
    )


def band(age: str) -> str:
    """``047Y`` is ``40-49``; infants are ``0-9``; from 90 on ``90+``; empty when it is no age."""
    if len(age) != 4 or not age[:3].isdecimal() or age[3] not in "DWMY":
        return ""
    years = int(age[:3]) if age[3] == "Y" else 0
    low = min(years, _OLDEST) // _BAND * _BAND
    return "90+" if low >= _OLDEST else f"{low}-{low + _BAND - 1}"


def _rare(descriptors: Mapping[str, set[str]]) -> Mapping[str, set[str]]:
    """Descriptors that only one patient has."""
    count: dict[str, int] = defaultdict(int)
    for texts in descriptors.values():
        for text in texts:
            count[text] += 1
    return {patient: {text for text in texts if count[text] == 1} for patient, texts in descriptors.items()}

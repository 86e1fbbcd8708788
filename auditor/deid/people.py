"""Who a file is about: pseudonym, date offset and identity of each person, the same in every run."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from auditor.deid.tokens import token

_PSEUDONYM, _FOLDER = 14, 8  # characters: some 54 bits tell a thousand million patients apart


@dataclass(frozen=True, slots=True)
class Stated:
    """What one file says of its patient, blanks stripped; `study` stands in where nothing is said."""

    patient_id: str
    name: str
    birth_date: str
    study: str

    @property
    def family(self) -> str:
        """Family name without case, of the first component group."""
        return self.name.split("=")[0].split("^")[0].strip().casefold()


@dataclass(frozen=True, slots=True)
class Subject:
    """One line of a site's table: several patient IDs may carry one pseudonym, which joins them."""

    patient_id: str
    pseudonym: str


@dataclass(frozen=True, slots=True)
class Person:
    """One person as the copy will know them. `key` is used in memos only; `days` moves every date."""

    key: str
    pseudonym: str
    days: int
    token: str


class People:
    """Tells persons apart. Fill it with every file's statement first, then ask.

    One ID with two family names and two birth dates is two persons; IDs that the site's table gives one
    pseudonym are one person.
    """

    def __init__(self, key: bytes, window: tuple[int, int], prefix: str, subjects: Iterable[Subject] = ()) -> None:
        self._key = key
        self._window = window
        self._prefix = prefix
        self._table: Mapping[str, str] = {subject.patient_id: subject.pseudonym for subject in subjects}
        self._persons: dict[str, Person] = {}
        self._seen: dict[str, set[tuple[str, str]]] = {}

    def add(self, stated: Stated) -> None:
        """Take note of one file's patient."""
        if stated.patient_id:
            self._seen.setdefault(stated.patient_id, set()).add((stated.family, stated.birth_date))

    def shared(self) -> tuple[str, ...]:
        """Patient IDs that two persons share."""
        return tuple(patient for patient, seen in self._seen.items() if _two_persons(seen))

    def joined(self) -> int:
        """How many patient IDs of this run the site's table gives a pseudonym that another one has too."""
        used = [self._table[patient] for patient in self._seen if patient in self._table]
        return len(used) - len(set(used))

    def person(self, stated: Stated) -> Person:
        """The person a file is about."""
        key = self._person_key(stated)
        found = self._persons.get(key)
        if found is None:
            found = self._persons[key] = self._made(stated, key)
        return found

    def _made(self, stated: Stated, key: str) -> Person:
        pseudonym = self._table.get(stated.patient_id) or self._prefix + self._token("pseudonym", key, _PSEUDONYM)
        return Person(key, pseudonym, self.offset(key), self._token("folder", key, _FOLDER))

    def offset(self, key: str) -> int:
        """Days by which every date of the person is moved: within the profile's window, never 0."""
        low, high = self._window
        span = high - low + 1
        return low + int.from_bytes(self._mac("offset", key)[:8], "big") % span

    def _person_key(self, stated: Stated) -> str:
        patient = stated.patient_id
        if patient in self._table:
            return f"table\0{self._table[patient]}"
        if patient and _two_persons(self._seen.get(patient, set())):
            return f"id\0{patient}\0{stated.family}\0{stated.birth_date}"
        if patient:
            return f"id\0{patient}"
        if stated.name or stated.birth_date:
            return f"name\0{stated.family}\0{stated.birth_date}"
        return f"study\0{stated.study}"

    def _token(self, purpose: str, key: str, length: int) -> str:
        return token(self._mac(purpose, key), length)

    def _mac(self, purpose: str, key: str) -> bytes:
        return hmac.new(self._key, f"{purpose}\0{key}".encode("utf-8", "surrogatepass"), sha256).digest()


def _two_persons(seen: set[tuple[str, str]]) -> bool:
    families = {family for family, _ in seen if family}
    births = {birth for _, birth in seen if birth}
    return len(families) > 1 and len(births) > 1

"""What one process is handed: files with everything that was decided of them beforehand."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from auditor.deid.census import Census
from auditor.deid.naming import Names
from auditor.deid.objection import NONE, Objection
from auditor.deid.people import Person, Stated
from auditor.deid.placing import Places
from auditor.deid.plan import DeidPlan
from auditor.dicomio.find import MEMBER_MARK, Found
from auditor.dicomio.form import Form
from auditor.identifiers.known import Known

_FILES = 32


@dataclass(frozen=True, slots=True)
class Item:
    """One file: whom it is about, where its copy goes, and what the scan objected to in an earlier copy."""

    found: Found
    said: Stated
    person: Person
    path: str
    objection: Objection = NONE


@dataclass(frozen=True, slots=True)
class Batch:
    """Files for one process, and what is known of the persons in them. Picklable; the same however many processes.

    `folder` is the work folder. The plan carries no table of subjects: persons were told apart beforehand.
    """

    plan: DeidPlan
    folder: str
    items: tuple[Item, ...]
    known: Mapping[str, frozenset[Known]] = field(repr=False)

    def alone(self) -> Iterator["Batch"]:
        """The same files one by one, for when a process died on one of them."""
        for item in self.items:
            known = {key: value for key, value in self.known.items() if key == item.person.key}
            yield replace(self, items=(item,), known=known)


def items_of(plan: DeidPlan, census: Census) -> list[Item]:
    """Every file of the source but DICOMDIRs, in stable order, each with its own path for the copy."""
    places = Places(Names(plan.profile.file_name, plan.key), census.media_roots())
    made = []
    for found in census.files:
        if found.form is not Form.DICOMDIR:
            said = census.said(found)
            person = census.people.person(said)
            path = places.claim(found, census.keys.get(found.locator, {}), person)
            made.append(Item(found, said, person, str(path)))
    return made


def batches(plan: DeidPlan, folder: str, census: Census, items: Iterable[Item]) -> Iterator[Batch]:
    """Batches of `items` in order."""
    slim, held = replace(plan, subjects=()), list[Item]()
    for item in items:
        held.append(item)
        if len(held) >= _FILES:
            yield _batch(slim, folder, census, held)
            held = []
    if held:
        yield _batch(slim, folder, census, held)


def _batch(plan: DeidPlan, folder: str, census: Census, held: list[Item]) -> Batch:
    known = {item.person.key: frozenset(census.known.get(item.person.key, ())) for item in held}
    return Batch(plan, folder, tuple(held), known)


def stamp_of(found: Found) -> tuple[int, int] | None:
    """Size and time of change of a file, or of the archive that holds it; None when there is none any more.

    A file name may hold the mark of archive members too, so the longest name that exists is taken.
    """
    try:
        stat = os.stat(f"{found.root}/{found.locator}")  # noqa: PTH116 - asked several times a file
        return stat.st_size, stat.st_mtime_ns
    except OSError:
        return _of_archive(found)


def _of_archive(found: Found) -> tuple[int, int] | None:
    root = Path(found.root)
    parts = found.locator.split(MEMBER_MARK)
    paths = [root / MEMBER_MARK.join(parts[:count]) for count in range(len(parts), 0, -1)] if root.is_dir() else [root]
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        return stat.st_size, stat.st_mtime_ns
    return None

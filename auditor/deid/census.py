"""The first pass: who is in the source, which instances come twice, what belongs to which DICOMDIR."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from auditor.deid.learn import PEEKED, identity_of, stated
from auditor.deid.people import People, Stated
from auditor.dicomio.find import Found, find
from auditor.dicomio.form import Form
from auditor.dicomio.limits import Limits
from auditor.dicomio.read import read
from auditor.dicomio.refuse import Refused
from auditor.dicomio.source import Opener
from auditor.dicomio.walk import Walker
from auditor.errors import ReadError
from auditor.identifiers.identity import Identity
from auditor.identifiers.known import Known

_SOP_UID = 0x00080018
_SERIES_UID = 0x0020000E
_MOST_KNOWN = 512


@dataclass(slots=True)
class Census:
    """What the first pass learnt: `files` in stable order, `refused` with reasons, persons and their identities."""

    files: list[Found] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    people: People | None = None
    stated: dict[str, Stated] = field(default_factory=dict)
    known: dict[str, set[Known]] = field(default_factory=dict)
    instances: dict[str, list[str]] = field(default_factory=dict)
    _identities: dict[str, Identity] = field(default_factory=dict)

    def twice(self) -> Mapping[str, list[str]]:
        """SOP Instance UIDs that several files claim, with their locators."""
        return {uid: places for uid, places in self.instances.items() if len(places) > 1}

    def identity(self, key: str) -> Identity:
        """What all files together say of the person with this key."""
        found = self._identities.get(key)
        if found is None:
            found = self._identities[key] = Identity.learn(self.known.get(key, ()))
        return found

    def media_roots(self) -> tuple[str, ...]:
        """Folders (below the source) that hold a DICOMDIR, the deepest first."""
        roots = {str(PurePosixPath(found.locator).parent) for found in self.files if found.form is Form.DICOMDIR}
        return tuple(sorted(roots, key=lambda root: (-len(PurePosixPath(root).parts), root)))


def take(root: Path, people: People, limits: Limits) -> Census:
    """Peek at every file below `root`; one file of each series is walked to learn whom the study is about."""
    census = Census(people=people)
    walker, learnt = Walker(limits), set[tuple[str, ...]]()
    with Opener(limits) as opener:
        for item in find(root, limits):
            if isinstance(item, Refused):
                census.refused.append(item)
                continue
            census.files.append(item)
            if item.form is not Form.DICOMDIR:
                _note(census, item, opener, walker, limits, learnt)
    for said in census.stated.values():
        people.add(said)
    _know(census, people)
    return census


def _note(
    census: Census, found: Found, opener: Opener, walker: Walker, limits: Limits, learnt: set[tuple[str, ...]]
) -> None:
    try:
        file = read(opener.open(found.root, found.locator), limits)
        top = walker.peek(file, PEEKED)
        said = census.stated[found.locator] = stated(top)
        key = (said.patient_id, said.name, said.birth_date, said.study, _text(top, _SERIES_UID))
        if key not in learnt:
            learnt.add(key)
            census.known[found.locator] = set(identity_of(walker.walk(file).elements).known)
    except ReadError:
        return  # the second pass meets the same fault and accounts for the file
    uid = _text(top, _SOP_UID)
    if uid:
        census.instances.setdefault(uid, []).append(found.locator)


def _text(top: Mapping[int, bytes], tag: int) -> str:
    return top.get(tag, b"").decode("latin-1").strip(" \0")


def _know(census: Census, people: People) -> None:
    by_person: dict[str, set[Known]] = {}
    for locator, known in census.known.items():
        gathered = by_person.setdefault(people.person(census.stated[locator]).key, set())
        if len(gathered) < _MOST_KNOWN:
            gathered |= known
    census.known = by_person

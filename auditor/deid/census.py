"""The first pass: who is in the source, which instances come twice, what belongs to which DICOMDIR."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from auditor.deid.learn import PEEKED, STUDY_UID, identity_of, stated
from auditor.deid.people import People, Stated
from auditor.deid.placing import MODALITY, SERIES, SOP, STUDY
from auditor.dicomio.find import Found, find
from auditor.dicomio.form import Form
from auditor.dicomio.limits import Limits
from auditor.dicomio.read import read
from auditor.dicomio.refuse import Refused
from auditor.dicomio.source import Opener
from auditor.dicomio.walk import Walker
from auditor.errors import ReadError
from auditor.identifiers.known import Known

_MOST_KNOWN = 512
_KEYS = (STUDY, SERIES, SOP, MODALITY)


@dataclass(slots=True)
class Census:
    """What the first pass learnt: `files` in stable order, `refused` with reasons, persons and what is known of them.

    `known` is by person; `keys` are the UIDs and modality of each file, which name its copy.
    """

    people: People
    files: list[Found] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    stated: dict[str, Stated] = field(default_factory=dict)
    known: dict[str, set[Known]] = field(default_factory=dict)
    keys: dict[str, Mapping[int, str]] = field(default_factory=dict)
    instances: dict[str, list[str]] = field(default_factory=dict)

    def twice(self) -> Mapping[str, list[str]]:
        """SOP Instance UIDs that several files claim, with their locators."""
        return {uid: places for uid, places in self.instances.items() if len(places) > 1}

    def said(self, found: Found) -> Stated:
        """What a file says of its patient; one that says nothing is known by its study, or by its place alone."""
        study = self.keys.get(found.locator, {}).get(STUDY_UID, "")
        return self.stated.get(found.locator) or Stated("", "", "", study or found.locator)

    def media_roots(self) -> tuple[str, ...]:
        """Folders (below the source) that hold a DICOMDIR, the deepest first."""
        roots = {str(PurePosixPath(found.locator).parent) for found in self.files if found.form is Form.DICOMDIR}
        return tuple(sorted(roots, key=lambda root: (-len(PurePosixPath(root).parts), root)))


def take(root: Path, people: People, limits: Limits) -> Census:
    """Peek at every file below `root`; one file of each series is walked to learn whom the study is about."""
    census = Census(people)
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
        with read(opener.open(found.root, found.locator), limits) as file:
            top = walker.peek(file, PEEKED)
            said = census.stated[found.locator] = stated(top)
            keys = census.keys[found.locator] = {tag: _text(top, tag) for tag in _KEYS}
            key = (said.patient_id, said.name, said.birth_date, said.study, keys[SERIES])
            if key not in learnt:
                learnt.add(key)
                census.known[found.locator] = set(identity_of(walker.walk(file).elements).known)
    except ReadError:
        return  # the second pass meets the same fault and accounts for the file
    if keys[SOP]:
        census.instances.setdefault(keys[SOP], []).append(found.locator)


def _text(top: Mapping[int, bytes], tag: int) -> str:
    return top.get(tag, b"").decode("latin-1").strip(" \0")


def _know(census: Census, people: People) -> None:
    by_person: dict[str, set[Known]] = {}
    for locator, known in census.known.items():
        gathered = by_person.setdefault(people.person(census.stated[locator]).key, set())
        if len(gathered) < _MOST_KNOWN:
            gathered |= known
    census.known = by_person

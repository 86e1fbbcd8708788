"""Learns from files whom they are about, and joins what file, series and study say."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from auditor.dicomio import DicomFile, Element, Walk, Walker
from auditor.dicomio.charset import decode
from auditor.headers.tables import Placeholders, sources
from auditor.identifiers.detectors import Detectors
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.identity import Identity
from auditor.identifiers.kind import Kind
from auditor.identifiers.known import Known

CHARSET, SOP_INSTANCE, STUDY, SERIES, NUMBER = 0x00080005, 0x00080018, 0x0020000D, 0x0020000E, 0x00200013
PATIENT_NAME, PATIENT_ID, BIRTH_DATE, ACCESSION = 0x00100010, 0x00100020, 0x00100030, 0x00080050
PERSON = (PATIENT_NAME, PATIENT_ID, BIRTH_DATE, ACCESSION, CHARSET)
_STAFF = (0x00080080, 0x00080081, 0x00080090, 0x00081048, 0x00081050, 0x00081060, 0x00081070)
_OTHERS = (0x00101000, 0x00101001, 0x00101005, 0x00101040, 0x00101060, 0x00102154, 0x00200010)
_SAID = (*PERSON, STUDY, SERIES, *_STAFF, *_OTHERS)  # names and numbers that may stand in one file of a series alone
PEEKED = frozenset((*_SAID, SOP_INSTANCE, NUMBER))
_LONGEST = 1024
_FEW = 3  # patients of a folder, one of whom a pseudonym in it may stand for
_NUMBER_FIELD = Field(Nature.FREE_TEXT)

Top = Mapping[int, bytes]
Key = tuple[bytes, ...]


def top_of(file: DicomFile, walker: Walker) -> Top:
    """The values at the top level that tell whose file it is and where it belongs."""
    return walker.peek(file, PEEKED)


def values_of(walk: Walk, tags: frozenset[int]) -> Top:
    """The values at the top level of those of `tags` that a whole walk met, as `peek` gives them."""
    found: dict[int, bytes] = {}
    root, highest = walk.root, max(tags)
    for tag, _, value, scope, _, _ in walk.elements:
        if tag in tags:
            if scope is root and value is not None:
                found.setdefault(tag, value)
        elif tag > highest and scope is root:
            break
    return found


def key_of(top: Top) -> Key:
    """What files share that are taken to say the same of the same people: person, study, series, staff and places."""
    return tuple([top.get(tag, b"") for tag in _SAID])


class Learner:
    """Keeps an identity for each kind of file of one chunk: those that say the same of the same people."""

    def __init__(self, walker: Walker, detectors: Detectors, blanks: Placeholders, start: Identity) -> None:
        self._walker = walker
        self._detectors = detectors
        self._blanks = blanks
        self._start = start
        self._own: dict[Key, Identity] = {}

    def add(self, file: DicomFile, key: Key, walk: Walk | None = None) -> Walk | None:
        """Learn from `file`, unless a file that says the same was learnt from already.

        `walk` is the one over the file, where it was made before. Returns the walk over what was learnt from.
        """
        if key in self._own and (key[1] or key[len(PERSON)]):  # a patient ID or a study; without, no two are alike
            return None
        walk = walk or self._walker.walk(file)
        self._own[key] = Identity.learn(self._known(walk.elements)).merge(self._own.get(key, Identity()))
        return walk

    def seed(self, pairs: Iterable[tuple[Key, Identity]]) -> None:
        """Take over what was learnt elsewhere of files that share a study or a patient with those to come."""
        self._own.update(pairs)

    def links(self, key: Key) -> Sequence[tuple[str, bytes]]:
        """What ties the files of one key to others: the patient ID, unless it stands for nobody, and the study."""
        patient, study = key[1].strip(b" \0"), key[len(PERSON)].strip(b" \0")
        known = patient and not self._blanks.empty(patient.decode("latin-1"))
        return [*([("patient", patient)] if known else []), *([("study", study)] if study else [])]

    def groups(self, keys: Iterable[Key]) -> list[tuple[Key, ...]]:
        """The keys, those that share a study or a patient ID together, in order."""
        every = list(keys)
        root = self._roots(every)
        found: dict[object, list[Key]] = {}
        for key in every:
            found.setdefault(root(key), []).append(key)
        return [tuple(group) for group in found.values()]

    def told(self, key: Key) -> Identity:
        """What was learnt of the files of one key."""
        return self._own.get(key, Identity())

    def joined(self, folders: Mapping[str, Iterable[Key]] | None = None) -> "Joined":
        """Identities by file key, those that share a study or a patient ID joined.

        Where the files of a folder name few patients, its pseudonymised files are taken to be about these too.
        """
        root = self._roots(self._own)
        whole: dict[object, Identity] = {}
        for key, identity in self._own.items():
            top = root(key)
            whole[top] = whole.get(top, self._start).merge(identity)
        whole = {top: identity.interned() for top, identity in whole.items()}
        people = {key: whole[root(key)] for key in self._own}
        for key, neighbours in self._neighbours(folders or {}, root):
            for neighbour in neighbours:
                people[key] = people[key].merge(people[neighbour])
            people[key] = people[key].interned()
        return Joined(people, self._start)

    def _neighbours(
        self, folders: Mapping[str, Iterable[Key]], root: Callable[[object], object]
    ) -> Iterator[tuple[Key, Iterable[Key]]]:
        """Each pseudonymised key with those that name the few patients of its folder, or of the folder above."""
        named: dict[str, dict[object, Key]] = {}
        for folder, keys in folders.items():
            tops = {root(key): key for key in keys if self._names(key)}
            for place in (folder, folder.rpartition("/")[0]):
                named.setdefault(place, {}).update(tops)
        found: dict[Key, dict[object, Key]] = {}
        for folder, keys in folders.items():
            tops = named[folder] or named[folder.rpartition("/")[0]]
            for key in filter(self._pseudonymised, keys):
                found.setdefault(key, {}).update(tops)
        for key, tops in found.items():
            if 0 < len(tops) <= _FEW:
                yield key, tops.values()

    def _names(self, key: Key) -> bool:
        """Whether the files of a key name a patient."""
        return bool(_patient(key)) and not self._pseudonymised(key)

    def _pseudonymised(self, key: Key) -> bool:
        """Whether the files of a key name a pseudonym for a patient."""
        return bool(name := _patient(key)) and self._blank(name, Kind.NAME)

    def _roots(self, keys: Iterable[Key]) -> Callable[[object], object]:
        """A function that gives every key of one group the same root."""
        parents: dict[object, object] = {}

        def root(name: object) -> object:
            while (parent := parents.setdefault(name, name)) != name:
                name = parent
            return name

        for key in keys:
            for link in self.links(key):
                parents[root(link)] = root(key)
        return root

    def _known(self, elements: Iterable[Element]) -> Iterable[Known]:
        kinds = sources()
        for tag, vr, value, scope, _, _ in elements:
            if value and (vr == "PN" or tag in kinds) and len(value) <= _LONGEST:
                kind = kinds.get(tag, Kind.NAME)
                for part in decode(value.rstrip(b" \0"), scope.charset, vr).split("\\"):
                    text = part.strip(" \0")
                    if text and not self._blank(text, kind):
                        yield Known(self._exact(kind, text), text)

    def _exact(self, kind: Kind, text: str) -> Kind:
        """A number's own form may say more than its attribute: a national number among other patient IDs."""
        if kind is Kind.RECORD_NUMBER:
            for hit in self._detectors.find(text, Identity(), _NUMBER_FIELD):
                if hit.kind in (Kind.SSN, Kind.NATIONAL_ID, Kind.HEALTH_PLAN) and hit.end - hit.start == len(text):
                    return hit.kind
        return kind

    def _blank(self, text: str, kind: Kind) -> bool:
        return self._blanks.empty(text) or (kind is Kind.NAME and self._blanks.coded(text))


def _patient(key: Key) -> str:
    return key[0].strip(b" \0^").decode("latin-1")


class Joined:
    """Identities by file key."""

    def __init__(self, identities: Mapping[Key, Identity], start: Identity) -> None:
        self._identities = identities
        self._start = start

    def of(self, key: Key) -> Identity:
        """The identity behind a file."""
        return self._identities.get(key, self._start)

"""Whom the files of a whole export are about, so that a study that is split over several chunks is learnt once.

Every file of a mixed folder is glanced at; of a folder whose files all tell the same, the first, the last and every
sixteenth. A glance sees no more than whose file it is; one file of each kind is learnt from, and only where its study
or patient is met in more than one batch. What is shared does not depend on how the export is divided.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress

from auditor.dicomio import Opener, Walker, read
from auditor.errors import ReadError
from auditor.headers.learn import Key, Learner, key_of, top_of
from auditor.headers.tables import Placeholders
from auditor.identifiers.detectors import Detectors
from auditor.identifiers.identity import Identity
from auditor.model.target import Target

Pairs = tuple[tuple[Key, Identity], ...]
Link = tuple[str, bytes]
_STEP, _AT_FIRST = 16, 4
_FIRST_READ = 8192


class Kin:
    """Glances at targets in order, then tells of each chunk what files elsewhere say of its studies and patients."""

    def __init__(self, detectors: Detectors, blanks: Placeholders, file_kind: str, batch: int) -> None:
        self._walker = Walker()
        self._learner = Learner(self._walker, detectors, blanks, Identity())
        self._file_kind = file_kind
        self._batch = batch
        self._units: dict[Link, set[tuple[int, int]]] = defaultdict(set)
        self._chunks: dict[int, set[Link]] = defaultdict(set)
        self._first: dict[Key, Target] = {}
        self._folder = ""
        self._met = 0
        self._told: Key = ()
        self._passed: list[tuple[tuple[int, int], Target]] = []
        self._shared: dict[Link, Pairs] | None = None

    def add(self, chunk: int, targets: Sequence[Target]) -> None:
        """Glance at the targets of one chunk; chunks come in order."""
        with Opener() as opener:
            for place, target in enumerate(targets):
                if target.kind == self._file_kind:
                    self._meet((chunk, place // self._batch), target, opener)

    def of(self, chunk: int) -> Pairs:
        """What is known of the studies and patients of a chunk that are met elsewhere too, in order."""
        if self._shared is None:
            self._settle()
            self._shared = self._components()
        found = {key: one for link in sorted(self._chunks.get(chunk, ())) for key, one in self._shared.get(link, ())}
        return tuple(found.items())

    def _meet(self, unit: tuple[int, int], target: Target, opener: Opener) -> None:
        folder = target.locator.rpartition("/")[0]
        if folder != self._folder:
            self._settle()
            self._folder, self._met, self._told = folder, 0, ()
        self._met += 1
        if self._met > _AT_FIRST and self._met % _STEP:
            self._passed.append((unit, target))
            return
        told = self._glance(unit, target, opener)
        if told != self._told:
            self._look(self._passed, opener)
        else:
            self._enter(told, (held for held, _ in self._passed))
        self._passed.clear()
        self._told = told

    def _settle(self) -> None:
        """The last of a folder is looked at too, and what was passed over if it tells something else."""
        if not self._passed:
            return
        with Opener() as opener:
            unit, target = self._passed[-1]
            if self._glance(unit, target, opener) != self._told:
                self._look(self._passed[:-1], opener)
            else:
                self._enter(self._told, (held for held, _ in self._passed))
        self._passed.clear()

    def _look(self, passed: Iterable[tuple[tuple[int, int], Target]], opener: Opener) -> None:
        for unit, target in passed:
            self._glance(unit, target, opener)

    def _glance(self, unit: tuple[int, int], target: Target, opener: Opener) -> Key:
        try:
            with read(opener.open(target.root, target.locator), first=_FIRST_READ) as file:
                key = key_of(top_of(file, self._walker))
        except ReadError:
            return ()  # the scan itself will say so
        self._first.setdefault(key, target)
        self._enter(key, (unit,))
        return key

    def _enter(self, key: Key, units: Iterable[tuple[int, int]]) -> None:
        links = self._learner.links(key)
        for unit in units:
            self._chunks[unit[0]].update(links)
            for link in links:
                self._units[link].add(unit)

    def _components(self) -> dict[Link, Pairs]:
        """For every link of a group of files that is met in more than one unit, what the group says."""
        shared: dict[Link, Pairs] = {}
        with Opener() as opener:
            for group in self._learner.groups(self._first):
                links = sorted({link for key in group for link in self._learner.links(key)})
                if len(set[tuple[int, int]]().union(*(self._units[link] for link in links))) > 1:
                    shared |= dict.fromkeys(links, tuple((key, self._learnt(key, opener)) for key in group))
        return shared

    def _learnt(self, key: Key, opener: Opener) -> Identity:
        target = self._first[key]
        with suppress(ReadError), read(opener.open(target.root, target.locator), first=_FIRST_READ) as file:
            self._learner.add(file, key)
        return self._learner.told(key)

"""The work on one chunk: learn whom its files are about, then judge every file."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from functools import lru_cache
from typing import Any, cast

from auditor.config.headers import HeadersSettings
from auditor.dicomio import DicomFile, Memo, Scope, Walk, Walker
from auditor.dicomio.collector import seldom
from auditor.dicomio.form import RECOGNISED
from auditor.errors import ReadError
from auditor.headers.around import Around
from auditor.headers.assemble import Assembler, Gathered, located, merged
from auditor.headers.faces import Faces
from auditor.headers.finds import Verdict
from auditor.headers.inventory import makers
from auditor.headers.kin import Pairs
from auditor.headers.learn import SOP_INSTANCE, Joined, Key, Learner, Top
from auditor.headers.opening import Opened, Opening
from auditor.headers.pictures import Pictures
from auditor.headers.plan import BATCH, REFUSED
from auditor.headers.sweep import Sweep
from auditor.headers.tables import Placeholders, placeholders
from auditor.headers.verdict import Assessor
from auditor.identifiers.detectors import Detectors
from auditor.identifiers.identity import Identity
from auditor.model.facts import Facts, Subject
from auditor.model.outcome import Disposition
from auditor.model.ports import Context
from auditor.model.target import InventoryRow, Reading, Target

Known = Sequence[tuple[Scope, Gathered]]
_REMEMBERED = 4096


@lru_cache(maxsize=1)
def detectors() -> Detectors:
    """The detectors of this process; they keep compiled patterns and nothing of any file."""
    return Detectors()


@lru_cache(maxsize=2)
def judging(blanks: Placeholders) -> tuple[Assessor, Sweep]:
    """What judges elements in this process; it remembers what tags, short values and bytes tell, within bounds."""
    assessor = Assessor(detectors(), blanks)
    return assessor, Sweep(assessor)


def settings_of(context: Context) -> HeadersSettings:
    """The room's section of the settings, or its defaults."""
    return context.settings if isinstance(context.settings, HeadersSettings) else HeadersSettings()


class Scanner:
    """Scans the targets of one chunk."""

    def __init__(self, context: Context, start: Identity) -> None:
        self._context = context
        self._blanks = placeholders(settings_of(context).pseudonyms)
        self._assessor, self._sweep = judging(self._blanks)
        self._shared: Counter[Key] = Counter()
        self._walker = Walker()
        self._memo = Memo()
        self._learner = Learner(self._walker, self._assessor.detectors, self._blanks, start)
        self._faces = Faces(self._walker)
        self._assembler = Assembler()
        self._told: dict[tuple[tuple[str, Gathered], ...], Mapping[str, Any]] = {}
        self._around = Around(self._assessor)
        self._folder = ("", "")
        self._names: dict[str, str] = {}
        self._pictures = Pictures(context, self._assessor)
        self._inventory = bool(context.options.get("inventory"))

    def scan(self, targets: Sequence[Target], kin: Pairs = ()) -> Iterator[Reading]:
        """One reading for each target, in order; `kin` is what files elsewhere say of the same studies and patients."""
        self._learner.seed(kin)
        with nullcontext() if self._pictures.wanted else seldom():  # headers are read into trees without cycles
            for first in range(0, len(targets), BATCH):
                yield from self._batch(targets[first : first + BATCH])
            self._forget()

    def _batch(self, targets: Sequence[Target]) -> Iterator[Reading]:
        """All files of a batch are open at once: what is learnt of one is sought in the others."""
        with Opening(self._walker) as opening:
            batch = [self._open(target, opening) for target in targets]
            joined = self._learn([each for each in batch if isinstance(each, Opened)], opening)
            for each in batch:
                yield self._tried(each, joined, opening) if isinstance(each, Opened) else each

    def _forget(self) -> None:
        """Let go of what was remembered of the chunk, before the collector goes through it to find that it can go."""
        self._memo, self._assembler = Memo(), Assembler()
        self._told.clear()

    def _open(self, target: Target, opening: Opening) -> Opened | Reading:
        if target.kind == REFUSED:
            told = target.attributes
            return Reading(self._row(target, Disposition(told["disposition"]), told["reason"]))
        try:
            return opening.open(target)
        except ReadError as error:
            return Reading(self._row(target, Disposition.UNREADABLE, error.what))

    def _learn(self, batch: Sequence[Opened], opening: Opening) -> Joined:
        """Learn whom the files are about. The walk over one that is alone with its key is kept: it will be judged."""
        self._shared = Counter(each.key for each in batch)
        for each in batch:
            walk = self._learner.add(each.file, each.key, opening.walked(each))
            if self._shared[each.key] > 1:
                opening.release(each)
            elif walk is not None:
                opening.hold(each, walk)
        self._faces.count(each.top for each in batch)
        return self._learner.joined(_folders(batch) if len(self._shared) > 1 else None)

    def _tried(self, opened: Opened, joined: Joined, opening: Opening) -> Reading:
        try:
            return self._read(opened, joined, opening)
        except ReadError as error:
            return Reading(self._row(opened.target, Disposition.UNREADABLE, error.what))

    def _read(self, opened: Opened, joined: Joined, opening: Opening) -> Reading:
        target, file, top, key, _ = opened
        identity = joined.of(key)
        alone = self._shared[key] == 1
        if alone:
            walk = opening.release(opened) or self._walker.walk(file)
            values = self._alone(walk, identity)
        else:
            walk = self._walker.walk(file, self._memo.space(identity))
            values = self._values(walk, identity)
        more = self._around.records(opened, walk, identity)
        extra: dict[str, Any] = {"purpose": self._context.purpose, "form": str(file.form)}
        values = merged(values, more)
        unknown: dict[str, str] = {}
        if risk := self._faces.risk(file, top, walk if alone and not walk.stop else None):
            extra["face_risk"] = risk
        if walk.pixels:
            extra["has_pixels"] = True
        if self._pictures.wanted:
            extra["pixels_sought"] = True
        if self._pictures.wanted and (walk.pixels or "icons_kept" in values or "overlays_kept" in values):
            found, unknown, said = self._pictures.look(file, identity)
            values = merged(values, found)
            extra |= said
        display, digest = self._display(target.locator), self._context.protector.digest(target.locator)
        subject = Subject("file", _key(top, file), display, digest)
        facts = Facts(subject, self._assembler.completed(values, extra), {}, unknown)
        size = int(target.attributes["size"])
        reason = str(walk.stop.reason) if walk.stop else ""
        made = self._made(values, top, file)
        row = InventoryRow("headers", target.kind, display, digest, walk.disposition, reason, size, made)
        return Reading(row, (facts,))

    def _alone(self, walk: Walk, identity: Identity) -> Mapping[str, Any]:
        """The facts of the elements of a file that shares them with no other: nothing of it is remembered."""
        told = self._sweep.judge(walk.elements, identity, once=True)
        return self._assembler.once(sorted(located(walk.elements, told), key=_place))

    def _values(self, walk: Walk, identity: Identity) -> Mapping[str, Any]:
        """The facts of the elements; put together once for all files of which the same is told."""
        new: list[tuple[str, Verdict]] = []
        if walk.elements:
            judged = self._sweep.judge(walk.elements, identity)
            self._memo.keep(walk, [judged.get(place) for place in range(len(walk.elements))])
            new = located(walk.elements, judged)
        known = cast(Known, walk.known)
        told = (*[(scope.locator if scope.parent else "", pairs) for scope, pairs in known], ("", tuple(new)))
        values = self._told.get(told)
        if values is None:
            if len(self._told) > _REMEMBERED:
                self._told.clear()
            gathered = [(prefix + place, verdict) for prefix, pairs in told for place, verdict in pairs]
            values = self._told[told] = self._assembler.facts(tuple(sorted(gathered, key=_place)))
        return values

    def _display(self, locator: str) -> str:
        """The masked path; a folder is masked once for the files side by side in it, a name once for all folders."""
        folder, slash, name = locator.rpartition("/")
        if folder != self._folder[0]:
            self._folder = (folder, self._context.protector.path(folder))
        if name not in self._names:
            if len(self._names) > _REMEMBERED:
                self._names.clear()
            self._names[name] = self._context.protector.path(name)
        return self._folder[1] + slash + self._names[name]

    def _row(self, target: Target, disposition: Disposition, reason: str) -> InventoryRow:
        protector, size = self._context.protector, int(target.attributes.get("size", "0"))
        display, digest = protector.path(target.locator), protector.digest(target.locator)
        return InventoryRow("headers", target.kind, display, digest, disposition, reason, size)

    def _made(self, values: Mapping[str, Any], top: Top, file: DicomFile) -> Mapping[str, str]:
        if not self._inventory:
            return {}
        return makers(values, top, file.syntax.uid, self._context.protector, self._assessor.detectors)


def _key(top: Top, file: DicomFile) -> str:
    """What tells a file from others between runs: its SOP Instance UID, or the first bytes, which are always read."""
    uid = top.get(SOP_INSTANCE, b"").decode("latin-1").strip(" \0")
    return uid or hashlib.blake2b(file.first[:RECOGNISED], digest_size=16).hexdigest()


def _place(pair: tuple[str, Verdict]) -> str:
    return pair[0]


def _folders(batch: Sequence[Opened]) -> Mapping[str, set[Key]]:
    """What the files of each folder tell of themselves."""
    folders: dict[str, set[Key]] = {}
    for each in batch:
        folders.setdefault(each.target.locator.rpartition("/")[0], set()).add(each.key)
    return folders

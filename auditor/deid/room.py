"""The deid room: a source folder and its de-identified copy go in, facts about what became of it come out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.deid.collection import Collection
from auditor.deid.facts import CATALOGUE
from auditor.deid.pair import Comparison
from auditor.deid.pairing import pair
from auditor.deid.summary import Summary, write
from auditor.deid.uids import UidMap
from auditor.deid.view import Signature, View, signature, view
from auditor.dicomio.find import Found, find
from auditor.dicomio.limits import DEFAULT_LIMITS
from auditor.dicomio.refuse import Refused
from auditor.dicomio.source import Opener
from auditor.dicomio.walk import Walker
from auditor.errors import ReadError, TargetError
from auditor.model.facts import Catalogue, Facts, Record, Subject
from auditor.model.outcome import Disposition
from auditor.model.ports import Context
from auditor.model.run import Note, Request
from auditor.model.target import Chunk, InventoryRow, Reading, Target

_DIGITS = 12  # of a digest, as texts and reports print it
_FACES = (
    "Recognizable visual features (faces in head CT and MR) were not removed by this tool; whether a released volume "
    "can show a face is not evaluated by the comparison."
)


@dataclass(frozen=True, slots=True)
class DeidRoom:
    """Compares pairs ``SOURCE=COPY``; the same rules judge the work of any tool."""

    name: str = "deid"

    @property
    def catalogue(self) -> Catalogue:
        """Every fact this room can supply."""
        return CATALOGUE

    def plan(self, request: Request, context: Context) -> Iterator[Chunk]:
        """One chunk a pair of folders: consistency is only seen across the whole of it."""
        for number, text in enumerate(request.targets):
            source, separator, copy = text.partition("=")
            paths = (context.base / source, context.base / copy)
            if not separator or not all(path.exists() for path in paths):
                raise TargetError(
                    "a comparison needs a source and a copy that both exist",
                    where=context.protector.path(text),
                    right="SOURCE=COPY",
                    next_step="auditor deid compare SOURCE COPY",
                )
            target = Target("deid-pair", str(paths[0]), str(paths[1]))
            yield Chunk(f"deid-{number:04d}", (target,))

    def read(self, chunk: Chunk, wanted: frozenset[str], context: Context) -> Iterator[Reading]:
        """One reading for every file of either side, and one for the collection."""
        for target in chunk.targets:
            yield from _Pairing(target, context).readings()

    def notes(self, context: Context) -> Sequence[Note]:
        """What the comparison does not look at."""
        return (Note(self.name, _FACES),)


class _Pairing:
    """The work on one pair of folders."""

    def __init__(self, target: Target, context: Context) -> None:
        self._roots = (target.root, target.locator)
        self._context = context
        self._walker = Walker(DEFAULT_LIMITS)
        limit = getattr(context.settings, "smallest_group", 5)
        self._collection = Collection(limit)
        key = context.options.get("project_key")
        self._uids = UidMap(key) if isinstance(key, bytes) else None
        self._summary = Summary()

    def readings(self) -> Iterator[Reading]:
        with Opener(DEFAULT_LIMITS) as opener:
            sides: list[tuple[list[Found], list[Signature]]] = []
            for root in self._roots:
                found: list[Found] = []
                signatures: list[Signature] = []
                for item in find(Path(root), DEFAULT_LIMITS):
                    seen = self._look(item, opener)
                    if isinstance(seen, Reading):
                        yield seen
                    elif isinstance(item, Found):
                        found.append(item)
                        signatures.append(signature(seen))
                sides.append((found, signatures))
            yield from self._compared(sides, opener)

    def _look(self, item: Found | Refused, opener: Opener) -> View | Reading:
        if isinstance(item, Refused):
            return self._row(item.root, item.locator, item.disposition, item.reason, item.size)
        try:
            return view(item, opener, self._walker, DEFAULT_LIMITS)
        except ReadError as error:
            return self._row(item.root, item.locator, Disposition.UNREADABLE, error.what, item.size)

    def _compared(self, sides: list[tuple[list[Found], list[Signature]]], opener: Opener) -> Iterator[Reading]:
        (sources, first), (copies, second) = sides
        matched = pair(first, second, self._uids)
        comparison = Comparison()
        for left, right, how in matched.pairs:
            yield self._one(sources[left], copies[right], how, comparison, opener)
        yield from (self._alone(sources[index], "no copy was found") for index in matched.lost)
        yield from (self._alone(copies[index], "no source was found") for index in matched.surplus)
        self._certified((sources, copies), (len(matched.lost), len(matched.surplus)))
        lost = (self._record(sources[index]) for index in matched.lost)
        surplus = (self._record(copies[index]) for index in matched.surplus)
        facts = self._collection.facts(lost, surplus, self._context.purpose)
        shown = " = ".join(self._context.protector.path(Path(root).name) for root in self._roots)
        digest = self._context.protector.digest("\0".join(self._roots))
        row = InventoryRow("deid", "collection", shown, digest, Disposition.READ)
        subject = Subject("collection", "\0".join(Path(root).name for root in self._roots), shown, digest)
        yield Reading(row, (Facts(subject, facts),))

    def _one(self, source: Found, copy: Found, how: str, comparison: Comparison, opener: Opener) -> Reading:
        try:
            before = view(source, opener, self._walker, DEFAULT_LIMITS)
            after = view(copy, opener, self._walker, DEFAULT_LIMITS)
        except ReadError as error:
            return self._row(copy.root, copy.locator, Disposition.UNREADABLE, error.what, copy.size)
        self._collection.add(before, after)
        self._summary.add(before, after)
        facts = comparison.facts(before, after, how, self._context.purpose)
        reading = self._row(copy.root, copy.locator, Disposition.READ, "", copy.size)
        row = reading.row
        subject = Subject("pair", after.sop_uid or copy.locator, row.display, row.digest)
        return Reading(row, (Facts(subject, facts),))

    def _certified(self, sides: tuple[list[Found], list[Found]], alone: tuple[int, int]) -> None:
        """Leave what a certificate says of the comparison where the option `certificate` wants it."""
        wanted = self._context.options.get("certificate")
        if wanted:
            files = tuple([f"{one.locator}\0{one.size}" for one in side] for side in sides)
            protector, groups = self._context.protector, self._collection.anonymity()
            write(Path(str(wanted)), self._summary.certificate(groups, alone, (files[0], files[1]), protector))

    def _alone(self, found: Found, why: str) -> Reading:
        return self._row(found.root, found.locator, Disposition.SKIPPED, why, found.size)

    def _record(self, found: Found) -> Record:
        protector = self._context.protector
        digits = protector.digest(found.locator)[:_DIGITS]
        return {"locator": protector.path(found.locator), "value": found.locator, "locate": digits}

    def _row(self, root: str, locator: str, disposition: Disposition, reason: str, size: int) -> Reading:
        protector = self._context.protector
        row = InventoryRow(
            "deid", "file", protector.path(locator), protector.digest(locator), disposition, reason, size
        )
        return Reading(row)


ROOM = DeidRoom()

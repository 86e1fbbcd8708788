"""The work on one chunk: read, judge, waive, write. The same function runs in every executor."""

import logging
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from auditor.audit.rooms import catalogues, room
from auditor.engine.judge import Judge
from auditor.engine.profiles import Selection
from auditor.engine.waivers import Waivers
from auditor.model.finding import Finding
from auditor.model.outcome import Disposition
from auditor.model.part import Part, Written
from auditor.model.ports import Context, PartWriter
from auditor.model.target import Chunk, InventoryRow, Reading, Target
from auditor.model.views import View

_log = logging.getLogger(__name__)


class Brief:
    """What all chunks of one room are worked on with; pickled once, unpacked and compiled once a process."""

    def __init__(self, room: str, selection: Selection, waivers: Waivers, context: Context, writer: PartWriter) -> None:
        self.room, self.selection, self.waivers, self.context, self.writer = room, selection, waivers, context, writer
        self._idle: list[Judge] = []

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (self._packed,)

    @cached_property
    def _packed(self) -> bytes:
        return pickle.dumps((self.room, self.selection, self.waivers, self.context, self.writer))

    @contextmanager
    def judge(self) -> Iterator[Judge]:
        """A judge that counts from nothing and that no other thread of this process uses meanwhile."""
        try:
            judge = self._idle.pop()
            judge.start()
        except IndexError:
            judge = Judge(self.selection, catalogues()[self.room], self.context.now, self.context.protector)
        yield judge
        self._idle.append(judge)


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> Brief:
    return Brief(*pickle.loads(packed))  # noqa: S301 - packed by the process that started this one


@dataclass(frozen=True, slots=True)
class Job:
    """One chunk, and what is needed to turn it into a part. Picklable."""

    chunk: Chunk
    brief: Brief


def work(job: Job) -> Written:
    """Read every target of the chunk, judge its facts and write the part.

    A room that breaks on its own fault loses no reading made before it: the rest of the chunk is entered
    as unreadable, with the type of the error and nothing of its text.
    """
    brief = job.brief
    findings: list[Finding] = []
    rows: list[InventoryRow] = []
    views: list[View] = []
    with brief.judge() as judge:
        for reading in _readings(job.chunk, brief, judge.wanted):
            rows.append(reading.row)
            views += reading.views
            for facts in reading.facts:
                findings += judge.judge(facts)
        waived = brief.waivers.apply(findings, brief.context.now.date())
        tallies = judge.tallies(waived)
    return brief.writer.write(Part(job.chunk.name, waived, rows, tallies, views))


def _readings(chunk: Chunk, brief: Brief, wanted: frozenset[str]) -> Iterator[Reading]:
    done = 0
    try:
        for reading in room(brief.room).read(chunk, wanted, brief.context):
            done += 1
            yield reading
    except Exception as error:  # a room's own fault must not lose the rest of the run
        _log.debug("room %s broke on part %s", brief.room, chunk.name, exc_info=True)
        reason = f"internal error ({type(error).__name__})"
        for target in chunk.targets[done:] or chunk.targets[-1:]:
            yield Reading(unread(brief.room, target, brief.context, reason))


def unread(name: str, target: Target, context: Context, reason: str) -> InventoryRow:
    """The inventory row of a target that could not be read."""
    protector = context.protector
    return InventoryRow(
        name,
        target.kind,
        protector.path(target.locator),
        protector.digest(target.locator),
        Disposition.UNREADABLE,
        reason,
    )

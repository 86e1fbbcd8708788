"""The work on one chunk: read, judge, waive, write. The same function runs in every executor."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Job:
    """One chunk and everything needed to turn it into a part. Picklable."""

    room: str
    chunk: Chunk
    selection: Selection
    waivers: Waivers
    context: Context
    writer: PartWriter


def work(job: Job) -> Written:
    """Read every target of the chunk, judge its facts and write the part.

    A room that breaks on its own fault loses no reading made before it: the rest of the chunk is entered
    as unreadable, with the type of the error and nothing of its text.
    """
    judge = Judge(job.selection, catalogues()[job.room], job.context.now, job.context.protector)
    findings: list[Finding] = []
    rows: list[InventoryRow] = []
    views: list[View] = []
    for reading in _readings(job, judge.wanted):
        rows.append(reading.row)
        views += reading.views
        for facts in reading.facts:
            findings += judge.judge(facts)
    waived = job.waivers.apply(findings, job.context.now.date())
    return job.writer.write(Part(job.chunk.name, waived, rows, judge.tallies(waived), views))


def _readings(job: Job, wanted: frozenset[str]) -> Iterator[Reading]:
    done = 0
    try:
        for reading in room(job.room).read(job.chunk, wanted, job.context):
            done += 1
            yield reading
    except Exception as error:  # a room's own fault must not lose the rest of the run
        _log.debug("room %s broke on part %s", job.room, job.chunk.name, exc_info=True)
        reason = f"internal error ({type(error).__name__})"
        for target in job.chunk.targets[done:] or job.chunk.targets[-1:]:
            yield Reading(unread(job.room, target, job.context, reason))


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

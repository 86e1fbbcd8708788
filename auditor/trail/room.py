"""The trail room: one chunk for all logs, since a story runs through many of them."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import cast

from auditor.config.trail import TrailSettings
from auditor.errors import TargetError
from auditor.model.outcome import Disposition
from auditor.model.ports import Context
from auditor.model.run import Note, Request
from auditor.model.target import Chunk, InventoryRow, Reading, Target
from auditor.trail.facts import CATALOGUE
from auditor.trail.opening import LogFile


class TrailRoom:
    """Implements model.ports.Room over audit logs. Option `context` names the folder of context tables."""

    name = "trail"
    catalogue = CATALOGUE

    def plan(self, request: Request, context: Context) -> Iterator[Chunk]:
        """One chunk with every log found; raises TargetError when an argument is missing or holds no file."""
        from auditor.trail.opening import find

        targets: dict[tuple[str, str], Target] = {}
        for number, argument in enumerate(request.targets, 1):
            root = (context.base / Path(argument).expanduser()).absolute()
            if not root.exists():
                raise TargetError(
                    "no logs can be read there",
                    where=f"trail, argument {number}: {context.protector.path(str(argument))}",
                    right="a file or folder of audit logs that exists",
                    next_step="auditor trail --help",
                )
            for log in find(root):
                attributes = {"path": log.path, "member": log.member}
                targets.setdefault((log.path, log.member), Target("log", log.root, log.name, attributes))
        if targets:
            yield Chunk("trail", tuple(targets.values()))

    def read(self, chunk: Chunk, wanted: frozenset[str], context: Context) -> Iterator[Reading]:
        """Investigate all logs of the chunk: a reading for each log; the incidents come with the first of them."""
        from auditor.trail import investigate
        from auditor.trail.logfacts import log_readings
        from auditor.trail.telling import facts_of
        from auditor.trail.views import views

        settings = cast(TrailSettings, context.settings or TrailSettings())
        logs = [LogFile(t.attributes["path"], t.root, t.attributes["member"]) for t in chunk.targets]
        workers = int(str(context.options.get("workers", 0)))
        with ExitStack() as stack:
            found = investigate.open_investigation(
                stack, logs, settings, context_folder(settings, context), context.now, workers
            )
            investigate.detect(found, context.now)
            readings = log_readings(found, context, settings)
            drawn = views(found, context.protector)
        stories = tuple(facts_of(incident, found, context.protector) for incident in found.incidents)
        for name, reason in found.failed.items():
            yield _failed(name, reason, context)
        for place, (row, facts) in enumerate(readings):
            first = place == 0
            yield Reading(row, (*facts, *(stories if first else ())), drawn if first else ())

    def notes(self, context: Context) -> Sequence[Note]:
        """Which context tables are used, and what their absence means."""
        from auditor.trail.context.loading import load
        from auditor.trail.investigate import EXPLAINING

        settings = cast(TrailSettings, context.settings or TrailSettings())
        folder = context_folder(settings, context)
        loaded = load(folder, settings.context_columns)
        used = ", ".join(sorted(loaded.frames)) or "none"
        missing = ", ".join(loaded.missing) or "none"
        notes = [Note("trail", f"Context tables used: {used}. Missing: {missing}.")]
        if not loaded.frames.keys() & EXPLAINING:
            text = "Without care team, encounters or worklist no access can be explained; only behaviour was judged."
            notes.append(Note("trail", text))
        if loaded.unplaced:
            text = (
                f"Context: {loaded.unplaced} of the files are no table known by the names of their columns; they are "
            )
            notes.append(Note("trail", text + "used only where their cells hold users or patients of the logs."))
        notes += [Note("trail", f"Context: {problem}.", incomplete=True) for problem in loaded.problems]
        return notes


def context_folder(settings: TrailSettings, context: Context) -> Path | None:
    """The folder of context tables: the option before the setting; None when neither names one."""
    named = str(context.options.get("context") or settings.context)
    return (context.base / Path(named).expanduser()).absolute() if named else None


def _failed(name: str, reason: str, context: Context) -> Reading:
    row = InventoryRow(
        "trail", "detector", name, context.protector.digest(name), Disposition.UNREADABLE, f"detector failed ({reason})"
    )
    return Reading(row)


ROOM = TrailRoom()

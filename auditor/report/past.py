"""What came before a run: the trend of its plan, and the earlier runs that it is compared with."""

from dataclasses import dataclass
from typing import Any, Self

from auditor.model.run import Run
from auditor.report.source import HistoryPoint, ReportSource

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Past:
    """The points of the trend, this run's own last, and those earlier runs whose data is still there, oldest first."""

    points: tuple[HistoryPoint, ...] = ()
    earlier: tuple[ReportSource, ...] = ()

    @classmethod
    def of(cls, store: Any, run: Run) -> Self:
        """Look up the last twelve runs of a run's plan in a store, up to this one.

        Runs whose data was deleted keep their place in the trend and cannot be compared with.
        """
        entries = []
        for entry in store.runs():
            if entry.plan == run.plan.name:
                entries.append(entry)
            if entry.id == run.id:
                break
        entries = entries[-_SHOWN:]
        points = tuple(
            HistoryPoint(item.id, item.finished[:10], item.fail, item.critical, item.high, bool(item.complete))
            for item in entries
        )
        return cls(points, tuple(store.load(item.id) for item in entries if item.id != run.id and not item.deleted))


NOTHING = Past()

"""Progress on stderr: a moving line on a terminal, nothing elsewhere. Only counts, never a name."""

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from auditor.model.run import Run


class TerminalProgress:
    """An observer that says how many targets are done, how fast, and how many findings there are.

    Honours NO_COLOR. How many targets there will be is not known until the tree has been walked once, so
    the bar tells that work goes on, and rate and time taken tell the rest.
    """

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[rows]} targets, {task.fields[rate]:.0f}/s, {task.fields[findings]} findings"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task: TaskID | None = None
        self._rows = self._findings = 0
        self._begun = time.monotonic()

    def __enter__(self) -> "TerminalProgress":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def started(self, room: str) -> None:
        """A room starts; its counts begin at nought."""
        self._rows = self._findings = 0
        self._begun = time.monotonic()
        self._task = self._progress.add_task(room, total=None, rows=0, rate=0.0, findings=0)

    def chunk_done(self, room: str, rows: int, findings: int) -> None:
        """A chunk was written."""
        self._rows += rows
        self._findings += findings
        rate = self._rows / max(time.monotonic() - self._begun, 0.001)
        if self._task is not None:
            self._progress.update(self._task, rows=self._rows, rate=rate, findings=self._findings)

    def finished(self, run: Run) -> None:
        """The run is sealed; the result stands alone."""
        self._progress.stop()

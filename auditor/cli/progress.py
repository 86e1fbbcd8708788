"""Progress on stderr: a moving line on a terminal, nothing elsewhere. Only counts, never a name."""

import sys
import time

import click

from auditor.model.run import Run


class Progress:
    """An observer that says how many targets are done, how fast, and how many findings there are."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._shown = sys.stderr.isatty() and not quiet
        self._rows = self._findings = 0
        self._started = time.monotonic()

    def started(self, room: str) -> None:
        """A room starts; its counts begin at nought."""
        self._rows = self._findings = 0
        self._started = time.monotonic()
        self._show(room)

    def chunk_done(self, room: str, rows: int, findings: int) -> None:
        """A chunk was written."""
        self._rows += rows
        self._findings += findings
        self._show(room)

    def finished(self, run: Run) -> None:
        """Clear the line, so that the result stands alone."""
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)

    def _show(self, room: str) -> None:
        if not self._shown:
            return
        rate = self._rows / max(time.monotonic() - self._started, 0.001)
        text = f"{room}: {self._rows} targets, {rate:.0f}/s, {self._findings} findings"
        click.echo(f"\r\x1b[K{text}", nl=False, err=True)

"""What a report is made of: a sealed run that can be read part by part and asked questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from auditor.model.finding import Finding
from auditor.model.run import Run
from auditor.model.target import InventoryRow


class ReportSource(Protocol):
    """A sealed run, as `auditor.store` gives it."""

    @property
    def folder(self) -> Path:
        """Where the run lies."""

    @property
    def run(self) -> Run:
        """The header of the run."""

    @property
    def header(self) -> bytes:
        """`run.json` as it lies on disk."""

    @property
    def sha256(self) -> str:
        """SHA-256 of `header`."""

    def findings(self) -> Iterator[Finding]:
        """Every finding."""

    def inventory(self) -> Iterator[InventoryRow]:
        """Every target met."""

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Answer SQL over the views `findings` and `inventory`."""

    def problems(self) -> list[str]:
        """What differs from what the header says of the parts."""


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """One earlier run of the same plan, for the trend: its day (ISO) and its failures."""

    run: str
    day: str
    fail: int
    critical: int
    high: int
    complete: bool

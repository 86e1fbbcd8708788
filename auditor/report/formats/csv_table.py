"""Findings as CSV (RFC 4180)."""

from collections.abc import Iterator

from auditor.report.source import ReportSource
from auditor.report.table import csv_bytes


def pieces(source: ReportSource) -> Iterator[str]:
    """Header and rows; no cell begins as a formula would."""
    yield csv_bytes(source).decode("utf-8")


def exact(source: ReportSource) -> Iterator[str]:
    """Header and rows, cells as recorded."""
    yield csv_bytes(source, exact=True).decode("utf-8")

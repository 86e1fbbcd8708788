"""Recognises columns by what stands in them, where their names do not tell: networks, zones, and what the logs know."""

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from auditor.trail.moments import zone
from auditor.trail.warehouse import Warehouse

SAMPLE, MOST = 400, 200_000
SHARE = 0.3
"""Of the cells of a column, or of what the logs know, as many must be the same."""
WHOLE = 0.9

Met = Mapping[str, frozenset[str]]


def met(house: Warehouse) -> Met:
    """Users, patients, titles and sources of the logs, in the spelling of the event table."""
    columns = {"user": "usr", "patient": "pat", "source": "source"}
    found = {name: _distinct(house, f"SELECT {column} AS v FROM events") for name, column in columns.items()}
    titles = _distinct(house, "SELECT src_ae AS v FROM events UNION ALL SELECT dst_ae FROM events")
    return {**found, "title": titles}


def _distinct(house: Warehouse, rows: str) -> frozenset[str]:
    listed = house.query(f"SELECT DISTINCT v FROM ({rows}) WHERE v IS NOT NULL LIMIT {MOST}")["v"]
    return frozenset(_plain(str(value)) for value in listed)


def recognise(
    frame: pd.DataFrame, wanted: Iterable[str], needs: Iterable[str], chosen: dict[str, str], known: Met
) -> None:
    """Add to `chosen` (our column to theirs) what the contents of the columns left over tell."""
    for ours, fits in (("network", _network), ("zone", _zone)):
        if ours in wanted and ours not in chosen:
            _take(frame, ours, chosen, partial(_share, fits), WHOLE)
    if "zone" in chosen and "source" in needs and "source" not in chosen and len(frame.columns) == 2:
        chosen["source"] = next(theirs for theirs in frame.columns if theirs != chosen["zone"])
    for ours in needs:
        if ours not in chosen and known.get(ours):
            _take(frame, ours, chosen, partial(_common, known[ours]), SHARE)


def _take(
    frame: pd.DataFrame, ours: str, chosen: dict[str, str], rate: "Callable[[pd.Series[Any]], float]", least: float
) -> None:
    rated = {theirs: rate(frame[theirs]) for theirs in frame.columns if theirs not in chosen.values()}
    best = max(rated, key=lambda theirs: rated[theirs], default=None)
    if best is not None and rated[best] >= least:
        chosen[ours] = best


def _common(seen: frozenset[str], cells: "pd.Series[Any]") -> float:
    """The greater share of two: of the column's values that the logs know, and of the logs' that are in the column."""
    values = {_plain(value) for value in cells.unique() if value.strip()}
    common = len(values & seen)
    return max(common / max(1, len(values)), common / max(1, len(seen))) if common > 2 else 0.0


def _share(fits: Callable[[str], bool], cells: "pd.Series[Any]") -> float:
    values = [value.strip() for value in cells.head(SAMPLE) if value.strip()]
    return sum(map(fits, values)) / len(values) if values else 0.0


def _plain(value: str) -> str:
    """One spelling: domain, case and leading zeros go."""
    return value.strip().lower().rsplit("\\", 1)[-1].split("@", 1)[0].split("^", 1)[0].lstrip("0")


def _network(value: str) -> bool:
    try:
        return "/" in value and bool(ipaddress.ip_network(value, strict=False))
    except ValueError:
        return False


def _zone(value: str) -> bool:
    return ("/" in value or value == "UTC") and zone(value) is not None

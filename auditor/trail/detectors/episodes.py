"""Groups events into episodes: what one actor does without a pause longer than a given time."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from auditor.trail.incident import KEPT_EVENTS, Incident
from auditor.trail.warehouse import Warehouse


def episodes(house: Warehouse, events: str, key: str, minutes: int, extra: str = "") -> pd.DataFrame:
    """One row an episode of the rows that the SQL `events` gives (it must have ev, ts, pat and the key columns).

    `key` is a comma-separated list of columns, `extra` further aggregates. Columns: the key, t0, t1, n, evs, pats,
    people.
    """
    frame = house.query(
        f"""WITH e AS ({events}),
        s AS (SELECT *, CASE WHEN ts - lag(ts) OVER w <= INTERVAL {int(minutes)} MINUTE THEN 0 ELSE 1 END AS fresh
              FROM e WINDOW w AS (PARTITION BY {key} ORDER BY ts)),
        m AS (SELECT *, sum(fresh) OVER (PARTITION BY {key} ORDER BY ts, ev ROWS UNBOUNDED PRECEDING) AS episode FROM s)
        SELECT {key}, episode, min(ts) AS t0, max(ts) AS t1, count(*) AS n,
        list(ev ORDER BY ts)[1:{KEPT_EVENTS}] AS evs,
        coalesce(list(DISTINCT pat) FILTER (pat IS NOT NULL), []) AS pats{", " + extra if extra else ""}
        FROM m GROUP BY {key}, episode ORDER BY t0"""
    )
    return frame


def told_as(
    row: Any,
    kind: str,
    entities: tuple[str, ...],
    score: float,
    why: tuple[str, ...],
    *,
    flags: frozenset[str] = frozenset(),
    measures: Mapping[str, float] | None = None,
) -> Incident:
    """The incident that a row of `episodes` is told as; what it is judged by is how many events it has."""
    start, end, number = moment(row.t0), moment(row.t1), int(row.n)
    events, patients = numbers(row.evs), texts(row.pats)
    return Incident(
        kind, entities, start, end, number, number, events, patients, score, why, flags=flags, measures=measures or {}
    )


def moment(value: Any) -> datetime:
    """A pandas or DuckDB timestamp (UTC, naive) as an aware datetime."""
    stamp = pd.Timestamp(value)
    return datetime.fromtimestamp(stamp.timestamp() if stamp.tzinfo else stamp.tz_localize("UTC").timestamp(), UTC)


def texts(value: Any) -> tuple[str, ...]:
    """A list cell as sorted texts."""
    return tuple(sorted(str(item) for item in value)) if hasattr(value, "__len__") else ()


def numbers(value: Any) -> tuple[int, ...]:
    """A list cell of row numbers."""
    return tuple(int(item) for item in value) if hasattr(value, "__len__") else ()

"""The hour that happens twice: local times without zone are told apart by the order in which they were recorded."""

from datetime import UTC, datetime, timedelta

import pandas as pd

from auditor.trail.warehouse import Warehouse

STEP = pd.Timedelta(minutes=10)


def settle(house: Warehouse, steps: list[tuple[datetime, int]]) -> int:
    """Move what was recorded after the step back by the hour it belongs to; how many events that were.

    All such times were read as the first of the two. Within a log, order of number (or of line) tells when the hour
    began anew: at the first step back of more than 10 minutes.
    """
    moved = 0
    for (moment, seconds), (_, before) in zip(steps[1:], steps[:-1], strict=True):
        if before <= seconds:
            continue
        end = moment.astimezone(UTC).replace(tzinfo=None)
        rows = house.query(
            "SELECT rowid AS id, file, source, seq, line, ts FROM event_rows WHERE local AND ts >= ? AND ts < ?",
            [end - timedelta(seconds=before - seconds), end],
        )
        late = [row for _, part in rows.groupby(["file", "source"]) for row in _second(part)]
        if late:
            house.con.execute(
                f"UPDATE event_rows SET ts = ts + INTERVAL ({before - seconds}) SECOND WHERE list_contains(?, rowid)",
                [late],
            )
        moved += len(late)
    return moved


def _second(part: pd.DataFrame) -> list[int]:
    ordered = part.sort_values("seq" if part["seq"].notna().all() else "line")
    back = (ordered["ts"].diff() < -STEP).to_numpy()
    return [int(row) for row in ordered["id"].to_numpy()[back.argmax() :]] if back.any() else []

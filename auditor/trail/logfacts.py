"""What each log gave: its inventory row with the tally, and facts about rejected lines, times and tampering."""

from pathlib import Path
from typing import Any

from auditor.config.trail import TrailSettings
from auditor.model.facts import Facts, Subject, Value
from auditor.model.outcome import Disposition
from auditor.model.ports import Context
from auditor.model.target import InventoryRow
from auditor.trail.investigate import Investigation
from auditor.trail.reading import ReadLog

SHOWN = 20


def log_readings(
    found: Investigation, context: Context, settings: TrailSettings
) -> list[tuple[InventoryRow, tuple[Facts, ...]]]:
    """A row and facts for each log, in order; compares with the last run when a history is kept."""
    counts = _counts(found)
    remembered: dict[str, dict[str, Value]] = {}
    if settings.history:
        from auditor.trail.history import compare

        remembered = compare(found, (context.base / Path(settings.history).expanduser()).absolute(), context.protector)
    readings: list[tuple[InventoryRow, tuple[Facts, ...]]] = []
    for number, item in enumerate(found.logs):
        values = {**_values(item, counts.get(number, {})), **remembered.get(item.log.name, {})}
        shown = context.protector.path(item.log.name)
        digest = context.protector.digest(item.log.name)
        facts = Facts(Subject("log", f"log|{item.log.name}", shown, digest), values)
        readings.append((_row(item, shown, digest), (facts,)))
    return readings


def _values(item: ReadLog, counts: dict[str, int]) -> dict[str, Value]:
    tally = item.tally
    used = tally.events + tally.rejections
    values: dict[str, Value] = {
        "log_format": item.format,
        "log_lines": tally.lines,
        "log_events": tally.events,
        "log_rejected": tally.rejections,
        "log_rejected_share": round(tally.rejections / used, 4) if used else 0.0,
        "log_repaired": sum(tally.repaired.values()),
        "log_proposed": item.proposed,
        "log_twin": bool(item.twin),
        "log_local_times": counts.get("local", 0),
        "log_future": counts.get("future", 0),
        "log_unnumbered": tally.events > 0 and counts.get("numbered", 0) == 0,
        "log_problems": tuple({"locator": f"line {line}", "reason": reason} for line, reason in tally.examples[:SHOWN]),
    }
    if item.problem:
        values["log_damaged"] = item.problem
    return values


def _counts(found: Investigation) -> dict[int, dict[str, int]]:
    rows: Any = found.house.query(
        """SELECT file, count(*) FILTER (local) AS local, count(*) FILTER (ts > (SELECT now + INTERVAL 1 DAY FROM
        limits)) AS future,
        count(seq) AS numbered FROM events GROUP BY file"""
    )
    return {
        int(row.file): {"local": int(row.local), "future": int(row.future), "numbered": int(row.numbered)}
        for row in rows.itertuples(index=False)
    }


def _row(item: ReadLog, shown: str, digest: str) -> InventoryRow:
    tally = item.tally
    disposition, reason = Disposition.READ, ""
    if item.problem and not tally.events:
        disposition, reason = Disposition.UNREADABLE, item.problem
    elif item.problem:
        disposition, reason = Disposition.PARTLY_READ, item.problem
    elif item.twin:
        disposition, reason = Disposition.SKIPPED, "the same bytes as another log of this run"
    elif not item.format:
        empty = item.size == 0
        disposition = Disposition.SKIPPED if empty else Disposition.UNREADABLE
        reason = "empty" if empty else "no known log format; auditor trail map FILE proposes a mapping"
    elif tally.rejections:
        disposition, reason = (
            Disposition.PARTLY_READ,
            f"{tally.rejections} line{'s' if tally.rejections > 1 else ''} could not be used",
        )
    attributes = {
        "format": item.format,
        "lines": str(tally.lines),
        "events": str(tally.events),
        "rejected": str(tally.rejections),
        "not_audit": str(tally.not_audit),
        "repaired": str(sum(tally.repaired.values())),
        "sha256": item.sha256,
    }
    if tally.examples:
        attributes["first_problem"] = f"line {tally.examples[0][0]}: {tally.examples[0][1]}"
    return InventoryRow("trail", "log", shown, digest, disposition, reason, item.size, attributes)

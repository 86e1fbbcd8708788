"""What each log gave: its inventory row with the tally, and facts about rejected lines, times and tampering."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from auditor.config.trail import TrailSettings
from auditor.model.facts import Facts, Subject, Value
from auditor.model.outcome import Disposition
from auditor.model.ports import Context
from auditor.model.target import InventoryRow
from auditor.trail.investigate import Investigation
from auditor.trail.mapping import plain
from auditor.trail.reading import ReadLog
from auditor.trail.receiver.proof import is_store, prove

_ODD = {
    "future": ("in_future", "later than the run"),
    "disordered": ("out_of_order", "earlier by more than an hour than one before it"),
    "nameless": ("reads_without_patient", "a read without a patient"),
    "repeated": ("repeated", "stands in another log too"),
    "local": ("without_zone", "a time without a zone"),
    "strange": ("of_no_known_kind", "an event of no known kind"),
}
"""What is counted of the events of a log: its name in the inventory row, and what is said of the first line."""


def log_readings(
    found: Investigation, context: Context, settings: TrailSettings
) -> list[tuple[InventoryRow, tuple[Facts, ...]]]:
    """A row and facts for each log, in order; compares with the last run when a history is kept."""
    counts = _counts(found)
    remembered: dict[str, dict[str, Value]] = {}
    if settings.history:
        from auditor.trail.history import compare

        remembered = compare(found, (context.base / Path(settings.history).expanduser()).absolute(), context.protector)
    flawed = _flawed(found.logs)
    readings: list[tuple[InventoryRow, tuple[Facts, ...]]] = []
    for number, item in enumerate(found.logs):
        odd = counts.get(number, {})
        if number in found.repeated:
            odd["repeated"], odd["repeated_line"] = found.repeated[number]
        values = {**_values(item, odd), **remembered.get(item.log.name, {})}
        if number in flawed:
            values["log_changed"] = True
        shown = context.protector.path(item.log.name)
        digest = context.protector.digest(item.log.name)
        facts = Facts(Subject("log", f"log|{item.log.name}", shown, digest), values)
        row = _row(item, shown, digest, _counted(odd))
        readings.append((row, (facts,)))
    return readings


def _flawed(logs: Sequence[ReadLog]) -> set[int]:
    """Numbers of the logs that a receiver stored and that are not as it stored them; where a segment is gone, the first
    of its store."""
    found: set[int] = set()
    stores: dict[Path, list[int]] = {}
    for number, item in enumerate(logs):
        if not item.log.member:
            stores.setdefault(Path(item.log.path).parent, []).append(number)
    for folder, numbers in stores.items():
        if is_store(folder) and (proof := prove(folder)).flaw:
            named = [number for number in numbers if Path(logs[number].log.path).name == proof.segment]
            found.update(named or numbers[:1])
    return found


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
        "log_out_of_order": counts.get("disordered", 0),
        "log_repeated": counts.get("repeated", 0),
        "log_unnumbered": counts.get("kept", 0) > 0 and counts.get("numbered", 0) == 0,
        "log_problems": tuple({"locator": f"line {line}", "reason": reason} for line, reason in tally.examples),
        "log_places": tuple(
            {"locator": f"line {counts[f'{name}_line']}", "reason": f"{said}, the first of {counts[name]}"}
            for name, (_, said) in _ODD.items()
            if counts.get(name)
        ),
    }
    if item.mapping:
        held = {plain(name) for name in item.mapping.header} - {""}  # a line that ends in a separator has a column more
        for name in ("user", "patient"):
            values[f"log_without_{name}"] = plain(item.mapping.columns.get(name, "")) not in held
    if item.problem:
        values["log_damaged"] = item.problem
    return values


def _counts(found: Investigation) -> dict[int, dict[str, int]]:
    """By log: events kept, with local times, in the future, numbered, read without patient, and out of order; and the
    lines at which the first of them stand."""
    rows: Any = found.house.query(
        """WITH n AS (SELECT now + INTERVAL 1 DAY AS late FROM limits)
        SELECT file, count(*) AS kept, count(seq) AS numbered, count(*) FILTER (local) AS local,
        min(line) FILTER (local) AS local_line, count(*) FILTER (ts > late) AS future,
        min(line) FILTER (ts > late) AS future_line, count(*) FILTER (class = 'read' AND pat IS NULL) AS nameless,
        min(line) FILTER (class = 'read' AND pat IS NULL) AS nameless_line,
        count(*) FILTER (class = 'other') AS strange, min(line) FILTER (class = 'other') AS strange_line
        FROM events, n GROUP BY file"""
    )
    names = [name for name in rows.columns if name != "file"]
    counts = {int(row.file): {name: int(getattr(row, name)) for name in names} for row in rows.fillna(0).itertuples()}
    disorder: Any = found.house.query(
        """WITH e AS (SELECT file, line, ts FROM events, limits WHERE ts <= now + INTERVAL 1 DAY),
        b AS (SELECT file, line >> 8 AS part, min(ts) AS t0, max(ts) AS t1 FROM e GROUP BY ALL),
        o AS (SELECT file, part, max(t1) OVER (PARTITION BY file ORDER BY part ROWS BETWEEN UNBOUNDED PRECEDING AND 1
        PRECEDING) AS before, t0, t1 FROM b),
        late AS (SELECT file, part, before FROM o WHERE t0 < before - INTERVAL 1 HOUR OR t1 - t0 > INTERVAL 1 HOUR),
        w AS (SELECT e.file, e.line, e.ts, greatest(l.before, max(e.ts) OVER (PARTITION BY e.file, l.part
        ORDER BY e.line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS before
        FROM e JOIN late l ON l.file = e.file AND l.part = e.line >> 8)
        SELECT file, count(*) AS n, min(line) AS line FROM w WHERE ts < before - INTERVAL 1 HOUR GROUP BY file"""
    )
    for row in disorder.itertuples(index=False):
        counts[int(row.file)] |= {"disordered": int(row.n), "disordered_line": int(row.line)}
    return counts


def _counted(counts: dict[str, int]) -> dict[str, str]:
    """What is odd about the events of a log, each with the line of the first, for its inventory row."""
    return {
        told: f"{counts[name]}, first at line {counts[f'{name}_line']}"
        for name, (told, _) in _ODD.items()
        if counts.get(name)
    }


def _row(item: ReadLog, shown: str, digest: str, counted: dict[str, str]) -> InventoryRow:
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
        **counted,
    }
    if tally.examples:
        attributes["first_problem"] = f"line {tally.examples[0][0]}: {tally.examples[0][1]}"
    return InventoryRow("trail", "log", shown, digest, disposition, reason, item.size, attributes)

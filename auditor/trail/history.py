"""What the last run read, to notice records that were there and are gone. Numbers and hashes only, readable by the
owner."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from auditor.model.facts import Value
from auditor.model.ports import Protector
from auditor.trail.investigate import Investigation
from auditor.trail.reading import ReadLog

HEAD = 1 << 20


def compare(found: Investigation, file: Path, protector: Protector) -> dict[str, dict[str, Value]]:
    """Facts by log name about what changed since the last run; then this run is remembered in `file`.

    `log_vanished` counts numbers a source had last time and has not now, within the numbers it still covers; it is told
    with the first log. `log_changed` says that the first part of a log, as long as it was last time, has other bytes.
    Names of logs and sources are kept as keyed digests.
    """
    before = _load(file)
    now: dict[str, Any] = {"logs": {}, "sources": {}}
    facts: dict[str, dict[str, Value]] = {}
    for item in found.logs:
        key = protector.digest(item.log.name)
        old = before.get("logs", {}).get(key)
        size = int(old["size"]) if old else 0
        if old and item.log.plain:
            facts[item.log.name] = {"log_changed": item.size < size or _head(item, int(old["length"])) != old["sha256"]}
        length = min(item.size, HEAD)
        now["logs"][key] = {"size": item.size, "length": length, "sha256": _head(item, length)}
    vanished = _vanished(found, before.get("sources", {}), now["sources"], protector)
    if found.logs and before:
        facts.setdefault(found.logs[0].log.name, {})["log_vanished"] = vanished
    _save(file, now)
    return facts


def _vanished(found: Investigation, before: dict[str, Any], now: dict[str, Any], protector: Protector) -> int:
    """Compare the runs of numbers of each source."""
    gone = 0
    rows = found.house.query(
        """SELECT source, min(seq) AS first, max(seq) AS last, count(*) AS n FROM (SELECT source, seq, seq -
        row_number() OVER
        (PARTITION BY source ORDER BY seq) AS run FROM (SELECT DISTINCT source, seq FROM events WHERE seq IS NOT NULL))
        GROUP BY source, run ORDER BY source, first LIMIT 1000000"""
    )
    for source, runs in rows.groupby("source"):
        key = protector.digest(str(source))
        spans = [(int(row.first), int(row.last)) for row in runs.itertuples(index=False)]
        now[key] = spans
        for first, last in before.get(key, ()):
            low, high = max(first, spans[0][0]), last
            if high >= low:
                kept = sum(max(0, min(high, end) - max(low, start) + 1) for start, end in spans)
                gone += high - low + 1 - kept
    return gone


def _head(item: ReadLog, length: int) -> str:
    try:
        with Path(item.log.path).open("rb") as stream:
            return hashlib.sha256(stream.read(length)).hexdigest()
    except OSError:
        return ""


def _load(file: Path) -> dict[str, Any]:
    try:
        loaded = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _save(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(file.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)

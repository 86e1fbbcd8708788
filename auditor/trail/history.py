"""What the last run read, to notice records that were there and are gone. Numbers and hashes only, readable by the
owner.

A log of the last run is known again by its content, whatever it is called and packed in now: as the whole or as the
beginning of a log. What is not found again was rewritten, or is gone; what ended before the first records that are
left of its sources was rotated away after its time.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from auditor.model.facts import Value
from auditor.model.ports import Protector
from auditor.trail.investigate import Investigation
from auditor.trail.opening import DAMAGE, blocks
from auditor.trail.reading import ReadLog

VERSION = 2
_LAST = "9999-12-31T23:59:59"


def compare(found: Investigation, file: Path, protector: Protector) -> dict[str, dict[str, Value]]:
    """Facts by log name about what changed since the last run; then this run is remembered in `file`.

    `log_vanished` counts numbers a source had last time and has not now, and records without numbers of logs that are
    gone; it is told with the first log. `log_changed` says that what a log of that name held last time is nowhere to
    be found. Names of logs and sources are kept as keyed digests.
    """
    before = _load(file)
    old: dict[str, dict[str, Any]] = before.get("logs", {})
    held, now = _held(found, protector), dict[str, dict[str, Any]]()
    contents: set[tuple[int, str]] = set()
    names: dict[str, str] = {}
    for number, item in enumerate(found.logs):
        if item.twin:
            continue
        key = protector.digest(item.log.name)
        if item.unread:  # it is told as that; what it held stays in mind
            now |= {key: old[key]} if key in old else {}
            contents |= {(old[key]["length"], old[key]["sha256"])} if key in old else set()
            continue
        marks = _marks(item, {int(entry["length"]) for entry in old.values()})
        names[key], length = item.log.name, max(marks)
        contents |= set(marks.items())
        now[key] = {"length": length, "sha256": marks[length], **held.get(number, {"loose": 0, "last": {}})}
    sources = _sources(found, protector)
    facts: dict[str, dict[str, Value]] = {name: {"log_changed": False} for key, name in names.items() if key in old}
    vanished = sum(_vanished(old_, sources, name) for name, old_ in before.get("sources", {}).items())
    for key, entry in old.items():
        if (entry["length"], entry["sha256"]) in contents or _expired(entry["last"], sources):
            continue
        if key in names:
            facts[names[key]]["log_changed"] = True
        else:
            vanished += int(entry["loose"])
    if found.logs and before:
        facts.setdefault(found.logs[0].log.name, {})["log_vanished"] = vanished
    _save(file, {"version": VERSION, "logs": now, "sources": sources})
    return facts


def _marks(item: ReadLog, lengths: Iterable[int]) -> dict[int, str]:
    """SHA-256 of the log's content as far as each of the lengths that it reaches, and of the whole."""
    digest, place, marks = hashlib.sha256(), 0, dict[int, str]()
    wanted = sorted(lengths)
    try:
        for block in blocks(item.log, by_line=False):
            start = 0
            while wanted and wanted[0] <= place + len(block):
                end = wanted.pop(0) - place
                digest.update(block[start:end])
                marks[place + end], start = digest.hexdigest(), end
            digest.update(block[start:])
            place += len(block)
    except DAMAGE:
        pass  # told where the log was read; up to here it can be known again
    return {**marks, place: digest.hexdigest()}


def _held(found: Investigation, protector: Protector) -> dict[int, dict[str, Any]]:
    """By log: how many records without numbers it holds, and when the last of each source was."""
    rows = found.house.query(
        "SELECT file, source, count(*) - count(seq) AS loose, max(ts) AS last FROM events GROUP BY file, source"
    )
    held: dict[int, dict[str, Any]] = {}
    for row in rows.itertuples(index=False):
        entry = held.setdefault(int(row.file), {"loose": 0, "last": {}})
        entry["loose"] += int(row.loose)
        entry["last"][protector.digest(str(row.source))] = _text(row.last)
    return held


def _sources(found: Investigation, protector: Protector) -> dict[str, dict[str, Any]]:
    """By source: the runs of its numbers, and when its first records were (few strays left out) and its last."""
    spans = found.house.query(
        """SELECT source, min(seq) AS first, max(seq) AS last FROM (SELECT source, seq, seq - row_number() OVER
        (PARTITION BY source ORDER BY seq) AS run FROM (SELECT DISTINCT source, seq FROM events WHERE seq IS NOT NULL))
        GROUP BY source, run ORDER BY source, first"""
    )
    times = found.house.query(
        "SELECT source, approx_quantile(ts, 0.001) AS first, max(ts) AS last FROM events GROUP BY source"
    )
    sources: dict[str, dict[str, Any]] = {
        str(row.source): {"runs": [], "first": _text(row.first), "last": _text(row.last)}
        for row in times.itertuples(index=False)
    }
    for row in spans.itertuples(index=False):
        sources[str(row.source)]["runs"].append((int(row.first), int(row.last)))
    return {protector.digest(name): entry for name, entry in sources.items()}


def _vanished(old: Mapping[str, Any], sources: Mapping[str, Mapping[str, Any]], name: str) -> int:
    """How many numbers of a source are not there any more, among those that it still covers."""
    runs: Sequence[tuple[int, int]] = sources[name]["runs"] if name in sources else ()
    if not runs and _expired({name: old["last"]}, sources):
        return 0
    gone = 0
    for first, last in old["runs"]:
        low = max(first, runs[0][0]) if runs else first
        if last >= low:
            gone += last - low + 1 - sum(max(0, min(last, end) - max(low, start) + 1) for start, end in runs)
    return gone


def _expired(last: Mapping[str, str], sources: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether all records ended before the first that are left: of their sources, or of any where these are gone."""
    left = [entry["first"] for name, entry in sources.items() if name in last] or [
        entry["first"] for entry in sources.values()
    ]
    return max(last.values(), default="") <= min(left, default=_LAST)


def _text(moment: Any) -> str:
    stamp: datetime = moment.to_pydatetime()
    return stamp.isoformat(timespec="seconds")


def _load(file: Path) -> dict[str, Any]:
    try:
        loaded = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) and loaded.get("version") == VERSION else {}


def _save(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(file.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)

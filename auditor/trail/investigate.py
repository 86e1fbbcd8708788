"""One investigation: logs and context in; incidents, logs with their tallies, and the context used out."""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from auditor.config.trail import TrailSettings
from auditor.trail import circles, reading, reasons, sifting
from auditor.trail.build import build
from auditor.trail.context.loading import Loaded, load
from auditor.trail.context.recognising import met
from auditor.trail.context.shelf import shelve
from auditor.trail.detectors import DETECTORS
from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import moment
from auditor.trail.incident import Incident
from auditor.trail.opening import LogFile, find
from auditor.trail.reading import ReadLog
from auditor.trail.warehouse import Warehouse

EXPLAINING = frozenset({"care", "encounters", "worklist"})
"""Tables without which next to no access can be explained."""
NEEDS_ALL = EXPLAINING | {"shifts", "patients", "roster"}
"""Tables with which every access of every patient has to be looked at."""


@dataclass(slots=True)
class Investigation:
    """What came of it. `house` is open until the `with` block that made the investigation ends. `repeated` counts, by
    number of the log, records that stood in another log already, and the line of the first."""

    house: Warehouse
    logs: list[ReadLog]
    context: Loaded
    zone: str
    incidents: list[Incident] = field(default_factory=list)
    repeated: dict[int, tuple[int, int]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def find_logs(arguments: Sequence[str], base: Path) -> list[LogFile]:
    """Every log under the arguments, each once, rotated sets in order."""
    found: dict[tuple[str, str], LogFile] = {}
    for argument in arguments:
        for log in find((base / Path(argument).expanduser()).absolute()):
            found.setdefault((log.path, log.member), log)
    return list(found.values())


def open_investigation(
    stack: ExitStack,
    logs: Sequence[LogFile],
    settings: TrailSettings,
    context: Path | None,
    now: datetime,
    workers: int = 0,
) -> Investigation:
    """Read logs and context into a warehouse that lives as long as `stack`, and explain every access."""
    loaded = load(context, settings.context_columns)
    zones = _zones(loaded)
    zone = settings.zone or _usual(zones)
    items = reading.survey(logs, settings.tables)
    house = stack.enter_context(Warehouse())
    with reading.hashed(items):
        house.stage(reading.run(items, workers))
        build(house, items, zones, zone, now)
    sifting.sift(house)
    repeated = sifting.drop_repeated(house)
    sifting.survey(house)
    if loaded.unplaced:
        loaded = load(context, settings.context_columns, met(house))
    shelve(house, loaded)
    asked = bool(loaded.frames.keys() & NEEDS_ALL)
    reasons.explain(house, whole=asked or circles.learnable(house), known=bool(loaded.frames.keys() & EXPLAINING))
    return Investigation(house, items, loaded, zone, repeated=repeated)


def detect(found: Investigation, now: datetime) -> None:
    """Run every detector; one that fails is named in `failed` and the others go on."""
    house = found.house
    house.con.execute("CREATE OR REPLACE TABLE claimed (id BIGINT)")
    span = house.query("SELECT min(ts) AS a, max(ts) AS b FROM events")
    if span["a"].isna().all():
        return
    scene = Scene(
        house,
        now,
        frozenset(found.context.frames),
        bool(found.context.frames.keys() & EXPLAINING),
        moment(span["a"][0]),
        moment(span["b"][0]),
        {number: sorted(item.tally.places) for number, item in enumerate(found.logs)},
    )
    for detector in DETECTORS:
        try:
            found.incidents += detector.find(scene)
        except Exception as error:
            found.failed[detector.name] = type(error).__name__
    found.incidents = told_apart(told_once(found.incidents))
    found.incidents = name_events(house, found.logs, sorted(found.incidents, key=lambda item: (-item.score, item.key)))


def told_once(incidents: Sequence[Incident]) -> list[Incident]:
    """Leave out an incident of which an earlier detector's, about the same people, has told half the events or more."""
    kept: list[Incident] = []
    told: dict[int, set[str]] = {}
    for incident in incidents:
        people = set(incident.entities)
        again = sum(1 for event in incident.events if told.get(event, set()) & people)
        if not again or 2 * again < len(incident.events):
            kept.append(incident)
            for event in incident.events:
                told.setdefault(event, set()).update(people)
    return kept


def told_apart(incidents: Sequence[Incident]) -> list[Incident]:
    """Give stories that would have the same key, as two of one person on one day, keys of their own, by order."""
    seen: Counter[str] = Counter()
    apart = []
    for incident in sorted(incidents, key=lambda item: (item.start, item.entities)):
        seen[incident.key] += 1
        number = seen[incident.key]
        apart.append(incident if number == 1 else replace(incident, story=f"{incident.key}|{number}"))
    return apart


def name_events(house: Warehouse, logs: Sequence[ReadLog], incidents: Sequence[Incident]) -> list[Incident]:
    """Fill in `SOURCE:number` and `file:line` of every event kept in the incidents."""
    wanted = sorted({event for incident in incidents for event in incident.events})
    names: dict[int, tuple[str, str]] = {}
    if wanted:
        rows = house.query("SELECT ev, source, seq, file, line FROM events WHERE ev IN (SELECT unnest(?))", [wanted])
        for row in rows.itertuples(index=False):
            number = f"{row.source}:{int(row.seq)}" if pd.notna(row.seq) else ""
            names[int(row.ev)] = (number, f"{logs[int(row.file)].log.name}:{int(row.line)}")
    return [
        incident.with_events(
            tuple(names[event][0] for event in incident.events if names.get(event, ("", ""))[0]),
            tuple(names[event][1] for event in incident.events if event in names),
        )
        for incident in incidents
    ]


def _zones(loaded: Loaded) -> dict[str, str]:
    frame = loaded.frames.get("sources")
    if frame is None or "zone" not in frame:
        return {}
    return dict(zip(frame["source"], frame["zone"], strict=True))


def _usual(zones: dict[str, str]) -> str:
    names = [name for name in zones.values() if name]
    return max(sorted(set(names)), key=names.count) if names else "UTC"

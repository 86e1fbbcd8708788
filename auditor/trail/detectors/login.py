"""Log-ins: guessing at one account, spraying over many, and success after failures."""

from typing import Any

import pandas as pd

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import episodes, moment, numbers, texts
from auditor.trail.incident import Incident

FAILED = (
    "SELECT ev, ts, NULL AS pat, usr, ip, coalesce(ip, usr, '?') AS origin FROM events WHERE class = 'login' AND NOT ok"
)
LEAST = 8
SPRAYED = 4


def find(scene: Scene) -> list[Incident]:
    """Guessing by origin first; what is left is looked at by account, over a whole day."""
    found = [_by_origin(scene, row) for row in _origins(scene).itertuples(index=False)]
    kept = [incident for incident in found if incident is not None]
    told = {event for incident in kept for event in incident.events}
    slow = episodes(
        scene.house,
        FAILED + " AND usr IS NOT NULL",
        "usr",
        60 * 12,
        "count(DISTINCT ip) AS ips, list(DISTINCT ip) AS addresses",
    )
    for row in slow.itertuples(index=False):
        if row.n >= 2 * LEAST and not told & set(numbers(row.evs)):
            kept.append(_incident(scene, "brute_force", (row.usr, *texts(row.addresses)[:3]), row, frozenset({"slow"})))
    return kept


def _origins(scene: Scene) -> pd.DataFrame:
    return episodes(
        scene.house,
        FAILED,
        "origin",
        90,
        "count(DISTINCT usr) AS users, list(DISTINCT usr) FILTER (usr IS NOT NULL) AS names",
    )


def _by_origin(scene: Scene, row: Any) -> Incident | None:
    names, count, users = texts(row.names), int(row.n), int(row.users)
    if users >= SPRAYED and count <= 6 * users:
        kind, entities = "password_spraying", (row.origin, *names[:50])
    elif count >= LEAST or (count >= 5 and _outside(scene, row.origin)):
        kind, entities = "brute_force", (row.origin, *names[:5])
    else:
        return None
    return _incident(scene, kind, tuple(dict.fromkeys(entities)), row, frozenset())


def _outside(scene: Scene, origin: str) -> bool:
    found = scene.house.query("SELECT outside FROM hosts WHERE ip = ?", [origin])
    return bool(len(found) and found["outside"][0])


def _incident(scene: Scene, kind: str, entities: tuple[str, ...], row: object, flags: frozenset[str]) -> Incident:
    start, end = moment(row.t0), moment(row.t1)  # type: ignore[attr-defined]
    after = scene.house.query(
        """SELECT ev, ts FROM events WHERE class = 'login' AND ok AND list_contains(?, coalesce(ip, '')) AND
        list_contains(?, usr)
        AND ts BETWEEN ? AND ?::TIMESTAMP + INTERVAL 30 MINUTE ORDER BY ts LIMIT 5""",
        [list(entities), list(entities), row.t0, row.t1],  # type: ignore[attr-defined]
    )
    events = numbers(row.evs) + numbers(list(after["ev"]))  # type: ignore[attr-defined]
    if len(after):
        flags, end = flags | {"succeeded"}, max(end, moment(after["ts"].max()))
    if _outside(scene, entities[0]):
        flags |= {"outside"}
    count = int(row.n)  # type: ignore[attr-defined]
    why = [f"{count} failed log-ins in {max(1, round((end - start).total_seconds() / 60))} minutes"]
    if "succeeded" in flags:
        why.append("a log-in from the same place succeeded afterwards")
    score = min(100.0, 40 + count / 2 + (30 if "succeeded" in flags else 0) + (10 if "outside" in flags else 0))
    return Incident(kind, entities, start, end, count, count, events, (), score, tuple(why), flags=flags)

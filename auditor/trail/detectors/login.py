"""Log-ins: guessing at one account, spraying over many, slow versions of both, and success after failures."""

from typing import Any

import pandas as pd

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import episodes, moment, numbers, texts
from auditor.trail.incident import Incident

FAILED = (
    "SELECT ev, ts, NULL AS pat, usr, ip, coalesce(ip, usr, '?') AS origin FROM events WHERE class = 'login' AND NOT ok"
)
STRANGE = """SELECT e.ev, e.ts, NULL AS pat, e.usr, e.ip, h.net FROM events e JOIN hosts h ON h.ip = e.ip
 WHERE e.class = 'login' AND NOT e.ok AND h.net IN (SELECT g.net FROM events o JOIN hosts g ON g.ip = o.ip
  WHERE o.class = 'login' GROUP BY g.net HAVING count(*) FILTER (o.ok) <= 0.2 * count(*))"""
"""Failures from networks from which next to no log-in ever succeeded."""
_NAMES = (
    "count(DISTINCT usr) AS users, list(DISTINCT usr) FILTER (usr IS NOT NULL) AS names, "
    "list(DISTINCT ip) FILTER (ip IS NOT NULL) AS addresses"
)
LEAST, FEW = 8, 5
SPRAYED = 4


def find(scene: Scene) -> list[Incident]:
    """By address first, then what is left by network over days, and by account over half a day."""
    found: list[Incident] = []
    outside = frozenset(scene.house.query("SELECT ip FROM hosts WHERE outside")["ip"])
    for pattern, key, pause in (
        (FAILED, "origin", 90),
        (STRANGE, "net", 60 * 26),
        (FAILED + " AND usr IS NOT NULL", "usr", 60 * 12),
    ):
        told = {event for incident in found for event in incident.events}
        rows = episodes(scene.house, pattern, key, pause, _NAMES)
        for row in rows[(rows["n"] >= FEW) | (rows["users"] >= SPRAYED)].itertuples(index=False):
            if not told & set(numbers(row.evs)):
                found += _judge(scene, row, key, outside)
            elif key != "origin":
                found += _rest(scene, row, key, told, outside)
    return found


def _rest(scene: Scene, row: Any, key: str, told: set[int], outside: frozenset[str]) -> list[Incident]:
    """What is left of a slow episode when an earlier story has told a part of it."""
    left = [event for event in numbers(row.evs) if event not in told]
    if len(left) < LEAST:
        return []
    again = episodes(
        scene.house,
        f"SELECT *, 1 AS k FROM ({FAILED}) WHERE ev IN (SELECT unnest({left}))",
        "k",
        60 * 24 * 90,
        _NAMES,
    )
    return [incident for part in again.itertuples(index=False) for incident in _judge(scene, part, key, outside)]


def _judge(scene: Scene, row: Any, key: str, outside: frozenset[str]) -> list[Incident]:
    names, addresses, count, users = texts(row.names), texts(row.addresses), int(row.n), int(row.users)
    abroad = not outside.isdisjoint(addresses)
    flags = frozenset(["slow"] * (key != "origin") + ["outside"] * abroad)
    entities = (*addresses[:5], *names[:50])
    if users >= SPRAYED and _gateway(scene, row, addresses):
        return []
    if users >= SPRAYED and count <= 6 * users:
        return [_incident(scene, "password_spraying", entities, row, flags)]
    least = 2 * LEAST if key == "usr" else LEAST
    if count >= least or (count >= FEW and abroad and key == "origin"):
        first = (*names[:1], *addresses[:3]) if key == "usr" else (*addresses[:3], *names[:5])
        return [_incident(scene, "brute_force", first, row, flags)]
    return []


def _gateway(scene: Scene, row: Any, addresses: tuple[str, ...]) -> bool:
    """Whether many people behind one address mistype: more log-ins succeeded from there meanwhile than failed, or most
    of those who failed got in."""
    good = scene.house.query(
        "SELECT count(*) AS n, count(DISTINCT usr) FILTER (list_contains(?, usr)) AS same FROM events WHERE class = "
        "'login' AND ok AND list_contains(?, ip) AND ts BETWEEN ?::TIMESTAMP - INTERVAL 30 MINUTE AND ?::TIMESTAMP + "
        "INTERVAL 30 MINUTE",
        [list(texts(row.names)), list(addresses), row.t0, row.t1],
    )
    return bool(int(good["n"][0]) > int(row.n) or int(good["same"][0]) > 0.6 * int(row.users))


def _incident(scene: Scene, kind: str, entities: tuple[str, ...], row: Any, flags: frozenset[str]) -> Incident:
    start, end = moment(row.t0), moment(row.t1)
    after = _after(scene, entities, row)
    events = numbers(row.evs) + numbers(list(after["ev"]))
    if len(after):
        flags, end = flags | {"succeeded"}, max(end, moment(after["ts"].max()))
    count, minutes = int(row.n), max(1, round((end - start).total_seconds() / 60))
    span = f"{minutes} minutes" if minutes < 180 else f"{round(minutes / 60)} hours"
    why = [f"{count} failed log-ins in {span}"]
    if "succeeded" in flags:
        why.append("a log-in from the same place succeeded afterwards")
    score = min(100.0, 40 + count / 2 + (30 if "succeeded" in flags else 0) + (10 if "outside" in flags else 0))
    names = tuple(dict.fromkeys(entities)) or ("?",)
    return Incident(kind, names, start, end, count, count, events, (), score, tuple(why), flags=flags)


def _after(scene: Scene, entities: tuple[str, ...], row: Any) -> pd.DataFrame:
    """Log-ins of the same accounts from the same addresses that succeeded, up to half an hour later."""
    return scene.house.query(
        """SELECT ev, ts FROM events WHERE class = 'login' AND ok AND list_contains(?, coalesce(ip, '')) AND
        list_contains(?, usr)
        AND ts BETWEEN ? AND ?::TIMESTAMP + INTERVAL 30 MINUTE ORDER BY ts LIMIT 5""",
        [list(entities), list(entities), row.t0, row.t1],
    )

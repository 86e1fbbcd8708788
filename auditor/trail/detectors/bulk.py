"""Many studies at once: retrieved, moved to new places, put on media, deleted."""

from typing import Any

import pandas as pd

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import episodes, texts, told_as
from auditor.trail.detectors.nodes import PULLED
from auditor.trail.incident import Incident

NOT_EXPLAINED = """NOT EXISTS (SELECT 1 FROM touches t JOIN reasons r ON r.id = t.id WHERE t.usr = e.usr AND t.pat =
e.pat
 AND abs(date_diff('day', t.day, e.lts)) <= 1 AND r.reason IN ({0}))"""
RETRIEVE = "'care_team','attending','order','worklist','reading','approval','conference','release'"
PRINTED = ("print", "film", "paper")
LEAST = {"retrieve": 15, "export": 3, "unasked": 8, "delete": 8, "move": 3}
HABIT = 10
WHOLE = 60 * 24 * 14
"""Minutes without more of it after which a series that runs over weeks has ended."""


def find(scene: Scene) -> list[Incident]:
    """Moves first, since a move to a new place is more than a retrieval."""
    moves = _moves(scene)
    told = {(incident.entities[0], incident.entities[-1]) for incident in moves}
    return [*moves, *_retrievals(scene, told), *_exports(scene), *_deletions(scene)]


def _destinations(scene: Scene) -> pd.DataFrame:
    """Every destination: whether it is known, since when, and when it was first met in the logs."""
    return scene.house.query(
        """SELECT e.dst_ae, min(e.lts) AS met, count(*) AS n, coalesce(min(e.usr) = max(e.usr), false) AS single,
        max(e.lts) - min(e.lts) < INTERVAL 2 DAY AS brief,
        any_value(i.title) AS title, max(i.approved) AS approved,
        any_value(i.since) AS since,
        coalesce(bool_and(e.usr IN (SELECT usr FROM people WHERE job = 'service')), false) AS service
        FROM events e LEFT JOIN c_inventory i ON upper(i.title) = upper(e.dst_ae)
        WHERE e.class IN ('retrieve', 'begin') AND e.dst_ae IS NOT NULL GROUP BY e.dst_ae"""
    )


def _moves(scene: Scene) -> list[Incident]:
    found = []
    for place in _destinations(scene).itertuples(index=False):
        strange = _strange(scene, place)
        if not strange:
            continue
        rows = episodes(
            scene.house,
            f"""SELECT e.ev, e.ts, e.pat, coalesce(e.usr, e.ip, e.src_ae, '?') AS actor FROM events e WHERE e.class =
            'retrieve'
            AND e.dst_ae = '{place.dst_ae.replace("'", "''")}'
            AND NOT {PULLED} AND {NOT_EXPLAINED.format("'approval','release'")}""",
            "actor",
            WHOLE,
        )
        found += [
            told_as(
                row,
                "bulk_move_new_dest",
                (row.actor, place.dst_ae),
                min(100.0, 60 + row.n / 5),
                (f"{row.n} studies were sent to a place that {strange}",),
                flags=frozenset({"new_destination"}),
            )
            for row in rows.itertuples(index=False)
            if row.n >= LEAST["move"]
        ]
    return found


def _strange(scene: Scene, place: object) -> str:
    title, approved, since = place.title, place.approved, place.since  # type: ignore[attr-defined]
    if "inventory" in scene.has:
        if not isinstance(title, str):
            return "no inventory lists"
        if approved == "0":
            return "is not approved"
        if pd.notna(since) and since > place.met:  # type: ignore[attr-defined]
            return "was approved only later"
        return ""
    if place.service:  # type: ignore[attr-defined]
        return ""
    late = (pd.Timestamp(place.met) - pd.Timestamp(scene.first.replace(tzinfo=None))).days  # type: ignore[attr-defined]
    return "was never used before" if late >= 2 and bool(place.single) and bool(place.brief) else ""  # type: ignore[attr-defined]


def _retrievals(scene: Scene, told: set[tuple[str, str]]) -> list[Incident]:
    rows = episodes(
        scene.house,
        f"""SELECT e.ev, e.ts, e.pat, e.usr, coalesce(e.dst_ae, '') AS dst, e.instances FROM events e LEFT JOIN people
        p ON p.usr = e.usr
        SEMI JOIN (SELECT usr, day FROM activity WHERE retrieves >= 8) a ON a.usr = e.usr
          AND a.day = date_trunc('day', e.lts)
        WHERE e.class = 'retrieve' AND e.usr IS NOT NULL AND coalesce(p.job, '') <> 'service' AND
        {NOT_EXPLAINED.format(RETRIEVE)}""",
        "usr, dst",
        30,
    )
    usual = _usual(scene) if len(rows) else {}
    found = []
    for row in rows.itertuples(index=False):
        limit = max(LEAST["retrieve"], 3 * usual.get(row.usr, 0))
        if row.n < limit or (row.usr, row.dst) in told or len(row.pats) < 5:
            continue
        minutes = max(1.0, (row.t1 - row.t0).total_seconds() / 60)
        why = (
            f"{row.n} studies of {len(row.pats)} patients in {round(minutes)} minutes, "
            "none of them ordered, reported or approved",
        )
        entities = (row.usr, row.dst) if row.dst else (row.usr,)
        found.append(
            told_as(
                row,
                "bulk_download",
                entities[:1],
                min(100.0, 50 + row.n / 4),
                why,
                measures={"per_minute": row.n / minutes},
            )
        )
    return found


def _usual(scene: Scene) -> dict[str, float]:
    """What a user retrieves in an hour on a usual day: the median of the hours with any."""
    rows = scene.house.query(
        """SELECT usr, median(n) AS n FROM (SELECT usr, date_trunc('hour', ts) AS h, count(*) AS n FROM events
        WHERE class = 'retrieve' AND usr IN (SELECT usr FROM activity WHERE retrieves >= 8) GROUP BY ALL) GROUP BY usr
        HAVING count(*) >= 10"""
    )
    return dict(zip(rows["usr"], rows["n"], strict=True))


def _exports(scene: Scene) -> list[Incident]:
    reasons = "'approval','release','ticket','order'"
    rows = episodes(
        scene.house,
        f"""SELECT e.ev, e.ts, e.pat, e.usr, e.dst_ae, e.media FROM rare e LEFT JOIN people p ON p.usr = e.usr
        WHERE e.class = 'export' AND e.usr IS NOT NULL AND coalesce(p.job, '') <> 'service' AND
        {NOT_EXPLAINED.format(reasons)}""",
        "usr",
        180,
        "list(DISTINCT dst_ae) FILTER (dst_ae IS NOT NULL) AS places, "
        "list(DISTINCT media) FILTER (media IS NOT NULL) AS media",
    )
    least = LEAST["export"] if "releases" in scene.has else max(LEAST["unasked"], _habit(rows))
    found = []
    for row in rows.itertuples(index=False):
        if row.n < least:
            continue
        words = " ".join(texts(row.media) + texts(row.places)).lower()
        printed = any(word in words for word in PRINTED)
        why = (f"{row.n} studies of {len(row.pats)} patients were put on media or printed without a request",)
        found.append(
            told_as(
                row,
                "print_export" if printed else "media_export",
                (row.usr, *texts(row.places)[:3]),
                min(95.0, 55 + row.n),
                why,
            )
        )
    return found


def _habit(runs: pd.DataFrame) -> int:
    """Four times what is put on media at a time; a few runs are no habit, they may all be thefts."""
    return int(runs["n"].median() * 4) if len(runs) >= HABIT else 0


def _deletions(scene: Scene) -> list[Incident]:
    """Many within minutes; then, where tickets are kept, whatever else a person deleted without one, as one story."""
    without = """SELECT e.ev, e.ts, e.pat, e.usr FROM rare e LEFT JOIN people p ON p.usr = e.usr WHERE e.class =
        'delete' AND e.usr IS NOT NULL AND NOT (coalesce(p.job, '') = 'service' AND e.usr IN (SELECT usr FROM rare
        WHERE class = 'delete' AND usr IS NOT NULL GROUP BY usr HAVING count(DISTINCT date_trunc('day', lts)) >= 5))
        AND NOT EXISTS (SELECT 1 FROM c_tickets k WHERE (k.accession IS NOT NULL AND k.accession = e.accession OR
        k.patient = e.pat)
        AND e.lts BETWEEN k.start - INTERVAL 1 DAY AND k.start + INTERVAL 21 DAY)"""
    rows = episodes(scene.house, without, "usr", 60)
    found = [_deleted(row, "mass_delete") for row in rows.itertuples(index=False) if row.n >= LEAST["delete"]]
    if "tickets" not in scene.has:
        return found
    told = {event for incident in found for event in incident.events}
    rest = episodes(
        scene.house, without + (f" AND e.ev NOT IN ({', '.join(map(str, told))})" if told else ""), "usr", 60 * 24 * 7
    )
    for row in rest.itertuples(index=False):
        if row.n >= 2 * LEAST["delete"]:
            found.append(_deleted(row, "mass_delete", frozenset({"slow"})))
        else:
            found.append(_deleted(row, "delete_without_ticket"))
    return found


def _deleted(row: Any, kind: str, flags: frozenset[str] = frozenset()) -> Incident:
    score = min(100.0, 70 + row.n / 2) if kind == "mass_delete" else min(68.0, 50.0 + row.n)
    return told_as(
        row,
        kind,
        (row.usr,),
        score,
        (f"{row.n} studies of {len(row.pats)} patients were deleted without a ticket",),
        flags=flags,
    )

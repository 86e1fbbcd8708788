"""One account in two places: farther apart than anyone travels, or side by side in turns."""

import pandas as pd

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import moment, numbers, texts, told_as
from auditor.trail.incident import Incident

FASTEST_KMH = 160.0
OUTSIDE_KM = 120.0
SWITCHES = 3
QUICK, OFTEN = 3, 4
"""Minutes within which nobody changes desks, and days on which that must have happened there and back."""


def find(scene: Scene) -> list[Incident]:
    """Both need the account to act from two addresses that are not workplaces everybody shares."""
    switches = _switches(scene)
    found = [*_travel(scene, switches), *_shared(scene, switches), *_outside(scene)]
    for incident in found:
        rows = scene.house.query(
            "SELECT t.id FROM touches t WHERE t.usr = ? AND list_contains(?, t.pat) AND t.ts1 >= ? AND t.ts0 <= ?",
            [
                incident.entities[0],
                list(incident.patients),
                incident.start.replace(tzinfo=None),
                incident.end.replace(tzinfo=None),
            ],
        )
        scene.claim(list(rows["id"]))
    return found


def _switches(scene: Scene) -> pd.DataFrame:
    """Every change of address of a person's account within an hour, devices and shared workplaces left out."""
    return scene.house.query(
        """WITH busy AS (SELECT ip FROM (SELECT DISTINCT usr, ip0 AS ip FROM activity UNION SELECT DISTINCT usr, ip1
        FROM activity)
          WHERE ip IS NOT NULL GROUP BY ip HAVING count(DISTINCT usr) >= 4),
        days AS (SELECT usr, day, ip0, ip1, lag(ip1) OVER w AS ip_before, lag(day) OVER w AS day_before FROM activity
          WINDOW w AS (PARTITION BY usr ORDER BY day)),
        moving AS (SELECT usr, day FROM days WHERE ip0 <> ip1 OR ip0 <> ip_before
          UNION SELECT usr, day_before FROM days WHERE (ip0 <> ip1 OR ip0 <> ip_before) AND day_before IS NOT NULL),
        e AS (SELECT e.ev, e.ts, e.usr, e.ip, e.pat, h.site, coalesce(h.km, 0) AS km, h.outside, h.net,
        lag(e.ip) OVER w AS ip0, lag(e.ts) OVER w AS ts0, lag(e.ev) OVER w AS ev0, lag(h.site) OVER w AS site0,
        lag(coalesce(h.km, 0)) OVER w AS km0,
        lag(h.outside) OVER w AS outside0, lag(h.net) OVER w AS net0
        FROM events e JOIN hosts h ON h.ip = e.ip LEFT JOIN people p ON p.usr = e.usr
        SEMI JOIN moving m ON m.usr = e.usr AND m.day = date_trunc('day', e.lts)
        WHERE e.usr IS NOT NULL AND e.ok AND coalesce(p.job, '') NOT IN ('service', 'training') AND e.class IN
        ('login','read','query','export','delete','override')
        AND (e.ip NOT IN (SELECT ip FROM busy) OR h.outside) AND e.ip NOT IN (SELECT ip FROM c_inventory WHERE ip IS
        NOT NULL AND lower(coalesce(kind, '')) LIKE '%modal%')
        WINDOW w AS (PARTITION BY e.usr ORDER BY e.ts, e.ev))
        SELECT * FROM e WHERE ip0 IS NOT NULL AND ip <> ip0 AND ts - ts0 <= INTERVAL 3 HOUR ORDER BY usr, ts"""
    )


def _travel(scene: Scene, switches: pd.DataFrame) -> list[Incident]:
    found: list[Incident] = []
    told: dict[str, pd.Timestamp] = {}
    for row in switches.itertuples(index=False):
        distance = _distance(row)
        hours = max(1.0, (row.ts - row.ts0).total_seconds()) / 3600
        if distance <= 0 or distance / hours < FASTEST_KMH or (row.usr in told and row.ts < told[row.usr]):
            continue
        rest = scene.house.query(
            "SELECT ev, ts, pat FROM events WHERE usr = ? AND ip IN (?, ?) AND ok AND ts BETWEEN ? AND ?::TIMESTAMP "
            "+ INTERVAL 45 MINUTE ORDER BY ts",
            [row.usr, row.ip, row.ip0, row.ts0, row.ts],
        )
        there = scene.house.query(
            "SELECT DISTINCT pat FROM events WHERE usr = ? AND ip IN (?, ?) AND pat "
            "IS NOT NULL AND ts BETWEEN ? AND ?::TIMESTAMP + INTERVAL 45 MINUTE",
            [row.usr, row.ip, row.ip0, row.ts0, row.ts],
        )
        why = (f"the account moved at least {round(distance)} km in {round(hours * 60)} minutes",)
        found.append(
            Incident(
                "impossible_travel",
                (row.usr, row.ip, row.ip0),
                moment(row.ts0),
                moment(rest["ts"].max()),
                distance / hours,
                len(rest),
                numbers(list(rest["ev"])),
                texts(list(there["pat"])),
                80.0,
                why,
                measures={"km": distance, "minutes": hours * 60},
            )
        )
        told[row.usr] = row.ts + pd.Timedelta(hours=3)
    return found


def _distance(row: object) -> float:
    """Kilometres between two addresses; 0 when either may be anywhere (VPN) or nothing is known."""
    one, two = float(row.km), float(row.km0)  # type: ignore[attr-defined]
    if bool(row.outside) != bool(row.outside0):  # type: ignore[attr-defined]
        return 0.0 if -1.0 in (one, two) else OUTSIDE_KM
    if one < 0 or two < 0 or row.site == row.site0:  # type: ignore[attr-defined]
        return 0.0
    return abs(one - two)


def _shared(scene: Scene, switches: pd.DataFrame) -> list[Incident]:
    """Two addresses in turns, back and forth, faster than anyone walks: often within the hour, or now and then over
    days, each time within minutes."""
    if switches.empty:
        return []
    pause = switches["ts"] - switches["ts0"]
    found = []
    for usr, rows in switches[pause <= pd.Timedelta(minutes=15)].groupby("usr"):
        ordered = rows.sort_values("ts")
        group = (ordered["ts"].diff() > pd.Timedelta(minutes=45)).cumsum()
        bursts = [part for _, part in ordered.groupby(group) if len(part) >= SWITCHES and len(_places(part)) <= 4]
        found += [_turns(scene, str(usr), part, slow=False) for part in bursts]
        quick = ordered[(ordered["ts"] - ordered["ts0"]) <= pd.Timedelta(minutes=QUICK)]
        back = quick.groupby([quick["ts"].dt.floor("D"), quick[["ip", "ip0"]].min(axis=1)]).size()
        if not bursts and (back >= 2).sum() >= OFTEN and len(_places(quick)) <= 4:
            found.append(_turns(scene, str(usr), quick, slow=True))
    return found


def _places(rows: pd.DataFrame) -> set[str]:
    return set(rows["ip"]) | set(rows["ip0"])


def _turns(scene: Scene, usr: str, rows: pd.DataFrame, *, slow: bool) -> Incident:
    """The story of one account's changes; of slow ones only what was done right around each of them."""
    addresses = sorted(_places(rows))
    near = "SELECT unnest(?::TIMESTAMP[]) AS a, unnest(?::TIMESTAMP[]) AS b"
    spans = [list(rows["ts0"]), list(rows["ts"])] if slow else [[rows["ts0"].min()], [rows["ts"].max()]]
    span = scene.house.query(
        f"""SELECT DISTINCT e.ev, e.ts, e.pat FROM events e JOIN ({near}) n
        ON e.ts BETWEEN n.a - INTERVAL {2 if slow else 10} MINUTE AND n.b + INTERVAL {2 if slow else 15} MINUTE
        WHERE e.usr = ? AND list_contains(?, e.ip) ORDER BY e.ts""",
        [*spans, usr, addresses],
    )
    why = f"the account changed {len(rows)} times between {len(addresses)} workplaces that were both in use"
    return Incident(
        "shared_credentials",
        (usr, *addresses),
        moment(span["ts"].min()),
        moment(span["ts"].max()),
        len(rows),
        len(span),
        numbers(list(span["ev"])),
        texts(list(span["pat"].dropna().unique())),
        65.0,
        (f"{why}, within minutes, on several days" if slow else why,),
        flags=frozenset({"slow"} if slow else ()),
    )


def _outside(scene: Scene) -> list[Incident]:
    """Log-ins from an outside address that only one account ever used, by people who never came from outside before."""
    rows = scene.house.query(
        """WITH o AS (SELECT e.usr, e.ip, min(e.ts) AS t0, max(e.ts) AS t1, count(*) AS n, list(e.ev ORDER BY
        e.ts)[1:100] AS evs,
          list(DISTINCT e.pat) FILTER (e.pat IS NOT NULL) AS pats FROM events e JOIN hosts h ON h.ip = e.ip AND
          h.outside
          WHERE e.usr IS NOT NULL AND e.ok GROUP BY e.usr, e.ip)
        SELECT o.* FROM o WHERE (SELECT count(*) FROM o x WHERE x.ip = o.ip) = 1 AND (SELECT count(*) FROM o x WHERE
        x.usr = o.usr) = 1
          AND o.t1 - o.t0 < INTERVAL 1 DAY AND o.t0 > (SELECT min(t0) + INTERVAL 7 DAY FROM activity)
          AND (SELECT min(t0) FROM activity a WHERE a.usr = o.usr) < o.t0 - INTERVAL 5 DAY"""
    )
    return [
        told_as(
            row,
            "new_host_outside",
            (row.usr, row.ip),
            50.0,
            ("the account was used from an outside address that nobody had used before",),
            flags=frozenset({"outside"}),
        )
        for row in rows.itertuples(index=False)
    ]

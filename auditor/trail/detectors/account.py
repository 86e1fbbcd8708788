"""Accounts that should be quiet: of people who left, slept or moved, and of services."""

import pandas as pd

from auditor.trail.detectors.bulk import WHOLE
from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import episodes, moment, numbers, texts, told_as
from auditor.trail.detectors.touching import events_of
from auditor.trail.incident import Incident
from auditor.trail.reasons import ENOUGH

SLEEP_DAYS = 14
OFTEN = 8
"""Times from which a service that works from another place works there."""
_ACTS = "e.class IN ('login','read','query','retrieve','export','delete','override','log_used')"


def find(scene: Scene) -> list[Incident]:
    """Each tells its touches, so that no other detector tells them again."""
    found = [*_left(scene), *_services(scene), *_dormant(scene), *_moved(scene)]
    for incident in found:
        _claim(scene, incident)
    return found


def _claim(scene: Scene, incident: Incident) -> None:
    rows = scene.house.query(
        "SELECT DISTINCT t.id FROM touches t JOIN events e ON e.usr = t.usr AND "
        "e.pat = t.pat AND date_trunc('day', e.lts) = t.day WHERE list_contains(?, "
        "e.ev)",
        [list(incident.events)],
    )
    scene.claim(list(rows["id"]))


def _left(scene: Scene) -> list[Incident]:
    rows = episodes(
        scene.house,
        f"""SELECT e.ev, e.ts, e.pat, e.usr, date_diff('day', r.left, e.lts) AS days FROM events e JOIN c_roster r ON
        r."user" = e.usr
        WHERE r.left IS NOT NULL AND e.lts > r.left + INTERVAL 36 HOUR AND e.ok AND {_ACTS}""",
        "usr",
        WHOLE,
        "max(days) AS days",
    )
    return [
        told_as(
            row,
            "terminated_user",
            (row.usr,),
            90.0,
            (f"the account was used {row.days} days after its owner had left",),
        )
        for row in rows.itertuples(index=False)
    ]


def _services(scene: Scene) -> list[Incident]:
    """A service account that somebody uses: at an address where it logs in and searches by name, however often, or
    now and then from a place that it does not work from."""
    acts = "e.class IN ('login','read','query','override') AND e.ok"
    scene.house.con.execute(
        """CREATE OR REPLACE TEMP TABLE by_hand AS SELECT e.usr, e.ip FROM events e JOIN people p ON p.usr = e.usr
        AND p.job = 'service' WHERE e.ip IS NOT NULL AND e.ok GROUP BY e.usr, e.ip
        HAVING count(*) FILTER (e.class = 'login') > 0 AND count(*) < 20 * count(DISTINCT date_trunc('day', e.lts))
        AND count(*) FILTER (e.wide AND regexp_matches(e.query, '(?i)(name|family|given)[^=;&]*=[^*;&]')) >= 3"""
    )
    desks = episodes(
        scene.house,
        f"SELECT e.ev, e.ts, e.pat, e.usr, e.ip FROM events e SEMI JOIN by_hand USING (usr, ip) WHERE {acts}",
        "usr",
        WHOLE,
        "list(DISTINCT ip) AS addresses",
    )
    away = episodes(
        scene.house,
        f"""WITH home AS (SELECT usr, arg_max(ip, n) AS ip FROM (SELECT e.usr, e.ip, count(*) AS n FROM events e
        JOIN people p ON p.usr = e.usr AND p.job = 'service' ANTI JOIN by_hand h ON h.usr = e.usr AND h.ip = e.ip
        WHERE e.ip IS NOT NULL AND e.class <> 'login' GROUP BY ALL
        HAVING count(DISTINCT date_trunc('day', e.ts)) >= 3) GROUP BY usr)
        SELECT e.ev, e.ts, e.pat, e.usr, e.ip FROM events e JOIN people p ON p.usr = e.usr AND p.job = 'service'
        ANTI JOIN by_hand b ON b.usr = e.usr AND b.ip = e.ip LEFT JOIN home h ON h.usr = e.usr
        WHERE {acts} AND (h.ip IS NULL OR e.ip IS DISTINCT FROM h.ip)""",
        "usr",
        120,
        "list(DISTINCT ip) FILTER (ip IS NOT NULL) AS addresses",
    )
    seldom = away[away.groupby("usr")["episode"].transform("count") <= OFTEN] if len(away) else away
    return [
        told_as(
            row,
            "service_account_interactive",
            (row.usr, *texts(row.addresses)[:3]),
            80.0,
            ("a service account was used like a person's, from a place it does not work from",),
        )
        for row in (*desks.itertuples(index=False), *seldom.itertuples(index=False))
        if texts(row.pats)
    ]


def _dormant(scene: Scene) -> list[Incident]:
    """Activity after a long silence (or after none since the logs began), for patients that nothing explains.

    An account that is used on one day only needs half of the silence.
    """
    rows = episodes(
        scene.house,
        f"""WITH titles AS (SELECT DISTINCT src_ae AS title FROM events WHERE src_ae IS NOT NULL
        UNION SELECT DISTINCT dst_ae FROM events WHERE dst_ae IS NOT NULL),
        a AS (SELECT usr, day, t0, lag(t1) OVER (PARTITION BY usr ORDER BY day) AS before,
        count(*) OVER (PARTITION BY usr) AS days FROM activity),
        w AS (SELECT a.usr, a.t0 AS woke, CASE WHEN days = 1 THEN {SLEEP_DAYS // 2} ELSE {SLEEP_DAYS} END AS quiet
          FROM a LEFT JOIN people p ON p.usr = a.usr LEFT JOIN c_roster r ON r."user" =
        a.usr
          WHERE a.t0 - coalesce(a.before, (SELECT min(t0) FROM activity)) > to_days(quiet) AND
          coalesce(p.job, '') <> 'service' AND a.usr NOT IN (SELECT lower(title) FROM titles)
          AND (r.hired IS NULL OR r.hired < a.day - INTERVAL 30 DAY))
        SELECT e.ev, e.ts, e.pat, e.usr, w.quiet FROM events e JOIN w ON w.usr = e.usr AND e.ts BETWEEN w.woke AND
        w.woke + INTERVAL 12 HOUR WHERE {_ACTS}""",
        "usr",
        60 * 12,
        "max(quiet) AS quiet",
    )
    found = []
    for row in rows.itertuples(index=False):
        unexplained = _unexplained(scene, row)
        patients = texts(row.pats)
        if len(unexplained) < 2 or len(unexplained) < 0.5 * len(patients):
            continue
        why = (f"the account had been quiet for at least {row.quiet} days, then opened {len(patients)} patients",)
        found.append(
            Incident(
                "dormant_account",
                (row.usr,),
                moment(row.t0),
                moment(row.t1),
                len(patients),
                int(row.n),
                numbers(row.evs),
                patients,
                75.0,
                why,
            )
        )
    return found


def _unexplained(scene: Scene, row: object) -> list[str]:
    condition = (
        "t.id IN (SELECT id FROM unexplained) AND (t.name_searches > 0 OR usr NOT IN (SELECT usr FROM uncovered))"
    )
    rows = scene.house.query(
        "SELECT DISTINCT pat FROM touches t WHERE usr = ? AND ts1 >= ? AND ts0 <= "
        f"? AND {condition} AND id NOT IN (SELECT id FROM claimed)",
        [row.usr, row.t0, row.t1],  # type: ignore[attr-defined]
    )
    return list(rows["pat"])


def _moved(scene: Scene) -> list[Incident]:
    """After a move to another department, patients of the old one, with whom the circle is still on the case."""
    rows: pd.DataFrame = scene.house.query(
        f"""SELECT u.usr, min(u.ts0) AS t0, max(u.ts1) AS t1, count(*) AS n, list(DISTINCT u.pat) AS pats, list(u.id)
        AS ids, count(DISTINCT u.day) AS days FROM judged u
        JOIN c_moves m ON m."user" = u.usr AND u.first > m.start + INTERVAL 3 DAY JOIN stays c ON c.patient = u.pat
        AND lower(c.place) = lower(m."from") AND u.first BETWEEN c.start - INTERVAL 2 DAY AND coalesce(c."end",
        c.start) + INTERVAL 7 DAY
        WHERE u.reads > 0 AND u.id NOT IN (SELECT id FROM reasons WHERE strength >= {ENOUGH} AND reason <> 'circle')
        GROUP BY u.usr HAVING count(DISTINCT u.pat) >= 3 OR count(DISTINCT u.day) >= 3"""
    )
    found = []
    for row in rows.itertuples(index=False):
        touched = scene.house.query(
            "SELECT usr, pat, day FROM touches WHERE list_contains(?, id)", [list(numbers(row.ids))]
        )
        events = events_of(scene, touched)
        why = ("patients of the department the user has left were still opened",)
        found.append(
            Incident(
                "moved_user_access",
                (row.usr,),
                moment(row.t0),
                moment(row.t1),
                max(len(row.pats), int(row.days)),
                int(row.n),
                events,
                texts(row.pats),
                50.0,
                why,
            )
        )
    return found

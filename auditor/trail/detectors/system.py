"""Events about the systems themselves: recording stopped, applications down, alerts, privileges, the log read."""

import pandas as pd

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import episodes, moment, numbers, texts
from auditor.trail.incident import Incident

_PLANNED = """EXISTS (SELECT 1 FROM c_maintenance m WHERE lower(m.source) = lower(e.source)
 AND e.lts BETWEEN m.start - INTERVAL 30 MINUTE AND m."end" + INTERVAL 30 MINUTE)"""
_WATCHERS = ("privacy", "admin", "quality")


def find(scene: Scene) -> list[Incident]:
    """All of them; planned maintenance explains stops."""
    return [*_stopped(scene), *_down(scene), *_alerts(scene), *_privileges(scene), *_log_used(scene)]


def _stopped(scene: Scene) -> list[Incident]:
    rows = scene.house.query(
        f"""SELECT e.ev, e.ts, e.source, e.usr, (SELECT min(s.ts) FROM rare s WHERE s.class = 'audit_start' AND
        s.source = e.source
        AND s.ts >= e.ts) AS again, (SELECT min(s.ev) FROM rare s WHERE s.class = 'audit_start' AND s.source =
        e.source AND s.ts >= e.ts
        AND s.ts <= e.ts + INTERVAL 2 DAY) AS again_ev FROM rare e WHERE e.class = 'audit_stop' AND NOT {_PLANNED}
        ORDER BY e.ts"""
    )
    found = []
    for row in rows.itertuples(index=False):
        start = moment(row.ts)
        back = pd.notna(row.again) and pd.notna(row.again_ev)
        end = moment(row.again) if back else start
        events = (int(row.ev), int(row.again_ev)) if back else (int(row.ev),)
        minutes = (end - start).total_seconds() / 60
        who = (row.usr, row.source) if row.usr else (row.source,)
        why = (
            f"audit recording was off for {round(minutes)} minutes"
            if back
            else "audit recording was stopped and not started again"
        )
        found.append(Incident("audit_stopped", who, start, end, minutes, len(events), events, (), 85.0, (why,)))
    return found


def _down(scene: Scene) -> list[Incident]:
    rows = scene.house.query(
        f"""SELECT e.ev, e.ts, e.source, (SELECT min(s.ts) FROM rare s WHERE s.class = 'app_start' AND s.source =
        e.source AND s.ts >= e.ts)
        AS again FROM rare e WHERE e.class = 'app_stop' AND NOT {_PLANNED} ORDER BY e.ts"""
    )
    found = []
    for row in rows.itertuples(index=False):
        start = moment(row.ts)
        back = moment(row.again) if pd.notna(row.again) else None
        hours = (back - start).total_seconds() / 3600 if back else (scene.last - start).total_seconds() / 3600
        if hours <= 2 and back is not None:
            continue
        end = min(start.timestamp() + 7200, (back or scene.last).timestamp())
        why = "the application reported its stop and no start after it"
        found.append(
            Incident(
                "app_stop_no_start",
                (row.source,),
                start,
                start.fromtimestamp(end, start.tzinfo),
                hours,
                1,
                (int(row.ev),),
                (),
                55.0,
                (why,),
            )
        )
    return found


def _alerts(scene: Scene) -> list[Incident]:
    rows = episodes(
        scene.house,
        "SELECT ev, ts, pat, coalesce(ip, src_ae, usr, source) AS origin, src_ae FROM rare WHERE class = 'alert'",
        "origin",
        30,
        "list(DISTINCT src_ae) FILTER (src_ae IS NOT NULL) AS titles",
    )
    return [
        Incident(
            "security_alert_burst",
            (row.origin, *texts(row.titles)[:5]),
            moment(row.t0),
            moment(row.t1),
            int(row.n),
            int(row.n),
            numbers(row.evs),
            (),
            min(90.0, 40 + row.n),
            (f"{row.n} security alerts from one place",),
        )
        for row in rows.itertuples(index=False)
        if row.n >= 8
    ]


def _privileges(scene: Scene) -> list[Incident]:
    rows = scene.house.query(
        """SELECT p.ev, p.ts, p.usr, min(a.ts) AS used, max(a.ts) AS t1, count(DISTINCT a.pat) AS pats,
        list(DISTINCT a.pat) FILTER (a.pat IS NOT NULL) AS patients, list(a.ev) FILTER (a.ev IS NOT NULL)[1:100] AS evs,
        any_value(w.job) AS job FROM rare p LEFT JOIN people w ON w.usr = p.usr
        LEFT JOIN events a ON a.usr = p.usr AND a.pat IS NOT NULL AND a.ts BETWEEN p.ts AND p.ts + INTERVAL 1 DAY
        WHERE p.class = 'privilege' AND p.usr IS NOT NULL GROUP BY p.ev, p.ts, p.usr ORDER BY p.ts"""
    )
    found = []
    for row in rows.itertuples(index=False):
        if not row.pats and row.job in ("admin", "service"):
            continue
        start = moment(row.ts)
        end = moment(row.t1) if row.pats else start
        why = ["the account's rights were changed"] + (
            [f"{row.pats} patients were opened in the day after"] if row.pats else []
        )
        found.append(
            Incident(
                "privilege_escalation",
                (row.usr,),
                start,
                end,
                int(row.pats),
                1 + int(row.pats),
                (int(row.ev), *numbers(row.evs)),
                texts(row.patients),
                75.0,
                tuple(why),
            )
        )
    return found


def _log_used(scene: Scene) -> list[Incident]:
    rows = episodes(
        scene.house,
        "SELECT e.ev, e.ts, e.pat, e.usr, p.job, p.known FROM rare e LEFT JOIN "
        "people p ON p.usr = e.usr WHERE e.class = 'log_used' AND e.usr IS NOT NULL",
        "usr",
        60 * 12,
        "any_value(job) AS job, any_value(known) AS known",
    )
    days = rows.groupby("usr")["episode"].transform("count") if len(rows) else rows
    regular = days.max() >= 5 if len(rows) else False
    found = []
    for place, row in enumerate(rows.itertuples(index=False)):
        outsider = (
            row.job not in _WATCHERS and row.job != "service" if row.known else bool(regular and days.iloc[place] <= 2)
        )
        if outsider:
            why = "the audit log was read by someone whose work is not to watch it"
            found.append(
                Incident(
                    "audit_log_used_by_outsider",
                    (row.usr,),
                    moment(row.t0),
                    moment(row.t1),
                    int(row.n),
                    int(row.n),
                    numbers(row.evs),
                    (),
                    70.0,
                    (why,),
                )
            )
    return found

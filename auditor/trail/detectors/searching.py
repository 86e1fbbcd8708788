"""Queries: storms of them, and fishing by wildcard."""

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import episodes, moment, numbers, texts, told_as
from auditor.trail.incident import Incident

STORM, FISHING = 30, 6


def find(scene: Scene) -> list[Incident]:
    """Wide queries that led to no patient, by user or station; then any flood of queries far above what others do."""
    rows = episodes(
        scene.house,
        """SELECT e.ev, e.ts, e.pat, coalesce(e.usr, e.src_ae, e.ip, '?') AS actor, e.src_ae, regexp_matches(e.query,
        '=[^=;&]*[*?]') AS wild
        FROM events e WHERE e.class = 'query' AND e.pat IS NULL AND e.wide AND NOT regexp_matches(e.query,
        '(?i)MWL|Scheduled') AND e.ev NOT IN (SELECT ev FROM blind)
        AND coalesce(e.usr, '') NOT IN (SELECT usr FROM people WHERE job = 'training')""",
        "actor",
        45,
        "list(DISTINCT src_ae) FILTER (src_ae IS NOT NULL) AS stations, count(*) FILTER (wild) AS wild",
    )
    found = []
    for row in rows.itertuples(index=False):
        if row.n >= STORM:
            kind, score = "query_storm", min(95.0, 50 + row.n / 10)
        elif row.n >= FISHING:
            kind, score = "wildcard_fishing", 45.0 + row.n
        else:
            continue
        why = (f"{row.n} queries over names or dates, {row.wild} with wildcards, for no patient in particular",)
        found.append(
            Incident(
                kind,
                (row.actor, *texts(row.stations)[:2]),
                moment(row.t0),
                moment(row.t1),
                int(row.n),
                int(row.n),
                numbers(row.evs),
                (),
                score,
                why,
            )
        )
    return found + _floods(scene, {event for incident in found for event in incident.events})


def _floods(scene: Scene, told: set[int]) -> list[Incident]:
    rows = episodes(
        scene.house,
        """SELECT e.ev, e.ts, e.pat, e.usr FROM events e LEFT JOIN people p ON p.usr = e.usr
        SEMI JOIN (SELECT usr, day FROM activity WHERE queries >= 150) a ON a.usr = e.usr
          AND a.day = date_trunc('day', e.lts)
        WHERE e.class = 'query' AND e.usr IS NOT NULL AND coalesce(p.job, '') <> 'service'""",
        "usr",
        10,
        "date_diff('second', min(ts), max(ts)) AS seconds",
    )
    found = []
    for row in rows.itertuples(index=False):
        if row.n >= 150 and row.n / max(60.0, row.seconds) > 1 / 15 and not told & set(numbers(row.evs)):
            why = (f"{row.n} queries in {round(max(60.0, row.seconds) / 60)} minutes",)
            found.append(told_as(row, "query_storm", (row.usr,), 60.0, why))
    return found

"""AE titles that talk to the archive and are in no inventory."""

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import episodes, texts, told_as
from auditor.trail.incident import Incident

PULLED = """((e.usr IS NULL OR e.usr = lower(e.src_ae)) AND e.dst_ae IN (SELECT src_ae FROM events
 WHERE src_ae IS NOT NULL AND class = 'query'))"""
"""SQL: what an archive sends, with no person named, to a title that asked it: the title pulls."""


def find(scene: Scene) -> list[Incident]:
    """Calling titles, and what they pull; any other unknown destination is a move.

    Without an inventory, titles met on one day by no user.
    """
    if "inventory" in scene.has:
        unknown = "NOT EXISTS (SELECT 1 FROM c_inventory i WHERE upper(i.title) = upper(e.node))"
    else:
        unknown = """e.node IN (SELECT src_ae FROM events WHERE src_ae IS NOT NULL GROUP BY src_ae
        HAVING max(ts) - min(ts) < INTERVAL 2 DAY AND count(usr) = 0 AND min(ts) > (SELECT min(ts) + INTERVAL 1 DAY
        FROM events))"""
    rows = episodes(
        scene.house,
        f"""SELECT e.* FROM (SELECT ev, ts, pat, src_ae AS node, ip, class FROM events WHERE src_ae IS NOT NULL
        AND class IN ('query','retrieve','store','read','begin','delete')
        UNION ALL SELECT e.ev, e.ts, e.pat, e.dst_ae, e.ip, e.class FROM events e WHERE e.class = 'retrieve'
        AND {PULLED}) e WHERE regexp_matches(e.node, '^[A-Za-z0-9_ .-]{{1,16}}$') AND {unknown}""",
        "node",
        180,
        "list(DISTINCT ip) FILTER (ip IS NOT NULL) AS addresses, count(*) FILTER (class = 'retrieve') AS taken",
    )
    return [
        told_as(
            row,
            "unknown_ae",
            (row.node, *texts(row.addresses)[:3]),
            min(95.0, 60 + row.n + (10 if row.taken else 0)),
            (f"{row.n} requests of an AE title that no inventory lists",),
        )
        for row in rows.itertuples(index=False)
    ]

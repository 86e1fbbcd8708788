"""AE titles that talk to the archive and are in no inventory."""

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import episodes, texts, told_as
from auditor.trail.incident import Incident


def find(scene: Scene) -> list[Incident]:
    """Calling titles only: an unknown destination is a move. Without an inventory, titles met on one day by no user."""
    if "inventory" in scene.has:
        unknown = "NOT EXISTS (SELECT 1 FROM c_inventory i WHERE upper(i.title) = upper(e.src_ae))"
    else:
        unknown = """e.src_ae IN (SELECT src_ae FROM events WHERE src_ae IS NOT NULL GROUP BY src_ae
        HAVING max(ts) - min(ts) < INTERVAL 2 DAY AND count(usr) = 0 AND min(ts) > (SELECT min(ts) + INTERVAL 1 DAY
        FROM events))"""
    rows = episodes(
        scene.house,
        f"""SELECT e.ev, e.ts, e.pat, e.src_ae, e.ip, e.class FROM events e WHERE e.src_ae IS NOT NULL
        AND e.class IN ('query','retrieve','store','read','begin','delete') AND regexp_matches(e.src_ae,
        '^[A-Za-z0-9_ .-]{{1,16}}$') AND {unknown}""",
        "src_ae",
        180,
        "list(DISTINCT ip) FILTER (ip IS NOT NULL) AS addresses, count(*) FILTER (class = 'retrieve') AS taken",
    )
    return [
        told_as(
            row,
            "unknown_ae",
            (row.src_ae, *texts(row.addresses)[:3]),
            min(95.0, 60 + row.n + (10 if row.taken else 0)),
            (f"{row.n} requests of an AE title that no inventory lists",),
        )
        for row in rows.itertuples(index=False)
    ]

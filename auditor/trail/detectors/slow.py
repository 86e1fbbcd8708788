"""Little by little: what stays below every threshold of a day and shows over weeks, against peers of the same job."""

from typing import Any

import pandas as pd

from auditor.trail.detectors.bulk import NOT_EXPLAINED, PRINTED, RETRIEVE, WHOLE
from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import episodes, moment, texts, told_as
from auditor.trail.detectors.touching import events_of, laid_out, material, usual
from auditor.trail.incident import Incident

DAYS = 3
SEARCHED, OPENED = 4, 8
LEAST = {"retrieve": 20, "export": 5}


def find(scene: Scene) -> list[Incident]:
    """What is taken only with context: day by day, only a missing reason tells a slow story from daily work."""
    return [*_taken(scene, "retrieve", f"{RETRIEVE},'circle'"), *_exported(scene), *_browsed(scene)]


def _browsed(scene: Scene) -> list[Incident]:
    """Unexplained patients on several days, searched by name or simply many, far more than colleagues have."""
    opened = "t.btg = 0 AND t.reads > 0 AND t.usr NOT IN (SELECT usr FROM uncovered)"
    people = scene.house.query(
        "SELECT usr, any_value(job) AS job, count(DISTINCT pat) AS patients, count(DISTINCT day) AS days, "
        f"count(*) FILTER (name_searches > 0) AS searched FROM ({laid_out(scene, among=opened)}) GROUP BY usr "
        "ORDER BY usr"
    ).set_index("usr")
    sizes = scene.house.query("SELECT job, count(*) AS n FROM people GROUP BY job").set_index("job")["n"].to_dict()
    names, patients = usual(people, sizes, "searched"), usual(people, sizes, "patients")
    by_name = (people["searched"] >= (2 * names + 2).clip(lower=SEARCHED)) & (
        people["searched"] >= 0.5 * people["patients"]
    )
    many = people["patients"] >= (4 * patients + 4).clip(lower=OPENED)
    told = people[(people["days"] >= DAYS) & (by_name | many)]
    scene.house.register("told", told.reset_index()[["usr"]].astype(str))
    touches = material(scene, among=f"{opened} AND t.usr IN (SELECT usr FROM told)")
    found = []
    for usr, part in touches.groupby("usr"):
        row = told.loc[usr]
        events = events_of(scene, part)
        why = (
            f"{row['patients']} patients were opened without a reason on {row['days']} days, "
            f"{row['searched']} of them searched by name",
            "colleagues of the same job have next to none",
        )
        found.append(
            Incident(
                "random_snoop",
                (str(usr),),
                moment(part["ts0"].min()),
                moment(part["ts1"].max()),
                int(row["patients"]),
                len(events),
                events,
                texts(part["pat"].unique()),
                min(80.0, 45 + 2.0 * int(row["patients"])),
                why,
                flags=frozenset({"slow"}),
                measures={"searched": float(row["searched"]), "days": float(row["days"])},
            )
        )
        scene.claim(list(part["id"]))
    return found


def _taken(scene: Scene, what: str, reasons: str) -> list[Incident]:
    rows = _series(scene, what, reasons)
    return [
        _incident(row, "bulk_download", f"{row.n} studies of {len(row.pats)} patients on {row.days} days, none of them "
                  "ordered, reported or approved")
        for row in rows.itertuples(index=False)
        if row.n >= LEAST[what] and row.days >= DAYS and len(row.pats) >= 8
    ]  # fmt: skip


def _exported(scene: Scene) -> list[Incident]:
    if "releases" not in scene.has:
        return []
    rows = _series(scene, "export", "'approval','release','ticket','order'")
    found = []
    for row in rows.itertuples(index=False):
        if row.n < LEAST["export"] or row.days < DAYS:
            continue
        words = " ".join(texts(row.media) + texts(row.places)).lower()
        kind = "print_export" if any(word in words for word in PRINTED) else "media_export"
        found.append(_incident(row, kind, f"{row.n} studies were exported without a request on {row.days} days"))
    return found


def _series(scene: Scene, what: str, reasons: str) -> pd.DataFrame:
    """What a person took without a reason, in a series without a pause of two weeks."""
    return episodes(
        scene.house,
        f"""SELECT e.ev, e.ts, e.pat, e.usr, e.dst_ae, e.media, date_trunc('day', e.lts) AS day FROM events e
        LEFT JOIN people p ON p.usr = e.usr WHERE e.class = '{what}' AND e.usr IS NOT NULL AND e.ok
        AND e.usr NOT IN (SELECT usr FROM uncovered)
        AND coalesce(p.job, '') NOT IN ('service', 'training') AND {NOT_EXPLAINED.format(reasons)}""",
        "usr",
        WHOLE,
        "count(DISTINCT day) AS days, list(DISTINCT dst_ae) FILTER (dst_ae IS NOT NULL) AS places, "
        "list(DISTINCT media) FILTER (media IS NOT NULL) AS media",
    )


def _incident(row: Any, kind: str, why: str) -> Incident:
    return told_as(
        row, kind, (row.usr, *texts(row.places)[:2]), min(85.0, 50.0 + row.n / 4), (why,), flags=frozenset({"slow"})
    )

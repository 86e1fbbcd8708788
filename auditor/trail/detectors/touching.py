"""Touches that nothing explains: the raw material of what people do with patients' records."""

import numpy as np
import pandas as pd

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import numbers
from auditor.trail.incident import KEPT_EVENTS

KEPT = 200_000
REVIEWERS = ("quality", "privacy", "research", "billing")
"""Jobs that open whom nobody there treats; where no approvals are kept, that alone says nothing of them."""
FAINT = 0.1
"""Share of the circle on a case from which an access without a search by name is no stranger's."""
PAUSE = 120
"""Minutes without a touch after which another session begins."""


def material(scene: Scene, *, weak: bool = False, among: str = "TRUE") -> pd.DataFrame:
    """Unexplained touches that no story has claimed, with the person's job and duty, in the order of users and time.

    `among` is SQL that chooses from the touches `t` those that a detector can use; no more than KEPT are handed out.
    """
    return scene.house.query(f"{laid_out(scene, weak=weak, among=among)} ORDER BY usr, first LIMIT {KEPT}")


def crowded(scene: Scene, patients: int, searched: int) -> pd.DataFrame:
    """Of the material the touches of those sessions that have so many patients, or two of which so many were searched
    for by name."""
    return scene.house.query(
        f"""WITH m AS ({laid_out(scene)}),
        s AS (SELECT *, sum(fresh) OVER (PARTITION BY usr ORDER BY first, id ROWS UNBOUNDED PRECEDING) AS session FROM (
        SELECT *, CASE WHEN first - lag(first) OVER (PARTITION BY usr ORDER BY first, id) <= INTERVAL {PAUSE} MINUTE
        THEN 0 ELSE 1 END AS fresh FROM m)),
        k AS (SELECT usr, session FROM s GROUP BY ALL HAVING count(DISTINCT pat) >= {int(patients)}
        OR (count(DISTINCT pat) >= 2 AND count(*) FILTER (name_searches > 0) >= {int(searched)}))
        SELECT s.* EXCLUDE (fresh, session) FROM s SEMI JOIN k USING (usr, session) ORDER BY usr, first LIMIT {KEPT}"""
    )


def laid_out(scene: Scene, *, weak: bool = False, among: str = "TRUE") -> str:
    """SQL of the material.

    Of users whose work is not known (`covered` is false), touches that began with a search by name or were emergencies
    stand in, and where nobody's is, those that fell outside known shifts. With `weak`, all come whatever explains them.
    Columns: those of `touches`, strength, job, dept, known, shifts (how many are known), on_duty, on_call, covered,
    share (of the circle that was on the case).
    """
    usual = "TRUE" if weak else f"(covered AND share < {FAINT} OR name_searches > 0 OR btg > 0)"
    if not weak and not scene.known:
        usual = f"({usual} OR (shifts > 0 AND NOT on_duty AND NOT on_call))"
    return f"""WITH known AS (SELECT usr, count(*) AS shifts FROM duty GROUP BY usr),
        around AS (SELECT usr, day AS since, day + to_days(n::INTEGER) AS day, begins, ends, on_call
          FROM duty, (VALUES (-1), (0), (1), (2)) near(n))
        SELECT * FROM (SELECT t.*, coalesce(p.job, '') AS job, coalesce(p.dept, '') AS dept,
          coalesce(p.known, false) AS known, coalesce(k.shifts, 0) AS shifts,
          t.usr NOT IN (SELECT usr FROM uncovered) AS covered, coalesce(c.share, 0) AS share,
          EXISTS (SELECT 1 FROM around d WHERE d.usr = t.usr AND d.day = t.day
            AND t.first BETWEEN d.begins - INTERVAL 90 MINUTE AND d.ends + INTERVAL 90 MINUTE) AS on_duty,
          EXISTS (SELECT 1 FROM around d WHERE d.usr = t.usr AND d.day = t.day AND d.on_call
            AND t.first BETWEEN d.since AND d.since + INTERVAL 36 HOUR) AS on_call
          FROM {"judged" if weak else "unexplained"} t LEFT JOIN people p ON p.usr = t.usr LEFT JOIN known k ON k.usr
          = t.usr LEFT JOIN circles c ON c.id = t.id
          WHERE (t.reads > 0 OR t.searches > 0 OR t.btg > 0) AND t.id NOT IN (SELECT id FROM claimed)
            AND coalesce(p.job, '') NOT IN ('service', 'training') AND {among}{_sift(scene, weak=weak)})
        WHERE {usual}"""


def _sift(scene: Scene, *, weak: bool) -> str:
    """SQL that leaves out early what cannot matter where nobody's work and no shifts are known."""
    plain = (
        not scene.known
        and not weak
        and "shifts" not in scene.has
        and not scene.house.value("SELECT count(*) FROM circles")
    )
    return " AND (t.name_searches > 0 OR t.btg > 0)" if plain else ""


def everyday(scene: Scene, *, covered: bool) -> float:
    """How many patients a user searches by name on a day, at most, on 19 of 20 days of work: the house's own custom.

    Where nothing explains accesses, only what goes well beyond it can tell a story. 0 for users whose work is known.
    """
    if covered:
        return 0.0
    who = "usr IN (SELECT usr FROM uncovered)" if scene.known else "TRUE"
    days = scene.house.value(
        f"SELECT quantile_cont(coalesce(s.n, 0), 0.95) FROM (SELECT DISTINCT usr, day FROM activity WHERE {who} "
        "AND usr IN (SELECT usr FROM events WHERE class = 'read' AND pat IS NOT NULL)) a LEFT JOIN "
        "(SELECT usr, day, count(*) FILTER (name_searches > 0) AS n FROM touches GROUP BY ALL) s USING (usr, day)"
    )
    return max(float(days or 0.0), 2.0 if scene.known else 0.0)


def usual(people: pd.DataFrame, sizes: dict[str, int], column: str) -> "pd.Series[float]":
    """For each user what nine of ten colleagues of the job stay below; those without any count
    too. `sizes` says how many people a job has."""
    below = pd.Series(0.0, index=people.index)
    for job, part in people.groupby("job")[column]:
        whole = np.sort([*part, *[0] * max(0, sizes.get(str(job), 0) - len(part))])
        for usr, own in part.items():
            others = np.delete(whole, np.searchsorted(whole, own))
            below[usr] = np.quantile(others, 0.9) if len(others) else 0.0
    return below


def sessions(touches: pd.DataFrame, minutes: int = PAUSE) -> pd.DataFrame:
    """The touches with a column `session`: a user's touches without a pause longer than `minutes`."""
    ordered = touches.sort_values(["usr", "first"])
    pause = ordered["first"].diff() > pd.Timedelta(minutes=minutes)
    other = ordered["usr"] != ordered["usr"].shift()
    return ordered.assign(session=(pause | other).cumsum())


def events_of(scene: Scene, touches: pd.DataFrame) -> tuple[int, ...]:
    """Row numbers of the events of touches, in time order, at most KEPT_EVENTS of them."""
    scene.house.con.register("_told", touches[["usr", "pat", "day"]])
    near = [touches["day"].min() - pd.Timedelta(days=1), touches["day"].max() + pd.Timedelta(days=2)]
    rows = scene.house.query(
        "SELECT e.ev FROM events e JOIN _told t ON t.usr = e.usr AND t.pat = e.pat "
        "AND t.day = date_trunc('day', e.lts) WHERE e.ts BETWEEN ? AND ? "
        f"ORDER BY e.ts LIMIT {KEPT_EVENTS}",
        near,
    )
    scene.house.con.unregister("_told")
    return numbers(list(rows["ev"]))

"""Touches that nothing explains: the raw material of what people do with patients' records."""

import pandas as pd

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import numbers

KEPT = 200_000


def material(scene: Scene, *, weak: bool = False) -> pd.DataFrame:
    """Unexplained touches that no story has claimed, with the person's job and duty.

    Without context to explain by, touches that began with a search by name, were emergencies or fell outside known
    shifts stand in. With `weak`, touches that only a weak reason explains come too, and without context all.
    The same goes for users whose work the context does not know (`covered` is false).
    Columns: those of `touches`, strength, job, dept, known, shifts (how many are known), on_duty, on_call, covered.
    """
    usual = (
        "TRUE"
        if weak
        else "covered OR name_searches > 0 OR btg > 0"
        if scene.reasoned
        else "(name_searches > 0 OR btg > 0 OR (shifts > 0 AND NOT on_duty AND NOT on_call))"
    )
    return scene.house.query(
        f"""WITH known AS (SELECT usr, count(*) AS shifts FROM duty GROUP BY usr)
        SELECT * FROM (SELECT t.*, coalesce(p.job, '') AS job, coalesce(p.dept, '') AS dept,
          coalesce(p.known, false) AS known, coalesce(k.shifts, 0) AS shifts,
          t.usr NOT IN (SELECT usr FROM uncovered) AS covered,
          EXISTS (SELECT 1 FROM duty d WHERE d.usr = t.usr AND d.day BETWEEN t.day - INTERVAL 2 DAY AND t.day +
          INTERVAL 1 DAY
            AND t.first BETWEEN d.begins - INTERVAL 90 MINUTE AND d.ends + INTERVAL 90 MINUTE) AS on_duty,
          EXISTS (SELECT 1 FROM duty d WHERE d.usr = t.usr AND d.on_call
            AND t.first BETWEEN d.day AND d.day + INTERVAL 36 HOUR) AS on_call
          FROM {"judged" if weak else "unexplained"} t LEFT JOIN people p ON p.usr = t.usr LEFT JOIN known k ON k.usr
          = t.usr
          WHERE (t.reads > 0 OR t.searches > 0 OR t.btg > 0) AND t.id NOT IN (SELECT id FROM claimed)
            AND coalesce(p.job, '') NOT IN ('service', 'training'){_sift(scene, weak=weak)})
        WHERE {usual} ORDER BY usr, first LIMIT {KEPT}"""
    )


def _sift(scene: Scene, *, weak: bool) -> str:
    """SQL that leaves out early what cannot matter where nothing explains and no shifts are known."""
    plain = not scene.reasoned and not weak and "shifts" not in scene.has
    return " AND (t.name_searches > 0 OR t.btg > 0)" if plain else ""


def everyday(scene: Scene, *, covered: bool) -> float:
    """How many patients a user searches by name on a day, at most, on 19 of 20 days of work: the house's own custom.

    Where nothing explains accesses, only what goes well beyond it can tell a story. 0 where context explains them.
    """
    if scene.reasoned and covered:
        return 0.0
    who = "usr IN (SELECT usr FROM uncovered)" if scene.reasoned else "TRUE"
    days = scene.house.value(
        f"SELECT quantile_cont(coalesce(s.n, 0), 0.95) FROM (SELECT DISTINCT usr, day FROM activity WHERE {who} "
        "AND usr IN (SELECT usr FROM events WHERE class = 'read' AND pat IS NOT NULL)) a LEFT JOIN "
        "(SELECT usr, day, count(*) FILTER (name_searches > 0) AS n FROM touches GROUP BY ALL) s USING (usr, day)"
    )
    return max(float(days or 0.0), 2.0 if scene.reasoned else 0.0)


def sessions(touches: pd.DataFrame, minutes: int = 120) -> pd.DataFrame:
    """The touches with a column `session`: a user's touches without a pause longer than `minutes`."""
    ordered = touches.sort_values(["usr", "first"])
    pause = ordered["first"].diff() > pd.Timedelta(minutes=minutes)
    other = ordered["usr"] != ordered["usr"].shift()
    return ordered.assign(session=(pause | other).cumsum())


def events_of(scene: Scene, touches: pd.DataFrame) -> tuple[int, ...]:
    """Row numbers of the events of touches, in time order, at most KEPT_EVENTS of them."""
    scene.house.con.register("_told", touches[["usr", "pat", "day"]])
    rows = scene.house.query(
        "SELECT e.ev FROM events e JOIN _told t ON t.usr = e.usr AND t.pat = e.pat "
        "AND t.day = date_trunc('day', e.lts) ORDER BY e.ts LIMIT 400"
    )
    scene.house.con.unregister("_told")
    return numbers(list(rows["ev"]))

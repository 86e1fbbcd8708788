"""Emergency access ("break the glass") that nothing explains, or far too much of it."""

import pandas as pd

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import moment, texts
from auditor.trail.detectors.touching import events_of, material, sessions, usual
from auditor.trail.incident import Incident
from auditor.trail.reasons import ENOUGH

DAYS = 4
"""Days with emergencies that nothing explains from which they are one story, whatever each would be."""


def find(scene: Scene) -> list[Incident]:
    """Emergency accesses without a reason of their own: many days of them, several at once, or one that stands out.

    One is enough off duty, in a job that treats nobody, and for a patient who was not in the hospital at all. Days are
    many when they are far more than colleagues of the job have.
    """
    touches = material(scene, weak=True, among="t.btg > 0")
    if touches.empty:
        return []
    absent = _absent(scene, touches)
    often = _often(scene, touches)
    found = [_told(scene, part, slow=True) for _, part in touches[touches["usr"].isin(often)].groupby("usr")]
    for _, part in sessions(touches[~touches["usr"].isin(often)], 240).groupby("session"):
        first, odd = part.iloc[0], part[part["strength"] < ENOUGH]
        treats = first["job"] in ("physician", "nurse", "") and (not first["shifts"] or bool(first["on_duty"]))
        single = (scene.known or bool(first["covered"])) and (not treats or bool(set(odd["id"]) & absent))
        if len(odd) and (len(part) > 1 or single):
            found.append(_told(scene, part, slow=False))
    return found


def _often(scene: Scene, touches: pd.DataFrame) -> set[str]:
    """Users with unexplained emergencies on so many days that it is no accident."""
    days = touches[(touches["strength"] < ENOUGH) & touches["covered"]].groupby(["usr", "job"])["day"].nunique()
    people = days.reset_index().set_index("usr")
    sizes = scene.house.query("SELECT job, count(*) AS n FROM people GROUP BY job").set_index("job")["n"].to_dict()
    least = (2 * usual(people, sizes, "day") + 2).clip(lower=DAYS)
    return set(people.index[people["day"] >= least])


def _told(scene: Scene, part: pd.DataFrame, *, slow: bool) -> Incident:
    odd = part[part["strength"] < ENOUGH]
    events, days = events_of(scene, part), part["day"].nunique()
    why = f"emergency access to {odd['pat'].nunique()} patients who were not in the user's care"
    why = f"{why}, on {days} days" if slow else why
    empty = _hollow(scene, part)
    scene.claim(list(part["id"]))
    return Incident(
        "break_glass_abuse",
        (part.iloc[0]["usr"],),
        moment(part["ts0"].min()),
        moment(part["ts1"].max()),
        int(odd["pat"].nunique()),
        len(events),
        events,
        texts(part["pat"].unique()),
        min(95.0, 60 + 5.0 * len(odd)),
        (why, *([f"the reason given says nothing, {empty} times"] if empty else [])),
        flags=frozenset({"slow"} if slow else ()),
    )


def _hollow(scene: Scene, touches: pd.DataFrame) -> int:
    """How many of the touches have a reason that gives none."""
    rows = scene.house.query(
        "SELECT count(*) AS n FROM touches t SEMI JOIN hollow h USING (usr, pat, day) WHERE list_contains(?, t.id)",
        [[int(touch) for touch in touches["id"]]],
    )
    return int(rows["n"][0])


def _absent(scene: Scene, touches: pd.DataFrame) -> set[int]:
    """Touches of patients who had no encounter and no examination within three days, where encounters are known."""
    if "encounters" not in scene.has:
        return set()
    rows = scene.house.query(
        """SELECT id FROM touches t WHERE list_contains(?, id) AND NOT EXISTS (SELECT 1 FROM c_encounters c
        WHERE c.patient = t.pat AND t.first BETWEEN c.start - INTERVAL 3 DAY AND coalesce(c."end", c.start) + INTERVAL
        3 DAY) AND NOT EXISTS (SELECT 1 FROM c_worklist w WHERE w.patient = t.pat
        AND t.first BETWEEN w.start - INTERVAL 3 DAY AND w.start + INTERVAL 3 DAY)""",
        [[int(touch) for touch in touches["id"]]],
    )
    return {int(touch) for touch in rows["id"]}

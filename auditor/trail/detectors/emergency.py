"""Emergency access ("break the glass") that nothing explains, or far too much of it."""

import pandas as pd

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import moment, texts
from auditor.trail.detectors.touching import events_of, material, sessions
from auditor.trail.incident import Incident
from auditor.trail.reasons import ENOUGH


def find(scene: Scene) -> list[Incident]:
    """Sessions in which an emergency access has no reason of its own: several at once, or one that stands out.

    One is enough off duty, in a job that treats nobody, and for a patient who was not in the hospital at all.
    """
    touches = material(scene, weak=True, among="t.btg > 0")
    if touches.empty:
        return []
    absent, found = _absent(scene, touches), []
    for _, part in sessions(touches, 240).groupby("session"):
        first, odd = part.iloc[0], part[part["strength"] < ENOUGH]
        treats = first["job"] in ("physician", "nurse", "") and (not first["shifts"] or bool(first["on_duty"]))
        single = (scene.known or bool(first["covered"])) and (not treats or bool(set(odd["id"]) & absent))
        if odd.empty or (len(part) < 2 and not single):
            continue
        why = (f"emergency access to {odd['pat'].nunique()} patients who were not in the user's care",)
        events = events_of(scene, part)
        found.append(
            Incident(
                "break_glass_abuse",
                (first["usr"],),
                moment(part["ts0"].min()),
                moment(part["ts1"].max()),
                int(odd["pat"].nunique()),
                len(events),
                events,
                texts(part["pat"].unique()),
                min(95.0, 60 + 5.0 * len(odd)),
                why,
            )
        )
        scene.claim(list(part["id"]))
    return found


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

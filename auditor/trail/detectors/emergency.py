"""Emergency access ("break the glass") that nothing explains, or far too much of it."""

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import moment, texts
from auditor.trail.detectors.touching import events_of, material, sessions
from auditor.trail.incident import Incident


def find(scene: Scene) -> list[Incident]:
    """Sessions with two or more unexplained emergency accesses; one is enough off duty or in a job that treats
    nobody."""
    touches = material(scene)
    touches = touches[touches["btg"] > 0]
    found = []
    for _, part in sessions(touches, 240).groupby("session"):
        first = part.iloc[0]
        treats = first["job"] in ("physician", "nurse", "") and (not first["shifts"] or bool(first["on_duty"]))
        if len(part) < 2 and (treats or not scene.reasoned):
            continue
        why = (f"emergency access to {part['pat'].nunique()} patients who were not in the user's care",)
        events = events_of(scene, part)
        found.append(
            Incident(
                "break_glass_abuse",
                (first["usr"],),
                moment(part["ts0"].min()),
                moment(part["ts1"].max()),
                int(part["pat"].nunique()),
                len(events),
                events,
                texts(part["pat"].unique()),
                min(95.0, 60 + 5.0 * len(part)),
                why,
            )
        )
        scene.claim(list(part["id"]))
    return found

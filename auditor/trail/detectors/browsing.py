"""Patients opened one after the other without a reason: at random, after hours, or far more than usual."""

import pandas as pd

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import moment, texts
from auditor.trail.detectors.touching import events_of, material, sessions
from auditor.trail.incident import Incident

RANDOM, AFTER_HOURS, UNEXPLAINABLE = 4, 2, 10


def find(scene: Scene) -> list[Incident]:
    """Sessions of unexplained touches: off duty two patients are enough, on duty it takes more."""
    touches = material(scene)
    if touches.empty:
        return []
    found = []
    hours = _hours(scene, list(touches["usr"].unique()))
    for _, part in sessions(touches).groupby("session"):
        incident = _judge(scene, part, hours)
        if incident:
            found.append(incident)
            scene.claim(list(part["id"]))
    return found


def _judge(scene: Scene, part: pd.DataFrame, hours: dict[str, set[int]]) -> Incident | None:
    first = part.iloc[0]
    patients, searched = part["pat"].nunique(), int((part["name_searches"] > 0).sum())
    minutes = max(1.0, (part["last"].max() - part["first"].min()).total_seconds() / 60)
    off = _off_duty(first, hours)
    unsearched = RANDOM if scene.reasoned else UNEXPLAINABLE
    if off and patients >= AFTER_HOURS and (searched >= AFTER_HOURS or patients >= unsearched):
        kind, score = "after_hours_browse", 55.0 + 2 * patients
        why = [f"{patients} patients were opened outside the user's working hours"]
    elif patients >= RANDOM and (searched >= RANDOM - 1 or patients >= 8):
        kind, score = "random_snoop", 50.0 + 2 * patients
        why = [f"{patients} patients were opened in {round(minutes)} minutes without a reason"]
    elif searched >= 2 and patients >= 2:
        kind, score = "random_snoop", 40.0 + 2 * patients
        why = [f"{patients} patients were searched by name and opened without a reason"]
    else:
        return None
    why += [f"{searched} of them were searched for by name"] if searched else []
    events = events_of(scene, part)
    return Incident(
        kind,
        (first["usr"],),
        moment(part["ts0"].min()),
        moment(part["ts1"].max()),
        patients,
        len(events),
        events,
        texts(part["pat"].unique()),
        min(90.0, score),
        tuple(why),
        measures={"searched": searched, "minutes": minutes},
    )


def _off_duty(first: "pd.Series[object]", hours: dict[str, set[int]]) -> bool:
    if first["shifts"]:
        return not first["on_duty"] and not first["on_call"]
    known = hours.get(str(first["usr"]))
    if known is not None:
        hour = pd.Timestamp(first["first"]).hour  # type: ignore[arg-type]
        return not {(hour - 1) % 24, hour, (hour + 1) % 24} & known
    return False


def _hours(scene: Scene, users: list[str]) -> dict[str, set[int]]:
    """Hours of day in which a user is met on at least two days, for users with enough history."""
    rows = scene.house.query(
        """SELECT usr, list(h) AS hours FROM (SELECT usr, hour(lts) AS h, count(DISTINCT date_trunc('day', lts)) AS days, sum(count(*)) OVER (PARTITION BY usr) AS total
        FROM events WHERE list_contains(?, usr) GROUP BY usr, hour(lts)) WHERE days >= 2 AND total >= 30 GROUP BY usr""",
        [users],
    )
    return {usr: {int(hour) for hour in listed} for usr, listed in zip(rows["usr"], rows["hours"], strict=True)}

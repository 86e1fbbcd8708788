"""Patients opened one after the other without a reason: at random, after hours, or far more than usual."""

import pandas as pd

from auditor.trail.circles import AROUND
from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import moment, texts
from auditor.trail.detectors.touching import REVIEWERS, crowded, events_of, everyday, sessions
from auditor.trail.incident import Incident

RANDOM, AFTER_HOURS, UNEXPLAINABLE = 4, 2, 10
LARGE, SCALE = 50, 1.4826
COVERING = 3
_COUNTED = "reads > 0"


def find(scene: Scene) -> list[Incident]:
    """Days of far too many first; then sessions of unexplained touches: off duty two patients are enough."""
    found = _volume(scene)
    touches = crowded(scene, RANDOM, AFTER_HOURS)
    if touches.empty:
        return found
    hours = _hours(scene, list(touches["usr"].unique()))
    customs = {covered: everyday(scene, covered=covered) for covered in {bool(one) for one in touches["covered"]}}
    for _, part in sessions(touches).groupby("session"):
        custom = customs[bool(part["covered"].iloc[0])]
        incident = _judge(scene, part, hours, custom)
        if "approvals" not in scene.has and part["job"].iloc[0] in REVIEWERS:
            continue
        listed = bool(custom) or "conferences" not in scene.has
        if incident is None:
            continue
        scene.claim(list(part["id"]))
        if not (listed and _shared_list(scene, part)) and not _one_ward(scene, part, incident):
            found.append(incident)
    return found


def _volume(scene: Scene) -> list[Incident]:
    """Days on which a user opened far more patients than on usual days, and than colleagues do, many unexplained.

    Robust: at least LARGE patients, more than four times the own median, and six scaled median deviations above that
    of the job's days.
    """
    days = scene.house.query(
        f"""SELECT t.usr, t.day, coalesce(p.job, '') AS job, count(*) AS patients, min(t.ts0) AS t0, max(t.ts1) AS t1,
        count(*) FILTER (t.id IN (SELECT id FROM unexplained) AND t.id NOT IN (SELECT id FROM claimed)) AS odd,
        count(*) FILTER (t.name_searches > 0) AS searched FROM touches t LEFT JOIN people p ON p.usr = t.usr
        WHERE {_COUNTED} AND coalesce(p.job, '') NOT IN ('service', 'training')
        AND t.usr NOT IN (SELECT usr FROM uncovered) GROUP BY ALL"""
    )
    if days.empty:
        return []
    own = days.groupby("usr")["patients"].transform("median")
    peers = days.groupby("job")["patients"]
    middle = peers.transform("median")
    deviation = (days["patients"] - middle).abs().groupby(days["job"]).transform("median") * SCALE
    many = (days["patients"] >= LARGE) & (days["patients"] > 4 * own) & (days["odd"] >= 0.5 * days["patients"])
    many &= days["searched"] < 0.5 * days["patients"]
    found = []
    for row in days[many & (days["patients"] > middle + 6 * deviation)].itertuples(index=False):
        why = (f"{row.patients} patients were opened on one day, {row.odd} of them without a reason",)
        day = scene.house.query(
            f"SELECT id, usr, pat, day FROM touches WHERE usr = ? AND day = ? AND {_COUNTED}", [row.usr, row.day]
        )
        events = events_of(scene, day)
        found.append(
            Incident(
                "volume_anomaly",
                (row.usr,),
                moment(row.t0),
                moment(row.t1),
                int(row.patients),
                len(events),
                events,
                texts(day["pat"]),
                min(80.0, 40 + row.patients / 4),
                why,
            )
        )
        scene.claim(list(day["id"]))
    return found


def _judge(scene: Scene, part: pd.DataFrame, hours: dict[str, set[int]], custom: float) -> Incident | None:
    first = part.iloc[0]
    patients, searched = part["pat"].nunique(), int((part["name_searches"] > 0).sum())
    minutes = max(1.0, (part["last"].max() - part["first"].min()).total_seconds() / 60)
    off = _off_duty(first, hours)
    unsearched = RANDOM if first["covered"] else UNEXPLAINABLE
    if custom and searched < 2 * custom + 2 and not (off and searched > custom):
        return None
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


def _shared_list(scene: Scene, part: pd.DataFrame) -> bool:
    """Whether two others opened most of the same patients within the same hours: a list, as for a conference."""
    rows = scene.house.query(
        """SELECT usr, count(DISTINCT pat) AS n FROM touches WHERE usr <> ? AND list_contains(?, pat)
        AND ts1 >= ?::TIMESTAMP - INTERVAL 2 HOUR AND ts0 <= ?::TIMESTAMP + INTERVAL 2 HOUR GROUP BY usr""",
        [part["usr"].iloc[0], list(part["pat"].unique()), part["ts0"].min(), part["ts1"].max()],
    )
    return bool((rows["n"] >= max(3, 0.6 * part["pat"].nunique())).sum() >= 2)


def _one_ward(scene: Scene, part: pd.DataFrame, incident: Incident) -> bool:
    """Whether all are patients of one group of others who open them in the same days: the user covers another ward.

    Whoever searches by name or comes outside working hours does not cover.
    """
    if incident.kind != "random_snoop" or incident.measures["searched"] > 0.5 * part["pat"].nunique():
        return False
    rows = scene.house.query(
        f"""SELECT usr, count(DISTINCT pat) AS n FROM touches WHERE usr <> ? AND list_contains(?, pat)
        AND day BETWEEN ?::TIMESTAMP - INTERVAL {AROUND} DAY AND ?::TIMESTAMP + INTERVAL {AROUND} DAY GROUP BY usr""",
        [part["usr"].iloc[0], list(part["pat"].unique()), part["day"].min(), part["day"].max()],
    )
    return bool((rows["n"] >= max(COVERING, 0.6 * part["pat"].nunique())).sum() >= 2)


def _off_duty(first: "pd.Series[object]", hours: dict[str, set[int]]) -> bool:
    if first["shifts"]:
        return not first["on_duty"] and not first["on_call"]
    known = hours.get(str(first["usr"]))
    if known is not None:
        hour = pd.Timestamp(first["first"]).hour
        return not {(hour - 1) % 24, hour, (hour + 1) % 24} & known
    return False


def _hours(scene: Scene, users: list[str]) -> dict[str, set[int]]:
    """Hours of day in which a user is met on at least two days, for users with enough history."""
    rows = scene.house.query(
        """SELECT usr, list(h) AS hours FROM (SELECT usr, hour(lts) AS h, count(DISTINCT date_trunc('day', lts)) AS
        days, sum(count(*)) OVER (PARTITION BY usr) AS total
        FROM events WHERE usr IN (SELECT unnest(?)) GROUP BY usr, hour(lts)) WHERE days >= 2 AND total >= 30 GROUP BY
        usr""",
        [users],
    )
    return {usr: {int(hour) for hour in listed} for usr, listed in zip(rows["usr"], rows["hours"], strict=True)}

"""Incidents as facts: who, whom, when, what, why, and what would explain it. Masked displays only."""

from datetime import UTC

from auditor.model.facts import Facts, Record, Subject, Value
from auditor.model.ports import Protector
from auditor.trail.incident import Incident
from auditor.trail.investigate import EXPLAINING, Investigation
from auditor.trail.moments import zone
from auditor.trail.resources import table

SHOWN = 12


def facts_of(incident: Incident, found: Investigation, protector: Protector) -> Facts:
    """The facts of one incident. Its subject's key is the story, so that fingerprints repeat between runs."""
    values: dict[str, Value] = {
        "kind": incident.kind,
        "score": round(incident.score, 1),
        "amount": round(float(incident.amount), 2),
        "events": incident.count,
        "patients": len(incident.patients),
        "people": len(incident.entities),
        "started": incident.start,
        "ended": incident.end,
        "reasoned": bool(found.context.frames.keys() & EXPLAINING),
        "who": tuple(_named("actor", name) for name in incident.entities[:SHOWN]),
        "whom": tuple(_named("patient", name) for name in incident.patients[:SHOWN]),
        "what": tuple(_events(incident, protector)),
        "why": tuple({"value": sentence} for sentence in incident.why),
        "excuse": tuple({"value": sentence} for sentence in table("kinds").get(incident.kind, ())),
    }
    if incident.relation:
        values["relation"] = incident.relation
    for flag in ("outside", "succeeded", "slow"):
        values[flag] = flag in incident.flags
    return Facts(
        Subject("incident", incident.key, display(incident, found.zone, protector), protector.digest(incident.key)),
        values,
    )


def display(incident: Incident, clock: str, protector: Protector) -> str:
    """One line for a reader: kind, masked actor, when by the clock of the zone, and the first reason."""
    actor = protector.mask(incident.entities[0])
    others = f" and {len(incident.entities) - 1} more" if len(incident.entities) > 1 else ""
    start, end = (moment.astimezone(zone(clock) or UTC) for moment in (incident.start, incident.end))
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    when = f"{start:%Y-%m-%d %H:%M} to {until} ({clock})"
    why = f": {incident.why[0]}" if incident.why else ""
    return f"{incident.kind.replace('_', ' ')} · {actor}{others} · {when}{why}"


def _named(kind: str, name: str) -> Record:
    return {"locator": kind, "value": name}


def _events(incident: Incident, protector: Protector) -> list[Record]:
    records: list[Record] = []
    for place, locator in enumerate(incident.locators[:SHOWN]):
        name, _, line = locator.rpartition(":")
        number = incident.ids[place] if place < len(incident.ids) else locator
        records.append({"locator": f"{protector.path(name)}:{line}", "value": number})
    return records

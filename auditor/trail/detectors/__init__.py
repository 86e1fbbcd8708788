"""Detectors: one noun a file, one line each in DETECTORS, run in this order since a story is told once."""

from collections.abc import Callable
from dataclasses import dataclass

from auditor.trail.detectors import (
    account,
    browsing,
    bulk,
    credentials,
    emergency,
    login,
    nodes,
    records,
    relation,
    searching,
    slow,
    system,
)
from auditor.trail.detectors.context import Scene
from auditor.trail.incident import Incident


@dataclass(frozen=True, slots=True)
class Detector:
    """A detector's name, what it looks for in one line, and the function that looks."""

    name: str
    describe: str
    find: Callable[[Scene], list[Incident]]


DETECTORS = (
    Detector("login", "guessed passwords, one account or many, and log-ins that follow", login.find),
    Detector(
        "system", "recording stopped, applications that stay down, alerts, privileges, the log itself", system.find
    ),
    Detector("records", "records missing, altered or duplicated, and clocks that jump", records.find),
    Detector("bulk", "mass retrieval, export, deletion, and new destinations", bulk.find),
    Detector("nodes", "AE titles that are in no inventory", nodes.find),
    Detector("searching", "storms of queries and fishing by wildcard", searching.find),
    Detector("account", "accounts of people who left, slept or moved, and of services", account.find),
    Detector("credentials", "one account in two places at once", credentials.find),
    Detector("emergency", "emergency access that nothing explains", emergency.find),
    Detector("relation", "self, family, former spouse, neighbour, co-worker, VIP, deceased", relation.find),
    Detector("browsing", "patients opened one after the other without a reason", browsing.find),
    Detector("slow", "a little every day: patients, studies, exports that only weeks show", slow.find),
)

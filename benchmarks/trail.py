"""Audit-trail findings in neutral form: trail.py DIR OUT.jsonl [--no-context]

DIR holds logs in `mixed/`, or else in `syslog/`, `fhir/` or `events.csv`, and perhaps `context/` and an
`auditor.toml`. What the rules fire on is written one JSON object a line, best first; fields are renamed, no more.
"""

import json
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from auditor.config.load import load
from auditor.config.trail import TrailSettings
from auditor.engine.frameworks import load_frameworks
from auditor.engine.judge import Judge
from auditor.engine.load import load_rule
from auditor.engine.profiles import choose, find_profile, load_profiles
from auditor.identifiers.protector import SiteProtector
from auditor.resources import rules_folder
from auditor.trail import investigate
from auditor.trail.facts import CATALOGUE
from auditor.trail.incident import Incident
from auditor.trail.telling import facts_of

LOGS = ("mixed", "syslog", "fhir", "events.csv")


def neutral(incident: Incident) -> dict[str, object]:
    """The incident under the names of the benchmark."""
    return {
        "kind": incident.kind,
        "entities": incident.entities,
        "start": incident.start.isoformat(),
        "end": incident.end.isoformat(),
        "patients": incident.patients,
        "event_ids": incident.ids,
        "score": incident.score,
    }


def judge(protector: SiteProtector, now: datetime) -> Judge:
    """The shipped rules of the room, default profile."""
    rooms = {"trail": CATALOGUE}
    frameworks = load_frameworks(rules_folder() / "frameworks")
    rules = [load_rule(file, rooms, frameworks) for file in sorted((rules_folder() / "trail").glob("*.yaml"))]
    selection = choose(rules, find_profile("default", load_profiles([rules_folder()])))
    return Judge(selection, CATALOGUE, now, protector)


def main(folder: Path, out: Path, *, context: bool = True) -> int:
    """Write the findings; returns how many."""
    now, protector = datetime.now(UTC), SiteProtector(b"benchmark" * 4)
    toml = folder / "auditor.toml"
    settings = load(toml).settings.trail if toml.is_file() else TrailSettings()
    logs = [str(folder / name) for name in LOGS if (folder / name).exists()][:1]
    judged, told = judge(protector, now), []
    with ExitStack() as stack:
        tables = folder / (settings.context or "context")
        found = investigate.open_investigation(
            stack, investigate.find_logs(logs, folder), settings, tables if context and tables.is_dir() else None, now
        )
        investigate.detect(found, now)
        for incident in found.incidents:
            if judged.judge(facts_of(incident, found, protector)):
                told.append(neutral(incident))
        for item in found.logs:
            tally = item.tally
            print(item.log.name, item.format, tally.lines, tally.events, tally.rejected, item.problem, file=sys.stderr)
        print("failed detectors:", found.failed or "none", file=sys.stderr)
    out.write_text("".join(json.dumps(line) + "\n" for line in told), encoding="utf-8")
    return len(told)


if __name__ == "__main__":
    print(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]), context="--no-context" not in sys.argv))

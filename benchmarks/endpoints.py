"""Adapter: a list of live targets to neutral fault names, by the product's own run.

    python benchmarks/endpoints.py TARGETS.json OUT.json

Renames fields and nothing else: the targets become an inventory, the run's findings become fault names.
"""

import csv
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from auditor import api
from auditor.config.load import load
from auditor.model.outcome import Disposition, Outcome

_SETTINGS = """
[site]
networks = {networks}
[audit]
executor = "serial"
[endpoints]
connections_per_host = 64
answer_seconds = {answer}
endpoint_seconds = {endpoint}
[store]
path = "store"
"""


def main(targets: Path, out: Path) -> None:
    """Read the targets, look at them, and write what was found."""
    table = json.loads(targets.read_text("utf-8"))
    result: dict[str, Any] = {}
    for batch in batches(table):
        result |= _run(table, batch, targets.resolve().parent)
    out.write_text(json.dumps(result, indent=1), "utf-8")


def batches(table: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Targets by name, no port twice in one batch."""
    waiting = dict(table["targets"])
    while waiting:
        batch: dict[str, Any] = {}
        for name, target in list(waiting.items()):
            if all(target["port"] != other["port"] for other in batch.values()):
                batch[name] = waiting.pop(name)
        yield batch


def faults() -> Mapping[str, str]:
    """Rule to fault."""
    text = Path(__file__).with_name("endpoint_faults.csv").read_text("utf-8").splitlines()
    return {row["rule"]: row["fault"] for row in csv.DictReader(line for line in text if not line.startswith("#"))}


def run(inventory: Mapping[str, Any], networks: list[str], answer: float = 8.0, endpoint: float = 36.0) -> Any:
    """Run the product on an inventory; returns the run's findings and inventory rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        listed = folder / "inventory.yaml"
        listed.write_text(json.dumps(inventory), "utf-8")
        settings = folder / "auditor.toml"
        settings.write_text(_SETTINGS.format(networks=json.dumps(networks), answer=answer, endpoint=endpoint))
        stored = api.endpoints(str(listed), configuration=load(settings), options={"try_defaults": True})
        return list(stored.findings()), list(stored.inventory())


def neutral(findings: Any, rows: Any) -> dict[str, dict[str, Any]]:
    """Subject to faults and state."""
    names = faults()
    found: dict[str, set[str]] = defaultdict(set)
    for finding in findings:
        if finding.outcome is Outcome.FAIL and finding.rule in names:
            found[finding.subject].add(names[finding.rule])
    judged = (Disposition.READ, Disposition.PARTLY_READ)
    return {
        row.display: {
            "faults": sorted(found[row.display]),
            "state": "ok" if row.disposition in judged else row.reason,
        }
        for row in rows
        if row.kind != "estate"
    }


def _run(table: Mapping[str, Any], batch: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    endpoints = [_endpoint(table, name, target) for name, target in batch.items()]
    inventory = {"allow_find": True, "endpoints": endpoints}
    for ours, theirs in (
        ("ca", "ca"),
        ("crl", "crl"),
        ("client_certificate", "client_cert"),
        ("client_key", "client_key"),
    ):
        if table.get(theirs):
            inventory[ours] = str(folder / table[theirs])
    hosts = {endpoint["host"] for endpoint in endpoints}
    found = neutral(*run(inventory, ["127.0.0.0/8", "::1/128", *(host for host in hosts if host[:1].isdigit())]))
    return {endpoint["name"]: found[f"{endpoint['host']}:{endpoint['port']}"] for endpoint in endpoints}


def _endpoint(table: Mapping[str, Any], name: str, target: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "host": target.get("host") or table["host"],
        "port": target["port"],
        "kind": target["kind"],
        "server_name": target.get("server_name") or table.get("server_name") or "",
        "called_ae": target.get("called_ae") or table.get("called_ae") or "",
        "known_calling_ae": target.get("known_calling_ae") or table.get("known_calling_ae") or "",
        "client_certificate": bool(target.get("client_cert")),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

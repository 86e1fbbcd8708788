"""Which remedies of a rule fit: a configuration file wants the line of the product that reads it, and no other."""

import json
from collections import defaultdict
from collections.abc import Mapping

from auditor.report.source import ReportSource

_FILES = "SELECT digest, attributes FROM inventory WHERE room = 'endpoints'"
_FAILED = "SELECT DISTINCT rule, subject_digest FROM findings WHERE room = 'endpoints'"


def products(source: ReportSource) -> Mapping[str, frozenset[str]]:
    """For each rule the products of the files it spoke of; empty where one of its subjects has none, like a port."""
    if "endpoints" not in source.run.plan.rooms:
        return {}
    known = {digest: json.loads(attributes).get("product", "") for digest, attributes in source.query(_FILES)}
    found: dict[str, set[str]] = defaultdict(set)
    for rule, digest in source.query(_FAILED):
        found[rule].add(known.get(digest, ""))
    return {rule: frozenset() if "" in names else frozenset(names) for rule, names in found.items()}


def fitting(remediation: Mapping[str, str], named: frozenset[str]) -> Mapping[str, str]:
    """The remedies for the `named` products; all where none is named, or one of them has no line of its own."""
    if not named or not named <= remediation.keys():
        return remediation
    return {way: text for way, text in remediation.items() if way in named}

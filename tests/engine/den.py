"""A small room of its own, so that the engine is tested without any other."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from auditor.engine.judge import Judge
from auditor.engine.profilefile import Profile, Selector
from auditor.engine.profiles import choose
from auditor.identifiers.protector import SiteProtector
from auditor.model.facts import Catalogue, Facts, FactSpec, FactType, Subject
from auditor.model.finding import Finding
from auditor.model.rule import Rule
from auditor.model.severity import Severity

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
PROTECTOR = SiteProtector(b"k" * 32)
EVERYTHING = Profile(
    "all", "All", "All of it.", (Selector("*", "", Severity.INFO, ("stable", "draft")),), (), {}, "all.yaml"
)
FIELDS = (
    FactSpec("locator", FactType.TEXT, "where", plain=True),
    FactSpec("value", FactType.TEXT, "raw"),
    FactSpec("letter", FactType.TEXT, "letter", plain=True),
    FactSpec("size", FactType.NUMBER, "size", plain=True),
    FactSpec("seen", FactType.MOMENT, "when", plain=True),
    FactSpec("peer", FactType.ADDRESS, "from where", plain=True),
    FactSpec("owner", FactType.TEXT, "who, not plain"),
)
CATALOGUE = Catalogue.of(
    "den",
    (
        FactSpec("name", FactType.TEXT, "a name"),
        FactSpec("alias", FactType.TEXT, "another name"),
        FactSpec("purpose", FactType.TEXT, "why", plain=True),
        FactSpec("count", FactType.NUMBER, "how many", plain=True),
        FactSpec("events", FactType.NUMBER, "how many so far", plain=True, grows=True),
        FactSpec("open", FactType.FLAG, "whether it is open", plain=True),
        FactSpec("born", FactType.MOMENT, "when"),
        FactSpec("since", FactType.MOMENT, "since when"),
        FactSpec("host", FactType.ADDRESS, "where from"),
        FactSpec("words", FactType.TEXTS, "words"),
        FactSpec("places", FactType.RECORDS, "places", fields=FIELDS),
        FactSpec("others", FactType.RECORDS, "other places", fields=(FIELDS[0], FIELDS[2])),
    ),
)
CATALOGUES = {"den": CATALOGUE}

RULE = """\
id: den.{name}
version: 1
status: stable
title: Something is wrong with {name}
severity: high
target: den
fires_when: {condition}
message: Something is wrong.
rationale: It matters because somebody could be recognised by it.
remediation: {{manual: Mend it where it stands.}}
false_positives: [It may be meant so.]
references: []
tags: [den]
{more}tests:
  fires: [{{name: one, facts: {{}}}}]
  quiet: [{{name: two, facts: {{}}}}]
"""

RuleMaker = Callable[..., Rule]


def subject(key: str = "1.2.3") -> Subject:
    return Subject("file", key, f"masked {key}", "digest")


def facts(values: Mapping[str, Any], unknown: Mapping[str, str] | None = None, **more: Any) -> Facts:
    return Facts(more.pop("subject", subject()), values, unknown=unknown or {}, **more)


def judge_of(*rules: Rule, params: Mapping[str, Mapping[str, Any]] | None = None) -> Judge:
    return Judge(choose(rules, EVERYTHING, None, params), CATALOGUE, NOW, PROTECTOR)


def counts(judge: Judge, findings: tuple[Finding, ...] = ()) -> dict[str, dict[str, int]]:
    return {
        tally.rule: {outcome.value: count for outcome, count in tally.counts.items()}
        for tally in judge.tallies(findings)
    }

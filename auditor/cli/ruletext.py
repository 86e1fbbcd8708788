"""Rules and facts as text for a person."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auditor.engine.bind import bounds
from auditor.engine.describe import describe
from auditor.engine.operators import fitting
from auditor.model.facts import Catalogue, FactSpec, FactType
from auditor.model.framework import Framework
from auditor.model.rule import Rule

_WIDTH = 100


def summary(rule: Rule, *, on: bool) -> dict[str, Any]:
    """A rule in a few words, for lists."""
    return {
        "id": rule.id,
        "version": rule.version,
        "severity": rule.severity.word,
        "status": rule.status.value,
        "on": on,
        "title": rule.title,
        "references": list(rule.references),
        "tags": list(rule.tags),
    }


def table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One line a rule; what is off or no stable rule says so."""
    width = max((len(row["id"]) for row in rows), default=0)
    for row in rows:
        marks = [word for word, shown in (("off", not row["on"]), (row["status"], row["status"] != "stable")) if shown]
        yield f"{row['severity']:<8}  {row['id']:<{width}}  {row['title']}" + (
            f"  ({', '.join(marks)})" if marks else ""
        )


def page(rule: Rule, frameworks: Sequence[Framework]) -> Iterator[str]:
    """Everything an officer or administrator wants to know of a rule."""
    yield f"{rule.id}, version {rule.version}, {rule.status.value}, severity {rule.severity.word}"
    yield rule.title
    yield from _part("What it says", [rule.message])
    yield from _part("Why this matters", [rule.rationale])
    if rule.applies_when is not None:
        yield from _part("It applies when", describe(rule.applies_when), wrapped=False)
    yield from _part("It fires when", describe(rule.fires_when), wrapped=False)
    yield from _part("Params", (f"{name}: {bounds(rule, name)}; {each.why}" for name, each in rule.params.items()))
    yield from _part("It shows", [", ".join(rule.evidence)])
    yield from _part("What to do", (f"{way}: {text}" for way, text in rule.remediation.items()))
    yield from _part("When it is wrong", rule.false_positives)
    yield from _part("What it counts towards", (_citation(each, frameworks) for each in rule.references))
    groups = rule.examples
    for title, examples in (
        ("Fires on", groups.fires),
        ("Quiet on", groups.quiet),
        ("Does not apply to", groups.not_applicable),
        ("Cannot be evaluated for", groups.not_evaluated),
    ):
        yield from _part(title, (example.name for example in examples))
    yield ""
    yield f"{rule.source}  sha256 {rule.sha256}"


def fact_row(spec: FactSpec) -> dict[str, Any]:
    """A fact with its type, meaning, operators and fields."""
    row: dict[str, Any] = {"name": spec.name, "type": spec.type.value, "doc": spec.doc, "plain": spec.plain}
    row["operators"] = list(fitting(spec.type))
    if spec.type is FactType.RECORDS:
        row["fields"] = [fact_row(field) for field in spec.fields]
    return row


def fact_lines(catalogue: Catalogue) -> Iterator[str]:
    """One line a fact, its fields indented below it."""
    for spec in catalogue:
        yield f"{spec.name} ({spec.type}): {spec.doc}" + (" [shown plain]" if spec.plain else "")
        for field in spec.fields:
            yield f"    {field.name} ({field.type}): {field.doc}" + (" [shown plain]" if field.plain else "")


def _citation(reference: str, frameworks: Sequence[Framework]) -> str:
    prefix, _, citation = reference.partition(":")
    for framework in frameworks:
        requirement = framework.find(citation) if framework.id == prefix else None
        if requirement is not None:
            return f"{reference}: {requirement.title} ({requirement.obligation.value}, {framework.status})"
    return reference


def _part(title: str, lines: Any, *, wrapped: bool = True) -> Iterator[str]:
    shown = list(lines)
    if shown:
        yield ""
        yield title
    for line in shown:
        if wrapped:
            yield from textwrap.wrap(
                line, _WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
            )
        else:
            yield f"  {line}"

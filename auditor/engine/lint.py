"""Checks on how rules are written: small functions in one table, each with what it wants and why."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from auditor.engine.author import UNFILLED
from auditor.engine.bind import PLACEHOLDER
from auditor.engine.walk import facts_of
from auditor.model.rule import Rule, Status


class Weight(StrEnum):
    """How much an issue weighs: an error fails the gate, advice does not."""

    ERROR = "error"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing a check found in one rule."""

    rule: str
    check: str
    weight: Weight
    what: str
    right: str
    source: str


@dataclass(frozen=True, slots=True)
class Check:
    """A check: `look` yields what is wrong with a rule, given all rules."""

    name: str
    weight: Weight
    right: str
    look: Callable[[Rule, Sequence[Rule]], Iterator[str]]


def _false_positives(rule: Rule, _rules: Sequence[Rule]) -> Iterator[str]:
    if not rule.false_positives:
        yield "no false_positives: an officer wants to know when not to believe the rule"


def _same_condition(rule: Rule, rules: Sequence[Rule]) -> Iterator[str]:
    for other in rules:
        if other.id < rule.id and (other.target, other.applies_when, other.fires_when, other.params) == (
            rule.target,
            rule.applies_when,
            rule.fires_when,
            rule.params,
        ):
            yield f"it asks exactly what {other.id} asks"


def _same_title(rule: Rule, rules: Sequence[Rule]) -> Iterator[str]:
    for other in rules:
        if other.id < rule.id and other.title == rule.title:
            yield f"its title is that of {other.id}"


def _references(rule: Rule, _rules: Sequence[Rule]) -> Iterator[str]:
    if not rule.references:
        yield "it cites no requirement, so it counts towards no framework"
    for reference in sorted({each for each in rule.references if rule.references.count(each) > 1}):
        yield f"it cites {reference} twice"


def _hipaa(rule: Rule, _rules: Sequence[Rule]) -> Iterator[str]:
    if any(reference.startswith("hipaa:") for reference in rule.references):
        if len(rule.rationale) < 40:
            yield "it cites HIPAA, and its rationale is too short to put before a regulator"
        if not any(len(text) >= 20 for text in rule.remediation.values()):
            yield "it cites HIPAA, and no remediation says what to do"


def _proposed_only(rule: Rule, _rules: Sequence[Rule]) -> Iterator[str]:
    prefixes = {reference.split(":")[0] for reference in rule.references}
    if prefixes == {"hipaa-proposed-2025"}:
        yield "it cites only a proposal, which binds nobody"


def _full_stops(rule: Rule, _rules: Sequence[Rule]) -> Iterator[str]:
    if rule.title.endswith("."):
        yield "the title ends with a full stop"
    if not rule.message.endswith("."):
        yield "the message is no sentence: it ends without a full stop"


def _title_length(rule: Rule, _rules: Sequence[Rule]) -> Iterator[str]:
    if len(rule.title) > 90:
        yield f"the title is {len(rule.title)} characters long"


def _placeholders(rule: Rule, _rules: Sequence[Rule]) -> Iterator[str]:
    for name in sorted(set(PLACEHOLDER.findall(rule.message)) - set(rule.params)):
        yield f"the message names {{{name}}}, which is no param"


def _example_names(rule: Rule, _rules: Sequence[Rule]) -> Iterator[str]:
    groups = rule.examples
    every = (*groups.fires, *groups.quiet, *groups.not_applicable, *groups.not_evaluated)
    names = [one.name for one in every]
    for name in sorted({each for each in names if names.count(each) > 1}):
        yield f"two examples are called {name!r}"


def _needs_not_applicable(rule: Rule, _rules: Sequence[Rule]) -> Iterator[str]:
    if rule.applies_when is not None and not rule.examples.not_applicable:
        yield "it has applies_when, and no example is not_applicable"


def _evidence(rule: Rule, _rules: Sequence[Rule]) -> Iterator[str]:
    if not set(rule.evidence) & facts_of(rule.fires_when):
        yield "its evidence shows nothing of what made it fire"


def _tags(rule: Rule, _rules: Sequence[Rule]) -> Iterator[str]:
    if not rule.tags:
        yield "no tags, so no profile can choose it by tag"


def _unfilled(rule: Rule, _rules: Sequence[Rule]) -> Iterator[str]:
    groups = rule.examples
    texts = {
        "title": rule.title,
        "message": rule.message,
        "rationale": rule.rationale,
        "remediation": " ".join(rule.remediation.values()),
        "false_positives": " ".join(rule.false_positives),
        "tests": " ".join(one.name for one in (*groups.fires, *groups.quiet)),
    }
    for part, text in texts.items():
        if UNFILLED in text:
            yield f"{part} is not filled in"


def _draft_severity(rule: Rule, _rules: Sequence[Rule]) -> Iterator[str]:
    if rule.status is Status.DRAFT and rule.severity.word == "critical":
        yield "a draft that is critical would stop pipelines before it was tried"


CHECKS: tuple[Check, ...] = (
    Check("unfilled", Weight.ERROR, f"something in the place of {UNFILLED!r}", _unfilled),
    Check("false-positives", Weight.ERROR, "at least one line on when the rule is wrong", _false_positives),
    Check("same-condition", Weight.ERROR, "one rule for each question", _same_condition),
    Check("same-title", Weight.ERROR, "titles that tell rules apart", _same_title),
    Check("references", Weight.ERROR, "at least one citation, each once", _references),
    Check("hipaa-reasons", Weight.ERROR, "a rationale of a sentence or two and a remediation", _hipaa),
    Check("proposal-only", Weight.ERROR, "a citation of something in force beside it", _proposed_only),
    Check("full-stops", Weight.ERROR, "a title without a full stop, a message with one", _full_stops),
    Check("title-length", Weight.ADVICE, "at most 90 characters", _title_length),
    Check("placeholders", Weight.ERROR, "names of params only", _placeholders),
    Check("example-names", Weight.ERROR, "a name of its own for each example", _example_names),
    Check("not-applicable", Weight.ERROR, "an example to which the rule does not apply", _needs_not_applicable),
    Check("evidence", Weight.ADVICE, "at least one fact of fires_when", _evidence),
    Check("tags", Weight.ADVICE, "at least one tag", _tags),
    Check("draft-critical", Weight.ADVICE, "a lower severity until it is stable", _draft_severity),
)


def lint(rules: Sequence[Rule], chosen: Sequence[Rule] | None = None) -> tuple[Issue, ...]:
    """Everything the checks find in `chosen` (default: all of `rules`), compared with all of `rules`."""
    return tuple(
        Issue(rule.id, check.name, check.weight, what, check.right, rule.source)
        for rule in (rules if chosen is None else chosen)
        for check in CHECKS
        for what in check.look(rule, rules)
    )

"""Adds up the tallies of parts."""

from collections import Counter
from collections.abc import Iterable

from auditor.model.outcome import Outcome
from auditor.model.run import RuleTally
from auditor.model.severity import Severity


def add_tallies(parts: Iterable[Iterable[RuleTally]]) -> tuple[RuleTally, ...]:
    """One tally a rule over all parts, by rule id."""
    counts: dict[str, Counter[Outcome]] = {}
    seconds: Counter[str] = Counter()
    severities: dict[str, Severity] = {}
    for tallies in parts:
        for tally in tallies:
            counts.setdefault(tally.rule, Counter()).update(tally.counts)
            seconds[tally.rule] += tally.seconds  # type: ignore[assignment]  # a Counter adds floats as well
            severities[tally.rule] = tally.severity
    return tuple(RuleTally(rule, severities[rule], dict(counts[rule]), seconds[rule]) for rule in sorted(counts))

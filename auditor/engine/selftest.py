"""A rule tested by its own examples, and its examples by dropping every leaf of its conditions in turn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from auditor.engine.bind import BoundRule, bind_rule
from auditor.engine.compile import compile_condition
from auditor.engine.examples import NOW
from auditor.engine.walk import Path, leaves, rebuild
from auditor.model.condition import All, Condition, Leaf
from auditor.model.condition import Any as AnyOf
from auditor.model.facts import Catalogue
from auditor.model.outcome import Outcome
from auditor.model.rule import Example, Rule

EXPECTED: Mapping[str, Outcome] = {
    "fires": Outcome.FAIL,
    "quiet": Outcome.PASS,
    "not_applicable": Outcome.NOT_APPLICABLE,
    "not_evaluated": Outcome.NOT_EVALUATED,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that came out otherwise than it says, or a leaf that no example would miss."""

    rule: str
    what: str
    right: str


def selftest(rule: Rule, catalogue: Catalogue) -> tuple[Failure, ...]:
    """Run every example of `rule`, then every mutation of its conditions; empty when all is well."""
    bound = bind_rule(rule)
    wrong = tuple(
        Failure(rule.id, f"the example {name!r} came out as {got.value}", f"{expected.value}, or another example")
        for name, expected, got in _run(bound, catalogue)
        if got is not expected
    )
    return wrong or tuple(_survivors(bound, catalogue))


def outcome_of(bound: BoundRule, example: Example, catalogue: Catalogue) -> Outcome:
    """What the rule says of an example, at the moment `examples.NOW`."""
    if bound.applies_when is not None:
        applies = compile_condition(bound.applies_when, catalogue.specs, NOW)(example.facts, example.unknown)
        if applies is not True:
            return Outcome.NOT_EVALUATED if applies is None else Outcome.NOT_APPLICABLE
    fires = compile_condition(bound.fires_when, catalogue.specs, NOW)(example.facts, example.unknown)
    return Outcome.NOT_EVALUATED if fires is None else Outcome.FAIL if fires else Outcome.PASS


def _run(bound: BoundRule, catalogue: Catalogue) -> Iterator[tuple[str, Outcome, Outcome]]:
    """Name, expected outcome and outcome of every example."""
    for group, expected in EXPECTED.items():
        for example in getattr(bound.rule.examples, group):
            yield example.name, expected, outcome_of(bound, example, catalogue)


def _survivors(bound: BoundRule, catalogue: Catalogue) -> Iterator[Failure]:
    for what, mutant in mutants(bound):
        if all(got is expected for _, expected, got in _run(mutant, catalogue)):
            yield Failure(bound.rule.id, f"no example notices when {what} is dropped", "an example that does")


def mutants(bound: BoundRule) -> Iterator[tuple[str, BoundRule]]:
    """The rule with each leaf of its conditions dropped in turn, and in words what was dropped."""
    for path, leaf in leaves(bound.fires_when):
        yield f"fires_when {words(leaf)}", replace(bound, fires_when=_without(bound.fires_when, path))
    if bound.applies_when is not None:
        for path, leaf in leaves(bound.applies_when):
            yield f"applies_when {words(leaf)}", replace(bound, applies_when=_without(bound.applies_when, path))


def words(leaf: Leaf) -> str:
    """A leaf in words, for messages: ``PatientName present true``."""
    operand = str(leaf.operand).lower() if isinstance(leaf.operand, bool) else str(leaf.operand)
    return f"'{leaf.fact} {leaf.operator} {operand}'"


def _without(condition: Condition, dropped: Path) -> Condition:
    """`condition` as if the leaf were not written: true among what must all hold, false among what may."""

    def change(leaf: Leaf, path: Path, conjunct: bool) -> Condition:
        if path != dropped:
            return leaf
        return All(()) if conjunct else AnyOf(())

    return rebuild(condition, change)

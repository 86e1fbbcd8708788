"""The quick way of judging says what asking every rule, one by one, says."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.engine.bind import bind_rule
from auditor.engine.selftest import outcome_of
from auditor.model.condition import All, Condition, Each, Leaf, Not, Some
from auditor.model.condition import Any as AnyOf
from auditor.model.outcome import Outcome
from auditor.model.rule import Example, Examples, Rule, Status
from auditor.model.severity import Severity
from tests.engine.den import CATALOGUE, NOW, counts, facts, judge_of

LEAVES = st.sampled_from(
    [
        Leaf("name", "present", True),
        Leaf("name", "equals", "a"),
        Leaf("name", "not_equals", "a"),
        Leaf("alias", "absent", True),
        Leaf("alias", "empty", False),
        Leaf("alias", "in", ("a", "b")),
        Leaf("count", "more_than", 4),
        Leaf("open", "equals", True),
        Leaf("name", "same_as", "alias"),
        Leaf("born", "equals", "2026-01-31"),
        Some("places", Leaf("letter", "equals", "A")),
        Some("places", All((Leaf("letter", "in", ("A", "B")), Leaf("size", "more_than", 2)))),
        Some("places", AnyOf((Leaf("letter", "equals", "A"), Leaf("owner", "equals", "x")))),
        Some("places", AnyOf((Leaf("letter", "equals", "A"), Leaf("letter", "equals", "B")))),
        Some("places", Not(Leaf("letter", "equals", "A"))),
        Some("places", Leaf("peer", "in_network", "10.0.0.0/8")),
        Some("places", Leaf("seen", "equals", "2026-01-31")),
        Each("places", Leaf("letter", "equals", "A")),
        Some("words", Leaf("value", "equals", "a")),
        Some("others", Leaf("letter", "equals", "A")),
    ]
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts)))
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=6,
)
LETTERS = st.sampled_from(["A", "B", "C"])
PLACE = st.fixed_dictionaries(
    {},
    optional={
        "letter": LETTERS,
        "size": st.integers(0, 5),
        "owner": st.sampled_from("xy"),
        "peer": st.sampled_from(["10.0.0.1", "1.1.1.1", "host"]),
        "seen": st.sampled_from([NOW, NOW.date()]),
    },
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["", "a", "b"]),
        "alias": st.sampled_from(["", "a", "b"]),
        "count": st.integers(0, 9),
        "open": st.booleans(),
        "born": st.sampled_from([NOW, NOW.date()]),
        "words": st.lists(st.sampled_from("ab"), max_size=2).map(tuple),
        "places": st.lists(PLACE, max_size=3).map(tuple),
        "others": st.lists(st.fixed_dictionaries({}, optional={"letter": LETTERS}), max_size=2).map(tuple),
    },
)
SPECIMEN = Examples((), ())


def made(number: int, fires: Condition, applies: Condition | None) -> Rule:
    return Rule(
        f"den.r{number}", 1, Status.STABLE, "t", Severity.LOW, "den", fires, applies, {}, ("places",), "m.", "r",
        {"manual": "x"}, (), (), (), SPECIMEN, "s", "h",
    )  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(CONDITIONS, st.none() | CONDITIONS), min_size=1, max_size=6),
    st.lists(st.tuples(VALUES, st.sets(st.sampled_from(sorted(CATALOGUE.specs)), max_size=2)), min_size=1, max_size=4),
)
def test_the_quick_way_says_what_asking_every_rule_says(pairs: Any, subjects: Any) -> None:
    rules = [made(number, fires, applies) for number, (fires, applies) in enumerate(pairs)]
    judge = judge_of(*rules)
    expected: dict[str, dict[str, int]] = {rule.id: {} for rule in rules}
    for values, lost in subjects:
        unknown = dict.fromkeys(lost, "damaged")
        found = {finding.rule: finding.outcome for finding in judge.judge(facts(values, unknown))}
        for rule in rules:
            said = outcome_of(bind_rule(rule), Example("e", values, unknown), CATALOGUE)
            expected[rule.id][said.value] = expected[rule.id].get(said.value, 0) + 1
            assert found.get(rule.id, said) is said
            assert (rule.id in found) is (said in (Outcome.FAIL, Outcome.NOT_EVALUATED))
    assert counts(judge) == expected

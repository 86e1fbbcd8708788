"""The gate: every rule that ships proves itself by its own examples, and cites what exists."""

from collections import Counter
from functools import cache

import pytest

from auditor.audit.rooms import catalogues
from auditor.engine.frameworks import load_frameworks, resolve
from auditor.engine.lint import Weight, lint
from auditor.engine.load import load_rules
from auditor.engine.profilefile import find_profile, load_profiles
from auditor.engine.profiles import explain
from auditor.engine.selftest import selftest
from auditor.model.rule import Rule, Status
from auditor.resources import rules_folder

FOLDER = rules_folder()
FRAMEWORKS = load_frameworks(FOLDER / "frameworks")


@cache
def rules() -> tuple[Rule, ...]:
    return load_rules([FOLDER], catalogues(), FRAMEWORKS)


RULES = rules()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_examples_come_out_as_they_say_and_notice_every_dropped_leaf(rule: Rule) -> None:
    assert [f"{each.what} (right: {each.right})" for each in selftest(rule, catalogues()[rule.target])] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_rule_is_put_well(rule: Rule) -> None:
    errors = [issue for issue in lint(RULES, [rule]) if issue.weight is Weight.ERROR]
    assert [f"{issue.check}: {issue.what}" for issue in errors] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_citation_resolves(rule: Rule) -> None:
    assert [each for each in rule.references if isinstance(resolve(each, FRAMEWORKS), str)] == []


def test_every_rule_is_reached_by_the_default_profile_or_says_why_not() -> None:
    default = find_profile("default", load_profiles([FOLDER]))
    off = [rule.id for rule in RULES if rule.status is Status.STABLE and not explain(rule, default, {}).on]
    assert off == []


def test_every_room_has_rules() -> None:
    assert {rule.target for rule in RULES} == set(catalogues())


def test_ids_are_unique_and_are_the_place_of_the_file() -> None:
    assert max(Counter(rule.id for rule in RULES).values()) == 1
    assert all(rule.source == f"rules/{rule.id.replace('.', '/', 1)}.yaml" for rule in RULES)

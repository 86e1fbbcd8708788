"""Whether a rule is on, and why."""

from pathlib import Path
from typing import Any

import pytest

from auditor.engine.profilefile import find_profile, load_profiles
from auditor.engine.profiles import choose, explain, select
from auditor.errors import ConfigError, RuleError
from auditor.model.rule import Rule
from auditor.model.severity import Severity
from auditor.resources import rules_folder
from tests.engine.den import EVERYTHING, RuleMaker

PARAMS = "params: {most: {default: 3, min: 1, max: 9, why: because}}\n"
GOOD = "{fact: name, present: true}"


def profile(tmp_path: Path, text: str, name: str = "mine") -> Any:
    folder = tmp_path / "site" / "profiles"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yaml").write_text(f"id: {name}\ntitle: Mine\ntext: For a test.\n{text}")
    return find_profile(name, load_profiles([tmp_path / "site"]))


@pytest.fixture
def two(rule: RuleMaker) -> tuple[Rule, Rule]:
    return rule(GOOD, "names"), rule("{fact: count, more_than: {param: most}}", "counts", PARAMS)


def test_the_shipped_profiles_load_and_default_is_every_stable_rule(two: tuple[Rule, Rule]) -> None:
    profiles = load_profiles([rules_folder()])
    assert {"default", "urgent", "release", "network", "with-drafts"} <= set(profiles)
    selection = select(two, "default", [rules_folder()])
    assert [each.id for each in selection.rules] == ["den.names", "den.counts"]
    assert selection.of_room("den") == selection.bound
    assert selection.of_room("other") == ()


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("include: [{rules: 'den.n*'}]", ["den.names"]),
        ("include: [{tag: den}]", ["den.names", "den.counts"]),
        ("include: [{tag: other}]", []),
        ("include: [{severity: high}]", ["den.names", "den.counts"]),
        ("include: [{severity: critical}]", []),
        ("include: [{status: [draft, retired]}]", []),
        ("include: [{rules: '*'}]\nexclude: [{rules: '*.counts'}]", ["den.names"]),
        ("include: [{rules: den.names}, {rules: den.counts}]", ["den.names", "den.counts"]),
    ],
)
def test_profiles_choose_by_name_tag_severity_and_status(
    tmp_path: Path, two: tuple[Rule, Rule], text: str, on: list[str]
) -> None:
    assert [each.id for each in choose(two, profile(tmp_path, text)).rules] == on


def test_every_reason_is_told(tmp_path: Path, two: tuple[Rule, Rule]) -> None:
    mine = profile(
        tmp_path,
        "include: [{rules: 'den.*', tag: den, severity: low}]\nexclude: [{rules: den.counts}]\n"
        "overrides: {den.names: {severity: critical, why: it is a small town}}",
    )
    names, counts = two
    assert explain(names, mine, {}).reasons == (
        "profile mine includes it by rules den.*, tag den, severity low or above, status stable",
        "profile mine overrides it: it is a small town",
    )
    off = explain(names, mine, {"den.names": "we know"})
    assert (off.on, off.reasons[-1]) == (False, "the site switched it off: we know")
    assert explain(counts, mine, {}).reasons[-1] == "profile mine excludes it by rules den.counts, status stable"
    outside = explain(names, profile(tmp_path, "include: [{tag: other}]", "other"), {})
    assert not outside.on
    assert outside.reasons == (
        "profile other does not include it: it takes tag other, status stable",
        "it has severity high, status stable, tags den",
    )


def test_changes_are_told_and_a_site_wins_over_a_profile(tmp_path: Path, two: tuple[Rule, Rule]) -> None:
    mine = profile(
        tmp_path,
        "include: [{rules: '*'}]\n"
        "overrides: {den.counts: {params: {most: 5}, why: w w w}, den.names: {severity: low, why: w w w}}",
    )
    assert choose(two, mine).overrides == {
        "den.names.severity": "low (default high)",
        "den.counts.most": "5 (default 3)",
    }
    site = choose(two, mine, params={"den.counts": {"most": 7}})
    assert site.overrides["den.counts.most"] == "7 (default 3)"
    assert {bound.rule.id: bound.severity for bound in site.bound}["den.names"] is Severity.LOW


def test_what_is_switched_off_is_told_with_its_reason(two: tuple[Rule, Rule]) -> None:
    selection = choose(two, EVERYTHING, {"den.names": "we know"})
    assert [each.id for each in selection.rules] == ["den.counts"]
    assert selection.disabled == {"den.names": "we know"}


def test_the_digest_tells_packs_apart(two: tuple[Rule, Rule]) -> None:
    digests = {
        choose(two, EVERYTHING).digest,
        choose(two[:1], EVERYTHING).digest,
        choose(two, EVERYTHING, {"den.names": "we know"}).digest,
        choose(two, EVERYTHING, params={"den.counts": {"most": 7}}).digest,
    }
    assert len(digests) == 4
    assert choose(two, EVERYTHING).digest in digests


@pytest.mark.parametrize(
    ("arguments", "what", "right"),
    [
        ({"disabled": {"den.name": "x"}}, "no rule is called 'den.name'", "did you mean 'den.names'?"),
        ({"params": {"den.count": {}}}, "no rule is called 'den.count'", "did you mean 'den.counts'?"),
        ({"params": {"den.counts": {"mots": 1}}}, "den.counts has no param 'mots'", "did you mean 'most'?"),
        (
            {"params": {"den.counts": {"most": 10}}},
            "param 'most' of den.counts: 10 is above 9",
            "a number, at least 1, at most 9 (default 3)",
        ),
    ],
)
def test_what_does_not_exist_or_fit_is_an_error(
    two: tuple[Rule, Rule], arguments: dict[str, Any], what: str, right: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        choose(two, EVERYTHING, **arguments)
    assert (caught.value.what, caught.value.right) == (what, right)


def test_an_unknown_profile_is_an_error(two: tuple[Rule, Rule]) -> None:
    with pytest.raises(ConfigError, match="no profile is called 'defualt'") as caught:
        select(two, "defualt", [rules_folder()])
    assert caught.value.right == "did you mean 'default'?"


def test_faulty_profiles_are_told_all_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "profiles"
    folder.mkdir(parents=True)
    good = "id: {}\ntitle: Mine\ntext: For a test.\ninclude: [{{rules: '*'}}]\n"
    (folder / "one.yaml").write_text(good.format("other"))
    (folder / "two.yaml").write_text("id: two\n")
    (tmp_path / "b" / "profiles").mkdir(parents=True)
    (tmp_path / "b" / "profiles" / "other.yaml").write_text(good.format("other"))
    with pytest.raises(RuleError) as caught:
        load_profiles([tmp_path / "a", tmp_path / "b"])
    assert caught.value.what.startswith("the profile is called 'other'")
    assert "title is missing" in caught.value.what
    assert "the profile 'other' is there twice" in caught.value.what


def test_the_message_names_the_parameter_as_it_is_bound(rule: RuleMaker) -> None:
    one = rule("{fact: count, more_than: {param: most}}", "counts", PARAMS)
    text = one.source
    assert text == "counts.yaml"
    from dataclasses import replace

    told = replace(one, message="More than {most} of {them}.")
    bound = choose([told], EVERYTHING, params={"den.counts": {"most": 7}}).bound[0]
    assert bound.message == "More than 7 of {them}."

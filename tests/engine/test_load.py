"""Rule files load strictly; every fault of every file is told at once."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.engine.examples import NOW
from auditor.engine.load import MAXIMUM_RULE_BYTES, load_rule, load_rules
from auditor.engine.understand import out_of_bounds
from auditor.errors import RuleError
from auditor.model.framework import Checkable, Framework, Obligation, Requirement
from auditor.model.rule import Parameter, Status
from auditor.model.severity import Severity
from tests.engine.den import CATALOGUES, RULE, RuleMaker

GOOD = "{fact: name, present: true}"
LAW = Framework(
    "law", "A law", "1", "somewhere", "in force", (Requirement("1(a)", "One", "x", Obligation.REQUIRED, Checkable.YES),)
)
Write = Callable[..., Path]


def fault_of(file: Path) -> RuleError:
    with pytest.raises(RuleError) as caught:
        load_rule(file, CATALOGUES, (LAW,))
    return caught.value


def test_a_rule_holds_what_its_file_says(write: Write) -> None:
    file = write(GOOD, more="params: {}\nversion: 2\n".replace("version: 2\n", ""))
    loaded = load_rule(file, CATALOGUES, (), source="rules/den/one.yaml")
    assert (loaded.id, loaded.severity, loaded.status) == ("den.one", Severity.HIGH, Status.STABLE)
    assert loaded.evidence == ("name",)
    assert loaded.source == "rules/den/one.yaml"
    assert len(loaded.sha256) == 64
    assert pickle.loads(pickle.dumps(loaded)) == loaded  # noqa: S301 - our own bytes


def test_folders_are_loaded_room_by_room_and_sorted(write: Write, tmp_path: Path) -> None:
    write(GOOD, "two")
    write(GOOD, "one")
    (tmp_path / "rules" / "profiles").mkdir()
    (tmp_path / "rules" / "profiles" / "x.yaml").write_text("no rule")
    (tmp_path / "rules" / "empty-room").mkdir()
    rules = load_rules([tmp_path / "rules"], CATALOGUES, ())
    assert [(rule.id, rule.source) for rule in rules] == [
        ("den.one", "rules/den/one.yaml"),
        ("den.two", "rules/den/two.yaml"),
    ]


def test_the_faults_of_all_files_are_told_in_one_error(write: Write, tmp_path: Path) -> None:
    first, second = write("{fact: naem, present: true}", "aa"), write("[", "bb")
    write(GOOD, "cc")
    with pytest.raises(RuleError) as caught:
        load_rules([tmp_path / "rules"], CATALOGUES, ())
    assert caught.value.where == f"{first}:7"
    assert "this is not YAML" in caught.value.what
    assert str(second) in caught.value.what
    assert caught.value.next_step == "auditor rules lint"


def test_a_folder_of_no_room_is_a_fault(write: Write, tmp_path: Path) -> None:
    file = write(GOOD)
    (tmp_path / "rules" / "dne").mkdir()
    file.rename(tmp_path / "rules" / "dne" / "one.yaml")
    with pytest.raises(RuleError, match="no room is called 'dne'") as caught:
        load_rules([tmp_path / "rules"], CATALOGUES, ())
    assert caught.value.right == "did you mean 'den'?"


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no folder of rules here"):
        load_rules([tmp_path / "nowhere"], CATALOGUES, ())


def test_an_id_is_taken_once(write: Write, tmp_path: Path) -> None:
    write(GOOD)
    (tmp_path / "mine" / "den").mkdir(parents=True)
    (tmp_path / "mine" / "den" / "one.yaml").write_text(RULE.format(condition=GOOD, name="one", more=""))
    with pytest.raises(RuleError, match=r"the id 'den\.one' is taken") as caught:
        load_rules([tmp_path / "rules", tmp_path / "mine"], CATALOGUES, ())
    assert caught.value.right == "another id than rules/den/one.yaml"


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    assert "cannot be read" in fault_of(tmp_path / "den" / "nowhere.yaml").what


def test_a_file_that_is_too_large_is_a_fault(write: Write) -> None:
    file = write(GOOD)
    file.write_text("#" * (MAXIMUM_RULE_BYTES + 1))
    assert fault_of(file).what == "the file is too large"


CASE = "facts: {}}]\n  quiet"


@pytest.mark.parametrize(
    ("change", "what", "right"),
    [
        (("id: den.one", "id: den.other"), "the id 'den.other' does not fit the file's place", "'den.one'"),
        (("id: den.one", "id: Den One"), "id: String should match pattern", ""),
        (("target: den", "target: dne"), "the target 'dne' does not fit the id", "'den'"),
        (("severity: high", "severity: hihg"), "severity: it should be 'info', 'low'", ""),
        (("status: stable", "staus: stable"), "status is missing", "a key 'status'"),
        (("version: 1", "version: 0"), "version: it should be greater than or equal to 1", ""),
        (("title: Something", "title: |\n  Something\n  more"), "title: String should match pattern", ""),
        (("references: []", "references: ['law:1(b)']"), "unknown citation 'law:1(b)'", "did you mean '1(a)'?"),
        (("references: []", "references: ['lwa:1(a)']"), "unknown citation 'lwa:1(a)'", "did you mean 'law'?"),
        (("references: []", "references: [nothing]"), "unknown citation 'nothing'", "<framework>:<citation>"),
        (("tags: [den]", "evidence: [naem]"), "unknown fact 'naem'", "did you mean 'name'?"),
        (("tags: [den]", "params: {d: {default: 3, why: because}}"), "the param 'd' is never used", "{param: d}"),
        (("tags: [den]", "params: {d: {default: 3, min: 4, why: because}}"), "param 'd': 3 is below 4", "a default"),
        (("tags: [den]", "tests: {}"), "the key 'tests' is written twice", "one 'tests'"),
        ((CASE, "facts: {naem: a}}]\n  quiet"), "unknown fact 'naem'", "did you mean 'name'?"),
        ((CASE, "facts: {count: a}}]\n  quiet"), "count: 'a' does not fit", "a number"),
        ((CASE, "facts: {words: a}}]\n  quiet"), "words: this is no list of texts", "['a', 'b']"),
        ((CASE, "facts: {words: [3]}}]\n  quiet"), "words: this is no list of texts", ""),
        ((CASE, "facts: {born: 3}}]\n  quiet"), "born: 3 is no moment", "'now-40d'"),
        ((CASE, "facts: {born: soon}}]\n  quiet"), "born: 'soon' is not a moment", ""),
        ((CASE, "facts: {born: now-x}}]\n  quiet"), "born: 'x' is not a duration", "'30d'"),
        ((CASE, "facts: {places: a}}]\n  quiet"), "places: this is no list of records", "[{field: value}]"),
        ((CASE, "facts: {places: [{x: a}]}}]\n  quiet"), "unknown field 'x' of 'places'", "one of letter"),
        ((CASE, "facts: {places: [{size: a}]}}]\n  quiet"), "size: 'a' does not fit", "a number"),
        ((CASE, "unknown: {naem: damaged}}]\n  quiet"), "unknown fact 'naem'", "did you mean 'name'?"),
        (("  quiet: [{name: two, facts: {}}]", "  quiet: []"), "tests.quiet: Tuple should have at least 1 item", ""),
    ],
)  # fmt: skip
def test_a_faulty_rule_is_told_what_would_be_right(
    write: Write, change: tuple[str, str], what: str, right: str
) -> None:
    text = RULE.format(condition=GOOD, name="one", more="")
    assert change[0] in text
    file = write(GOOD)
    file.write_text(text.replace(*change, 1))
    error = fault_of(file)
    assert what in error.what
    assert right in error.right
    assert error.where.startswith(f"{file}:")


def test_an_unknown_target_is_told_with_the_rooms_there_are(write: Write) -> None:
    file = write(GOOD)
    with pytest.raises(RuleError, match="unknown target 'den'"):
        load_rule(file, {}, ())


def test_the_suffix_is_yaml(write: Write) -> None:
    file = write(GOOD)
    other = file.rename(file.with_suffix(".yml"))
    assert fault_of(other).right == "one.yaml"


def test_a_citation_that_is_there_resolves(write: Write) -> None:
    file = write(GOOD)
    file.write_text(file.read_text().replace("references: []", "references: ['law:1(a)']"))
    assert load_rule(file, CATALOGUES, (LAW,)).references == ("law:1(a)",)


def test_examples_hold_values_as_a_room_would_supply_them(write: Write) -> None:
    file = write(GOOD)
    places = "[{letter: A, seen: '2026-01-01'}]"
    values = f"{{born: now-1d, since: now+2h, words: [a], places: {places}, open: true, host: h, count: 1.5}}"
    file.write_text(file.read_text().replace("facts: {}", f"facts: {values}", 1))
    got = load_rule(file, CATALOGUES, ()).examples.fires[0].facts
    assert (NOW - got["born"]).days == 1  # type: ignore[operator]
    assert (got["since"] - NOW).total_seconds() == 7200  # type: ignore[operator]
    assert got["words"] == ("a",)
    assert got["places"][0]["seen"].isoformat() == "2026-01-01T00:00:00+00:00"  # type: ignore[index, union-attr]


@pytest.mark.parametrize(
    ("parameter", "value", "problem"),
    [
        (Parameter(3, "w", 1, 9), 9, ""),
        (Parameter(3, "w", 1, 9), 9.5, "9.5 is above 9"),
        (Parameter(3, "w", 1, 9), float("nan"), "nan is below 1"),
        (Parameter(3, "w", None, 9), float("nan"), "nan is above 9"),
        (Parameter(3, "w"), "3", "'3' is not a number"),
        (Parameter(3, "w"), True, "True is not a number"),
        (Parameter("x", "w"), "y", ""),
        (Parameter("x", "w"), 3, "3 is of another type than the default 'x'"),
        (Parameter("x", "w", 1), "y", "bounds on something that is not a number"),
        (Parameter(True, "w", None, 1), False, "bounds on something that is not a number"),
        (Parameter(True, "w"), 1, "1 is of another type than the default True"),
    ],
)
def test_parameters_stay_within_their_bounds(parameter: Parameter, value: object, problem: str) -> None:
    assert out_of_bounds(parameter, value) == problem  # type: ignore[arg-type]


def test_evidence_is_what_the_rule_names_or_else_what_its_condition_looks_at(rule: RuleMaker) -> None:
    assert rule("{any: [{fact: open, absent: true}, {fact: name, same_as: alias}]}").evidence == (
        "alias",
        "name",
        "open",
    )
    assert rule(GOOD, more="evidence: [alias]\n").evidence == ("alias",)

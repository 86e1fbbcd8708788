"""`auditor rules`, run whole: what it prints, and its exit codes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.cli.main import run

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def rules(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run `auditor rules …` in an empty folder; gives exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("AUDITOR_")]:
        monkeypatch.delenv(name)

    def _rules(*words: str) -> tuple[int, str, str]:
        code = run(["rules", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return _rules


def test_the_list_is_worst_first_and_says_what_is_off(rules: Run) -> None:
    code, out, _ = rules("list", "--room", "run", "--all", "--profile", "network")
    assert code == 0
    assert [line.split()[1] for line in out.splitlines()[:-1]] == [
        "run.waiver-expired",
        "run.waiver-of-everything",
        "run.waiver-unused",
        "run.waiver-ending",
    ]
    assert out.splitlines()[-1] == "4 rules, profile network"
    assert "(off)" in rules("list", "--all", "--profile", "network")[1]


def test_the_list_as_json_can_be_narrowed(rules: Run) -> None:
    code, out, _ = rules("list", "--tag", "waivers", "--severity", "low", "--format", "json")
    data = json.loads(out)
    assert (code, data["schema_version"], data["profile"]) == (0, 1, "default")
    assert {row["id"]: row["severity"] for row in data["rules"]} == {
        "run.waiver-expired": "medium",
        "run.waiver-of-everything": "low",
        "run.waiver-unused": "low",
    }


def test_a_rule_is_shown_whole(rules: Run) -> None:
    code, out, _ = rules("show", "run.waiver-unused")
    assert code == 0
    for part in ("Why this matters", "It applies when", "It fires when", "What to do", "When it is wrong", "Quiet on"):
        assert part in out.splitlines()
    assert "hipaa:164.308(a)(1)(ii)(B): Risk management (required, in force)" in out
    data = json.loads(rules("show", "run.waiver-unused", "--format", "json")[1])
    assert data["rule"]["id"] == data["id"] == "run.waiver-unused"


def test_an_unknown_rule_is_told_the_nearest(rules: Run) -> None:
    code, out, err = rules("show", "run.waiver-unusd")
    assert (code, out) == (2, "")
    assert err.splitlines()[:3] == [
        "auditor: no rule is called 'run.waiver-unusd'",
        "where: what was given to auditor rules show",
        "right: did you mean 'run.waiver-unused'?",
    ]


def test_rules_are_tested_by_their_examples(rules: Run) -> None:
    assert rules("test", "run.waiver-unused")[:2] == (0, "1 rule · 0 failures\n")
    assert json.loads(rules("test", "run.waiver-unused", "--format", "json")[1])["failures"] == []


def test_a_new_rule_is_written_tested_and_asked_to_be_filled_in(rules: Run, tmp_path: Path) -> None:
    code, out, _ = rules("new", "run.late-waiver", "--fact", "waiver_days_left", "--to", "mine")
    assert code == 0
    assert out.splitlines()[0] == "mine/run/late-waiver.yaml"
    assert rules("test", "run.late-waiver", "--rules", "mine")[0] == 0
    code, out, _ = rules("lint", "run.late-waiver", "--rules", "mine")
    assert code == 2
    assert "mine/run/late-waiver.yaml: error: title is not filled in [unfilled]" in out
    assert out.splitlines()[-1] == "1 rule · 7 errors · 1 advice"
    issues = json.loads(rules("lint", "run.late-waiver", "--rules", "mine", "--format", "json")[1])["issues"]
    assert {issue["weight"] for issue in issues} == {"error", "advice"}
    code, _, err = rules("new", "run.late-waiver", "--to", "mine")
    assert (code, "already" in err) == (2, True)


def test_a_broken_example_and_a_broken_file_end_in_2(rules: Run, tmp_path: Path) -> None:
    rules("new", "run.late-waiver", "--fact", "waiver_days_left", "--to", "mine")
    file = tmp_path / "mine" / "run" / "late-waiver.yaml"
    whole = file.read_text()
    file.write_text(whole.replace("waiver_days_left: 1}", "waiver_days_left: 0}"))
    code, out, _ = rules("test", "run.late-waiver", "--rules", "mine")
    assert code == 2
    assert "the example 'FILL IN what makes it fire' came out as pass" in out
    file.write_text(whole.replace("more_than", "mroe_than"))
    code, _, err = rules("list", "--rules", "mine")
    assert code == 2
    assert err.splitlines()[0] == "auditor: unknown operator 'mroe_than'"
    assert "late-waiver.yaml:" in err
    assert "right: did you mean 'more_than'?" in err


@pytest.mark.parametrize("words", [("facts", "rnu"), ("new", "rnu.x", "--fact", "y")])
def test_an_unknown_room_is_told_the_nearest(rules: Run, words: tuple[str, ...]) -> None:
    code, _, err = rules(*words)
    assert code == 2
    assert "right: did you mean 'run'?" in err


def test_the_facts_of_a_room_are_listed_with_their_fields(rules: Run) -> None:
    assert "waiver_used (flag): whether it waived anything in this run [shown plain]" in rules("facts", "run")[1]
    names = [row["name"] for row in json.loads(rules("facts", "run", "--format", "json")[1])]
    assert "waiver_days_left" in names
    assert any(line.startswith("    ") for line in rules("facts", "headers")[1].splitlines())


def test_why_a_rule_is_on_or_off_is_explained(rules: Run, tmp_path: Path) -> None:
    code, out, _ = rules("explain", "run.waiver-unused", "--profile", "urgent")
    assert code == 0
    assert out.splitlines() == [
        "run.waiver-unused is on under profile urgent",
        "  profile urgent includes it by rules run.*, status stable",
    ]
    (tmp_path / "auditor.toml").write_text(
        '[rules]\ndisable = [{rule = "run.waiver-unused", reason = "we have none"}]\n'
    )
    code, out, _ = rules("explain", "run.waiver-unused")
    assert out.splitlines()[0] == "run.waiver-unused is off under profile default"
    assert out.splitlines()[-1] == "  the site switched it off: we have none"
    assert json.loads(rules("explain", "run.waiver-unused", "--format", "json")[1])["on"] is False


def test_what_a_site_changed_of_a_rule_is_explained(rules: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "profiles"
    folder.mkdir(parents=True)
    (folder / "strict.yaml").write_text(
        "id: strict\ntitle: Strict\ntext: All of it.\ninclude: [{rules: '*'}]\n"
        "overrides: {run.waiver-unused: {severity: high, why: a rule of the house}}\n"
    )
    code, out, _ = rules("explain", "run.waiver-unused", "--rules", "mine", "--profile", "strict")
    assert code == 0
    assert out.splitlines()[-2:] == [
        "  profile strict overrides it: a rule of the house",
        "  severity is high (default low)",
    ]


def test_the_operators_are_listed_with_what_they_take(rules: Run) -> None:
    lines = rules("operators")[1].splitlines()
    assert len(lines) == 20
    assert lines[0].endswith("(address, flag, moment, number, records, text, texts)")
    assert json.loads(rules("operators", "--format", "json")[1])[-1]["name"] == "same_as"


def test_the_schema_is_printed(rules: Run) -> None:
    assert json.loads(rules("schema")[1])["title"] == "A rule of the imaging auditor"


def test_no_rules_at_all_is_an_error(rules: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.cli.rulebook.load_rules", lambda *_: ())
    code, _, err = rules("test")
    assert code == 2
    assert "there are no rules" in err


def test_listing_rules_loads_nothing_heavy() -> None:
    code = (
        "import sys; from auditor.cli.main import run; run(['rules', 'list']); "
        "heavy = {'pydicom', 'pandas', 'weasyprint', 'pyhanko', 'duckdb', 'numpy'}; "
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.strip().splitlines()[-1] == "[]"

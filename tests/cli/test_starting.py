"""`init`, `config show`, `completion` and `--help`: what a new user meets first."""

import json
import stat
import subprocess
import sys

import pytest

from auditor.cli.main import COMMANDS, called, run


def test_init_writes_four_files_and_overwrites_none(tmp_path, capsys):
    assert run(["init", str(tmp_path / "site")]) == 0
    names = {file.name for file in (tmp_path / "site").iterdir()}
    assert names == {"auditor.toml", "site.key", "waivers.yaml", "inventory.yaml"}
    assert stat.S_IMODE((tmp_path / "site" / "site.key").stat().st_mode) == 0o600
    before = (tmp_path / "site" / "auditor.toml").read_text()
    capsys.readouterr()
    assert run(["init", str(tmp_path / "site")]) == 2
    assert "would be overwritten" in capsys.readouterr().err
    assert (tmp_path / "site" / "auditor.toml").read_text() == before


def test_config_show_says_where_each_value_came_from(tmp_path, capsys, monkeypatch):
    run(["init", str(tmp_path)])
    monkeypatch.setenv("AUDITOR_AUDIT_WORKERS", "2")
    capsys.readouterr()
    assert run(["config", "show", "--config", str(tmp_path / "auditor.toml"), "--format", "json"]) == 0
    settings = json.loads(capsys.readouterr().out)["settings"]
    assert settings["site.name"] == {"value": "our hospital", "origin": "file"}
    assert settings["audit.workers"] == {"value": 2, "origin": "environment"}
    assert settings["audit.executor"]["origin"] == "default"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell, capsys):
    assert run(["completion", shell]) == 0
    assert "_AUDITOR_COMPLETE" in capsys.readouterr().out


def test_every_command_is_in_help_and_has_help_of_its_own(capsys):
    assert run(["--help"]) == 0
    overview = capsys.readouterr().out
    for name in COMMANDS:
        assert f"\n  {name} " in overview
        assert run([name, "--help"]) == 0
        assert "Usage: auditor " + name in capsys.readouterr().out


def test_an_unknown_command_is_a_usage_error(capsys):
    assert run(["scna"]) == 2
    assert "scna" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "helped"),
    [
        (["deid", ".", "copies"], "auditor deid --help"),
        (["-v", "endpoints", "nowhere.yaml"], "auditor endpoints --help"),
        (["rules", "test", "headers.nowhere"], "auditor rules list --all"),
    ],
)
def test_a_failure_has_its_four_parts(words, helped, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert run(words) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[0].strip() for line in lines] == ["auditor", "where", "right", "next"]
    assert lines[-1] == f"next:  {helped}"


def test_what_was_called_is_told_without_its_arguments():
    assert called(["-v", "deid", "explain", "basic", "Doe^Jane.dcm"]) == ["deid", "explain"]
    assert called(["trail", "Doe.log"]) == ["trail"]
    assert called(["nothing"]) == []


def test_a_run_or_report_that_is_not_there_is_a_usage_error(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert run(["init"]) == 0
    assert run(["verify", "nowhere.pdf"]) == 2
    assert run(["report", "1999"]) == 2
    assert run(["compare", "one", "two"]) == 2


def test_ctrl_c_while_python_loads_the_command_ends_with_the_code_of_what_is_incomplete():
    stopped = """
import sys
class Loading:
    def find_spec(self, name, path=None, target=None):
        if name == "click":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Loading())
from auditor.__main__ import main
main()
"""
    told = subprocess.run([sys.executable, "-c", stopped], capture_output=True, text=True, check=False)

    assert (told.returncode, told.stderr) == (3, "interrupted\n")

"""`init`, `config show`, `completion` and `--help`: what a new user meets first."""

import json
import stat

import pytest

from auditor.cli.main import COMMANDS, run


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

"""Every auditing subcommand is one call of the public function of its name."""

import inspect

import pytest

from auditor import api
from auditor.cli.main import COMMANDS

PAIRED = ("audit", "scan", "endpoints", "trail", "deid", "report", "verify")


@pytest.mark.parametrize("name", PAIRED)
def test_a_command_has_a_function_of_its_name_that_says_what_it_promises(name):
    function = getattr(api, name)
    assert callable(function)
    assert inspect.getdoc(function)
    assert name in COMMANDS


def test_what_the_readme_says_one_can_run_exists():
    from pathlib import Path

    text = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    named = {
        line.split("auditor ")[1].split()[0].strip("`") for line in text.splitlines() if line.startswith("    auditor ")
    }
    assert named
    assert named <= {*COMMANDS, "COMMAND"}

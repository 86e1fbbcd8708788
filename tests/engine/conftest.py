"""Rule files of the room `den`, written and loaded."""

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.engine.load import load_rule
from auditor.model.rule import Rule
from tests.engine.den import CATALOGUES, RULE


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a rule file and return where."""

    def _write(condition: str, name: str = "one", more: str = "", text: str = RULE) -> Path:
        file = tmp_path / "rules" / "den" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(condition=condition, name=name, more=more), "utf-8")
        return file

    return _write


@pytest.fixture
def rule(write: Callable[..., Path]) -> Callable[..., Rule]:
    """Load a rule with the given condition."""

    def _rule(condition: str, name: str = "one", more: str = "") -> Rule:
        return load_rule(write(condition, name, more), CATALOGUES, ())

    return _rule

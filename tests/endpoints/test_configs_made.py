"""Configuration files made by chance: every planted fault is found and nothing else, however the file is written."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures.endpoints.configgen import MAKERS, make

_SEEDS = range(60)


@pytest.mark.parametrize("product", sorted(MAKERS))
def test_every_planted_fault_is_found_and_nothing_else(
    audit: Callable[..., dict[str, Any]], tmp_path: Path, product: str
) -> None:
    made = {f"{seed:03d}": make(product, seed) for seed in _SEEDS}
    for name, one in made.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / one.name).write_bytes(one.raw)
    listed = [{"path": f"{name}/{one.name}", "product": product.removesuffix("-json")} for name, one in made.items()]
    inventory = tmp_path / "estate.yaml"
    inventory.write_text(json.dumps({"configs": listed}))
    found = audit(inventory)
    wrong = {
        name: (sorted(one.faults - told), sorted(told - one.faults))
        for name, one in made.items()
        if (told := found[f"{name}/{one.name}"]["faults"]) != one.faults
    }
    assert not wrong, f"missed, too many: {dict(list(wrong.items())[:6])}"
    assert len({frozenset(one.faults) for one in made.values()}) > 2

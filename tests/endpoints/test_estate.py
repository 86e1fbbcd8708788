"""Every fault planted in an estate of loopback servers is found where it is, and nowhere else."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from auditor.model.outcome import Disposition, Outcome
from fixtures.endpoints.estate import UNJUDGED, Estate, running


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    return Estate(tmp_path_factory.mktemp("estate"))


@pytest.fixture(scope="module")
def found(
    estate: Estate, audit: Callable[..., dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    with running(estate) as ports:
        inventory = tmp_path_factory.mktemp("inventory") / "inventory.yaml"
        inventory.write_text(json.dumps(estate.inventory(ports)), "utf-8")
        seen = audit(inventory, try_defaults=True, answer=3.0)
    return {name: seen[f"127.0.0.1:{port}"] for name, port in ports.items()}


def test_every_planted_fault_is_told_apart_and_nothing_else_is_found(estate, found):
    wrong = {
        each.name: (sorted(each.faults - found[each.name]["faults"]), sorted(found[each.name]["faults"] - each.faults))
        for each in estate.planted
        if each.faults != UNJUDGED and found[each.name]["faults"] != each.faults
    }
    assert not wrong, "missed, too many: " + json.dumps(wrong, indent=1)


def test_what_cannot_be_judged_is_said_and_never_passed(estate, found):
    for each in estate.planted:
        if each.faults == UNJUDGED:
            row = found[each.name]["row"]
            assert row.disposition is not Disposition.READ, each.name
            assert row.reason
            outcomes = {finding.outcome for finding in found[each.name]["findings"]}
            assert Outcome.NOT_EVALUATED in outcomes, each.name

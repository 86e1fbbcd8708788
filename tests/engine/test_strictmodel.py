"""Models tell every fault of a file, each with its line."""

import pytest
from pydantic import Field

from auditor.config.section import Section
from auditor.config.strictmodel import faults, validate
from auditor.config.strictyaml import loads
from auditor.errors import ConfigError, RuleError


class Port(Section):
    host: str
    port: int = 104


class Inventory(Section):
    ports: tuple[Port, ...]
    by_name: dict[str, Port] = Field(default_factory=dict)
    spare: Port | None = None


def test_a_good_file_becomes_its_model() -> None:
    assert validate(loads("ports: [{host: a, port: 11112}]", "i"), Inventory).ports[0].port == 11112


def test_every_fault_is_told_with_its_line_and_what_would_be_right() -> None:
    text = "ports:\n- host: a\n  prot: 3\n- port: x\nby_name:\n  a: {hots: 1}\nspare: {host: 1}\n"
    with pytest.raises(RuleError) as caught:
        validate(loads(text, "i.yaml"), Inventory, error=RuleError)
    assert caught.value.what.splitlines() == [
        "unknown key 'ports.0.prot'",
        "also:  ports.1.host is missing (i.yaml:4; right: a key 'host')",
        "also:  ports.1.port: it should be a valid integer (i.yaml:4; right: a whole number)",
        "also:  by_name.a.host is missing (i.yaml:6; right: a key 'host')",
        "also:  unknown key 'by_name.a.hots' (i.yaml:6; right: did you mean 'host'?)",
        "also:  spare.host: it should be a valid string (i.yaml:7; right: text (write it in quotes))",
    ]
    assert (caught.value.where, caught.value.right) == ("i.yaml:3", "did you mean 'port'?")


def test_a_file_of_another_shape_is_told_what_it_should_be() -> None:
    assert [fault.right for fault in faults(loads("- a", "i"), Inventory)] == ["keys and values"]
    assert faults(loads("ports: []", "i"), Inventory) == []
    with pytest.raises(ConfigError, match="tuple"):
        validate(loads("ports: 3", "i"), Inventory)

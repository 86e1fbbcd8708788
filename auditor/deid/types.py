"""Types of attributes (PS3.5 7.4) by IOD, so that conditional actions leave a valid file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Types:
    """Strongest Type of each attribute at the top level of one IOD, and within sequences of any."""

    top: Mapping[int, str]
    nested: Mapping[tuple[int, int], str]

    def of(self, parent: int, tag: int) -> str:
        """``1``, ``1C``, ``2``, ``2C`` or ``3`` for `tag` within sequence `parent` (0: top level)."""
        return self.nested.get((parent, tag), "3") if parent else self.top.get(tag, "3")


@lru_cache(maxsize=256)
def types_of(sop_class: str) -> Types:
    """Types for the IOD of a SOP class; for an unknown one the strongest Type that any IOD gives."""
    data = _data()
    iod = data["sop_classes"].get(sop_class)
    modules = data["iods"][iod] if iod else list(data["modules"])
    top: dict[int, str] = {}
    for module in modules:
        for tag, kind in data["modules"].get(module, {}).items():
            number = int(tag, 16)
            top[number] = min(kind, top.get(number, "3"))
    return Types(top, _nested())


@lru_cache(maxsize=1)
def _nested() -> Mapping[tuple[int, int], str]:
    return {
        (int(parent, 16), int(tag, 16)): kind
        for parent, tags in _data()["nested"].items()
        for tag, kind in tags.items()
    }


@lru_cache(maxsize=1)
def _data() -> Any:
    return json.loads(files("auditor.deid").joinpath("data/types.json").read_text("utf-8"))

"""The room's own data files, read once: codes, names of columns, patterns of product logs."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml


@lru_cache(maxsize=16)
def table(name: str) -> dict[str, Any]:
    """The YAML table `data/<name>.yaml`."""
    text = files("auditor.trail").joinpath(f"data/{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, yaml.CBaseLoader)  # noqa: S506 - shipped data; every scalar stays text
    return loaded

"""Data files of this room, and the one way to read them."""

import csv
import io
from functools import cache
from importlib.resources import files
from typing import Any

from auditor.config.strictyaml import loads


def rows(name: str) -> list[dict[str, str]]:
    """The rows of the CSV file `name`, lines beginning with # left out."""
    text = files(__package__).joinpath(name).read_text("utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("#")]
    return list(csv.DictReader(io.StringIO("\n".join(kept))))


@cache
def document(name: str) -> Any:
    """The data of the YAML file `name`; one and the same each time, so not to be changed."""
    return loads(files(__package__).joinpath(name).read_bytes(), name).data

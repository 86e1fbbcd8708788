"""Writes one large JSON object with long lists in it, without holding the lists."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from auditor.report.words import strip_controls


def dumps(value: Any) -> str:
    """Compact JSON with sorted keys; texts lose control and bidirectional characters."""
    return json.dumps(cleaned(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def cleaned(value: Any) -> Any:
    """The same data with every text fit to be shown by any program."""
    if isinstance(value, str):
        return strip_controls(value)
    if isinstance(value, Mapping):
        return {strip_controls(str(key)): cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(item) for item in value]
    return value


def array(items: Iterable[Any], write: Any = dumps) -> Iterator[str]:
    """A JSON array, one item a line."""
    yield "["
    comma = "\n"
    for item in items:
        yield comma + write(item)
        comma = ",\n"
    yield "\n]" if comma == ",\n" else "]"


def insert(document: Mapping[str, Any], marker: str, items: Iterable[Any]) -> Iterator[str]:
    """The document as JSON, with the text `marker` in it replaced by an array of `items`."""
    before, after = json.dumps(cleaned(document), ensure_ascii=False, indent=1, allow_nan=False).split(f'"{marker}"')
    yield before
    yield from array(items)
    yield after + "\n"

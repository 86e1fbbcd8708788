"""A proposed mapping as text for `auditor.toml`, with samples masked, for a person to check."""

import json

from auditor.trail.mapping import Mapping


def as_toml(mapping: Mapping, pattern: str) -> str:
    """One `[[trail.tables]]` entry that reads the table as the proposal does."""
    lines = ["[[trail.tables]]", f"files = {_text(pattern)}"]
    defaults = {"separator": ",", "encoding": "utf-8", "format": "", "zone": ""}
    for name, default in defaults.items():
        value = str(getattr(mapping, name))
        if value != default or name == "zone":
            lines.append(f"{name} = {_text(value)}")
    pairs = ", ".join(f"{_text(ours)} = {_text(theirs)}" for ours, theirs in mapping.columns.items())
    lines.append(f"columns = {{{pairs}}}")
    unused = [name for name in mapping.header if name not in mapping.columns.values()]
    if unused:
        lines.append("# not used: " + ", ".join(unused))
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)

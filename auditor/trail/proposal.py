"""A proposed mapping as text for `auditor.toml`, for a person to check."""

import json

from auditor.trail.mapping import Mapping

NEEDED = ("time", "user", "patient")
"""Without these, most that can be asked of a trail has no answer, so their absence is said."""


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
    if mapping.headless:
        lines.append("# the table has no header: c1 is its first column, and what each holds is guessed by its cells")
    unused = [name for name in mapping.header if name not in mapping.columns.values()]
    if unused:
        lines.append("# not used: " + ", ".join(unused))
    if mapping.strange:
        lines.append("# of no known kind of event: " + ", ".join(map(_text, mapping.strange)))
        lines.append(
            f'# say what they are by DICOM codes: values = {{code = {{{_text(mapping.strange[0])} = "110103"}}}}'
        )
    if mapping.undecided:
        lines.append("# taken for success, of no known meaning: " + ", ".join(map(_text, mapping.undecided)))
    taken = mapping.columns.keys() | ({"time"} if {"date", "clock"} <= mapping.columns.keys() else set())
    lines += [f"# no column was taken for the {name}" for name in NEEDED if name not in taken]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)

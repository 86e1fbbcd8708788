"""Headers of syslog messages: RFC 5424, RFC 3164, or none."""

import re
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from auditor.trail.cells import given, packed, texts

_RFC5424 = re.compile(
    r"\s*(?:\d+ )?<\d{1,3}>1 (?P<time>\S+) (?P<host>\S+) (?P<app>\S+) \S+ \S+(?: (?P<data>-|\[.*\]))?", re.DOTALL
)
_RFC3164 = re.compile(
    r"\s*(?:\d+ )?(?:<\d{1,3}>)?(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) (?P<host>\S+)"
    r"(?: (?P<app>[^\s:\[]+)(?:\[\d+\])?:?)?"
)
_SEQUENCE = re.compile(r'(?:sequenceId|seq|sequence)="?(?P<seq>\d{1,18})"?')
START = re.compile(rb"<\d{1,3}>(?:1 \S|[A-Z][a-z]{2} [ \d]\d |\d{4}-\d\d-\d\dT)")
"""Where a new syslog message starts."""
BARE = re.compile(rb"(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) ")
"""How a line starts that a daemon wrote to a file, where the priority is left out."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a header says: when it was sent (as written), by which host and application, and its number."""

    received: str | None = None
    host: str | None = None
    app: str | None = None
    seq: str | None = None


NONE = Header()


def read(text: str) -> Header:
    """Read the text before a message; what is no header gives an empty one."""
    if not text or text.isspace():
        return NONE
    found = _RFC5424.match(text) or _RFC3164.match(text)
    if not found:
        return NONE
    parts = found.groupdict()
    number = _SEQUENCE.search(parts.get("data") or "")
    return Header(
        _given(parts["time"]), _given(parts["host"]), _given(parts.get("app")), number.group(1) if number else None
    )


def read_all(column: Any) -> dict[str, Any]:
    """The same of a whole Arrow column of headers: `time`, `host`, `app` and `seq`, null where a header is silent."""
    if not packed(column).isascii():
        heads = [read(text) for text in column.to_pylist()]
        told = {"time": "received", "host": "host", "app": "app", "seq": "seq"}
        return {name: texts(getattr(head, field) for head in heads) for name, field in told.items()}
    found = _fields(column, _RFC5424)
    found["seq"] = _fields(found.pop("data"), _SEQUENCE)["seq"]
    if found["time"].null_count:
        known, old = pc.is_valid(found["time"]), _fields(column, _RFC3164)
        found |= {name: pc.if_else(known, found[name], old[name]) for name in old}
    return {name: given(values, "-") for name, values in found.items()}


def _fields(column: Any, pattern: re.Pattern[str]) -> dict[str, Any]:
    """What the named groups of a pattern hold; RE2 reads ASCII as `re` does."""
    flags = "(?s)" if pattern.flags & re.DOTALL else ""
    anchor = "" if pattern is _SEQUENCE else "^"
    matched = pc.extract_regex(column, pattern=f"{flags}{anchor}{pattern.pattern}")
    return {name: pc.struct_field(matched, [place]) for place, name in enumerate(pattern.groupindex)}


def _given(value: str | None) -> str | None:
    return None if value in (None, "-", "") else value

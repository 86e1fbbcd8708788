"""Headers of syslog messages: RFC 5424, RFC 3164, or none."""

import re
from dataclasses import dataclass

_RFC5424 = re.compile(
    r"\s*(?:\d+ )?<\d{1,3}>1 (?P<time>\S+) (?P<host>\S+) (?P<app>\S+) \S+ \S+(?: (?P<data>-|\[.*\]))?", re.DOTALL
)
_RFC3164 = re.compile(
    r"\s*(?:\d+ )?<\d{1,3}>(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) (?P<host>\S+)"
    r"(?: (?P<app>[^\s:\[]+)(?:\[\d+\])?:?)?"
)
_SEQUENCE = re.compile(r'(?:sequenceId|seq|sequence)="?(\d{1,18})"?')
START = re.compile(rb"<\d{1,3}>(?:1 \S|[A-Z][a-z]{2} [ \d]\d )")
"""Where a new syslog message starts."""


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


def _given(value: str | None) -> str | None:
    return None if value in (None, "-", "") else value

"""Formats of audit logs: one module each, one line each in FORMATS, tried in this order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from auditor.trail.formats import document, lines, octets, pacslog
from auditor.trail.schema import Sink


@dataclass(frozen=True, slots=True)
class Format:
    """How to know a format by a file's first bytes and name, and how to parse its blocks into a sink."""

    name: str
    sniff: Callable[[bytes, str], bool]
    parse: Callable[[Iterable[bytes], Sink], None]
    by_line: bool = True
    splittable: bool = False


FORMATS = (
    Format("octet-counted syslog", octets.sniff, octets.parse, by_line=False),
    Format("syslog lines", lines.sniff, lines.parse, splittable=True),
    Format("document", document.sniff, document.parse, by_line=False),
    Format("PACS log", pacslog.sniff, pacslog.parse),
)
"""Tables (CSV) come after these: they need a mapping, see `auditor.trail.tables`."""


def of(head: bytes, name: str) -> Format | None:
    """The format of a log, or None when none of them knows it."""
    return next((format_ for format_ in FORMATS if format_.sniff(head, name)), None)

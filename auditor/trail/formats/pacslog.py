"""Text logs of PACS products by patterns in `data/pacslogs.yaml`: Orthanc, dcm4chee and Conquest."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from auditor.trail.resources import table
from auditor.trail.schema import COLUMNS, INDEX, Sink

LONGEST = 1 << 16
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_STAMP = ("year", "month", "day", "clock")
_TIME = INDEX["time"]


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of line: how it looks, and which fields are constant."""

    pattern: re.Pattern[str]
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Product:
    """One product: what its lines start with; the lines that tell of an access; those that say more of the access
    before them; and those that say something of all that follow (`around`), until one of them `begins` anew."""

    name: str
    sniff: re.Pattern[str]
    stamp: re.Pattern[str]
    source: str
    lines: tuple[Line, ...]
    details: tuple[Line, ...]
    around: tuple[Line, ...]
    begins: re.Pattern[str] | None


@lru_cache(maxsize=1)
def products() -> tuple[Product, ...]:
    """The products of the table."""
    return tuple(
        Product(
            name,
            re.compile(entry["sniff"]),
            re.compile(entry["stamp"]),
            entry["source"],
            _lines(entry, "lines"),
            _lines(entry, "details"),
            _lines(entry, "around"),
            re.compile(entry["begins"]) if "begins" in entry else None,
        )
        for name, entry in table("pacslogs").items()
    )


def _lines(entry: Mapping[str, Any], kind: str) -> tuple[Line, ...]:
    return tuple(Line(re.compile(line["pattern"]), dict(line.get("fields", {}))) for line in entry.get(kind, ()))


def sniff(head: bytes, _name: str) -> bool:
    """Whether one of the products wrote the file."""
    return _product(head.decode("utf-8", "replace")) is not None


def parse(blocks: Iterable[bytes], sink: Sink) -> None:
    """Parse lines; the product is found anew from the first lines."""
    reader: Reader | None = None
    number = 0
    for block in blocks:
        if reader is None:
            product = _product(block[:65536].decode("utf-8", "replace"))
            reader = Reader(product, sink) if product else None
        lines = block.split(b"\n")
        if not lines[-1]:
            lines.pop()
        for raw in lines:
            number += 1
            sink.tally.lines += 1
            if reader is None or len(raw) > LONGEST:
                sink.tally.reject(number, "longer than a line may be" if reader else "of no known product")
            else:
                reader.line(raw.replace(b"\x00", b"").decode("utf-8", "replace").rstrip(), number)
    if reader:
        reader.end()


def _product(head: str) -> Product | None:
    lines = head.splitlines()[:50]
    return next((item for item in products() if any(item.sniff.match(line) for line in lines)), None)


class Reader:
    """Reads the lines of one product's log; an access stays open while the lines behind it say more of it."""

    def __init__(self, product: Product, sink: Sink) -> None:
        self._product = product
        self._sink = sink
        self._first = len(sink.rows)
        self._time = ""
        self._around: dict[str, str] = {}
        self._open: tuple[int, dict[str, str]] | None = None

    def line(self, text: str, number: int) -> None:
        """Take one line."""
        stamp = self._product.stamp.match(text)
        if stamp and stamp.end():
            self._time = _moment(stamp.groupdict()) or self._time
        rest = text[stamp.end() :] if stamp else ""
        self._sink.tally.not_audit += 1
        if rest and not self._more(rest) and (found := _first(self._product.lines, rest)):
            self._sink.tally.not_audit -= 1
            self._flush()
            self._open = number, {"source": self._product.source, "time": self._time} | self._around | found

    def end(self) -> None:
        """No more lines: years that the stamps leave out are filled in."""
        self._flush()
        if any((row[_TIME] or "").startswith("0000-") for row in self._sink.rows[self._first :]):
            self._date()

    def _more(self, rest: str) -> bool:
        """Use a line that says more of the access before it, or of all that follow."""
        begins = self._product.begins
        if begins and begins.search(rest):
            self._around = {}
        around = _first(self._product.around, rest)
        if around is not None:
            parts: dict[str, str | None] = {name: around.pop(name, None) for name in _STAMP}
            self._time = _moment(parts) or self._time
            self._around |= around
            return True
        detail = _first(self._product.details, rest) if self._open else None
        if detail is None or self._open is None:
            return False
        fields = self._open[1]
        for name, value in detail.items():
            fields[name] = f"{fields[name]};{value}" if name == "query" and fields.get(name) else value
        return True

    def _flush(self) -> None:
        if self._open:
            number, fields = self._open
            self._sink.event(number, tuple(fields.get(name) or None for name in COLUMNS))
        self._open = None

    def _date(self) -> None:
        """The last record is the file's last change at the latest; a month that falls back begins a year."""
        rows = self._sink.rows
        years, year, before = [], 0, 0
        for row in rows[self._first :]:
            month = int((row[_TIME] or "0000-00")[5:7])
            year += before - month > 6
            years.append(year)
            before = month
        latest = (self._sink.written or datetime.now(UTC)) + timedelta(days=1)
        last = rows[-1][_TIME] or ""
        base = latest.year - year - (last[5:10] > f"{latest:%m-%d}")
        for place, row in enumerate(rows[self._first :], self._first):
            text = f"{base + years[place - self._first]:04d}{(row[_TIME] or '')[4:]}"
            rows[place] = (*row[:_TIME], text, *row[_TIME + 1 :])


def _first(lines: tuple[Line, ...], text: str) -> dict[str, str] | None:
    for line in lines:
        found = line.pattern.search(text)
        if found:
            return line.fields | {name: value.strip() for name, value in found.groupdict().items() if value}
    return None


def _moment(parts: dict[str, str | None]) -> str:
    """The stamp as ISO 8601 without zone; a year that is not there is 0000 until the log has been read."""
    if parts.get("iso"):
        return (parts["iso"] or "").replace(",", ".").replace("/", "-")
    month, day = parts.get("month") or "", parts.get("day") or ""
    if not month or not parts.get("clock"):
        return ""
    number = f"{_MONTHS.index(month[:3].lower()) + 1:02d}" if month[:3].lower() in _MONTHS else month
    return f"{parts.get('year') or '0000'}-{number}-{day.strip():0>2} {parts.get('clock')}"

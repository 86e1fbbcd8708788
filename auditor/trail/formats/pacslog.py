"""Text logs of PACS products by patterns in `data/pacslogs.yaml`: Orthanc, dcm4chee and Conquest."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from auditor.trail.resources import table
from auditor.trail.schema import COLUMNS, Sink

LONGEST = 1 << 16


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of line: how it looks, which fields are constant, and whether it starts or joins a record."""

    pattern: re.Pattern[str]
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Product:
    """One product: what its lines start with, and the lines that tell of an access."""

    name: str
    sniff: re.Pattern[str]
    stamp: re.Pattern[str]
    source: str
    lines: tuple[Line, ...]


@lru_cache(maxsize=1)
def products() -> tuple[Product, ...]:
    """The products of the table."""
    return tuple(
        Product(
            name,
            re.compile(entry["sniff"]),
            re.compile(entry["stamp"]),
            entry["source"],
            tuple(Line(re.compile(line["pattern"]), dict(line.get("fields", {}))) for line in entry["lines"]),
        )
        for name, entry in table("pacslogs").items()
    )


def sniff(head: bytes, _name: str) -> bool:
    """Whether one of the products wrote the file."""
    return _product(head.decode("utf-8", "replace")) is not None


def parse(blocks: Iterable[bytes], sink: Sink) -> None:
    """Parse lines; the product is found anew from the first lines."""
    product: Product | None = None
    number = 0
    for block in blocks:
        product = product or _product(block[:65536].decode("utf-8", "replace"))
        lines = block.split(b"\n")
        if not lines[-1]:
            lines.pop()
        for raw in lines:
            number += 1
            sink.tally.lines += 1
            if product is None or len(raw) > LONGEST:
                sink.tally.reject(number, "longer than a line may be" if product else "of no known product")
            else:
                _line(raw.decode("utf-8", "replace").rstrip(), number, product, sink)


def _product(head: str) -> Product | None:
    lines = head.splitlines()[:50]
    return next((item for item in products() if any(item.sniff.match(line) for line in lines)), None)


def _line(text: str, number: int, product: Product, sink: Sink) -> None:
    stamp = product.stamp.match(text)
    if not stamp:
        sink.tally.not_audit += 1
        return
    rest = text[stamp.end() :]
    for line in product.lines:
        found = line.pattern.search(rest)
        if found:
            fields = {"source": product.source, "time": _moment(stamp.groupdict()), **line.fields}
            fields |= {name: value for name, value in found.groupdict().items() if value}
            sink.event(number, tuple(fields.get(name) or None for name in COLUMNS))
            return
    sink.tally.not_audit += 1


def _moment(parts: dict[str, str | None]) -> str:
    """The stamp as ISO 8601 without zone; Orthanc writes month and day without a year."""
    if parts.get("iso"):
        return (parts["iso"] or "").replace(",", ".").replace("/", "-")
    return f"{parts.get('year') or '0000'}-{parts.get('month')}-{parts.get('day')} {parts.get('clock')}"

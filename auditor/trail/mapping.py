"""How a table's columns become events: written by a site in `auditor.toml`, or proposed from a sample."""

import csv
import io
import ipaddress
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from auditor.trail.moments import ISO, time_format
from auditor.trail.resources import table

_SEPARATORS = ",;\t|"
_PLAIN = re.compile(r"[^a-z0-9]")
_TITLE = re.compile(r"[A-Z][A-Z0-9_ -]{1,15}")
_UID = re.compile(r"[0-2](?:\.\d+){3,}")


@dataclass(frozen=True, slots=True)
class Mapping:
    """A table's shape: its columns by our names, and how its texts are to be read.

    `zone` is the IANA zone of times without offset; `format` is a strptime pattern, `epoch`, `epoch_ms` or empty for
    ISO 8601. `values` maps a column's own words to ours. `confidence` counts how sure a proposal is, 0 to 1.
    """

    columns: dict[str, str]
    separator: str = ","
    encoding: str = "utf-8"
    format: str = ""
    zone: str = ""
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    confidence: float = 1.0


def plain(name: str) -> str:
    """A name in lower case without accents, spaces or signs: what synonyms are compared by."""
    folded = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return _PLAIN.sub("", folded.lower())


def decode(data: bytes) -> tuple[str, str]:
    """Text of a sample and the encoding that fits: UTF-8 (with or without mark), UTF-16, else Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), "utf-16"
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        if error.start > len(data) - 4:
            return data.decode("utf-8-sig", "ignore"), "utf-8"
        return data.decode("cp1252", "replace"), "cp1252"


def propose(sample: bytes, synonyms: str = "columns") -> Mapping | None:
    """Propose a mapping for the first bytes of a table, by names first and contents second; None if it is none.

    A table needs at least a header of two known columns, one of them a time, or it is not proposed.
    """
    text, encoding = decode(
        sample.replace(b"\x00", b"")
        if b"\x00\x00" not in sample[:4] and sample[:2] not in (b"\xff\xfe", b"\xfe\xff")
        else sample
    )
    lines = [line for line in text.splitlines()[:400] if line.strip()]
    if len(lines) < 2 or lines[0].lstrip().startswith(("<", "{")):
        return None
    separator = _separator(lines)
    rows = list(csv.reader(io.StringIO("\n".join(lines[:-1] if len(lines) > 2 else lines)), delimiter=separator))
    header = tuple(name.strip().lstrip("\ufeff") for name in rows[0])
    body = [row for row in rows[1:] if len(row) == len(header)]
    if len(header) < 2 or not body:
        return None
    columns = _match(header, body, table(synonyms))
    if "time" not in columns and not {"date", "clock"} <= columns.keys():
        return None
    sample_times = [_moment_text(columns, header, row) for row in body]
    return Mapping(
        columns,
        separator,
        encoding,
        time_format([value for value in sample_times if value]),
        header=header,
        confidence=round(min(1.0, len(columns) / 8), 2),
    )


def _separator(lines: list[str]) -> str:
    def score(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in lines[:50] if line.count(sign))
        return (counts.most_common(1)[0][1] * 4, counts.most_common(1)[0][0]) if counts else (0, 0)

    return max(_SEPARATORS, key=score)


def _match(header: tuple[str, ...], body: list[list[str]], synonyms: dict[str, list[str]]) -> dict[str, str]:
    """Give each of our columns the best of theirs: name rank first, contents decide between equals and fill gaps."""
    offers: list[tuple[float, str, int]] = []
    contents = [[row[place].strip() for row in body] for place in range(len(header))]
    for place, name in enumerate(header):
        for column, words in synonyms.items():
            rank = _rank(plain(name), words)
            fits = _fits(column, contents[place])
            if fits >= 0 and (rank > 0 or fits >= 0.9):
                offers.append((rank + fits, column, place))
    chosen: dict[str, str] = {}
    used: set[int] = set()
    for _, column, place in sorted(offers, key=lambda offer: (-offer[0], offer[2])):
        if column not in chosen and place not in used and not (column in ("date", "clock") and "time" in chosen):
            chosen[column] = header[place]
            used.add(place)
    return chosen


def _rank(name: str, words: list[str]) -> float:
    if name in words:
        return 3.0 - words.index(name) / len(words)
    inside = [word for word in words if len(word) > 4 and (word in name or (len(name) > 4 and name in word))]
    return 0.8 if inside else 0.0


def _fits(column: str, values: list[str]) -> float:
    """How well contents suit a column: -1 when they cannot be it, 0 when they say nothing, up to 1."""
    given = [value for value in values if value][:40]
    if not given:
        return 0.0
    test = _TESTS.get(column)
    if test is None:
        return 0.0
    share = sum(1 for value in given if test(value)) / len(given)
    if column in _MUST:
        return share if share > 0.6 else -1.0
    return share * 0.5


@lru_cache(maxsize=4096)
def _is_time(value: str) -> bool:
    if ISO.match(value):
        return len(value) > 10
    return bool(_TIMELIKE.match(value)) and bool(time_format([value]))


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _moment_text(columns: dict[str, str], header: tuple[str, ...], row: list[str]) -> str:
    if "time" in columns:
        return row[header.index(columns["time"])].strip()
    return f"{row[header.index(columns['date'])].strip()} {row[header.index(columns['clock'])].strip()}"


_TIMELIKE = re.compile(r"\d[\w./, +-]{4,12}\d{1,2}:\d\d|\d{9,13}(?:\.\d+)?$|\d{8}[T ]?\d{6}")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{8}")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?")
_TESTS: dict[str, Callable[[str], bool]] = {
    "time": _is_time,
    "date": lambda value: bool(_DATE.fullmatch(value)),
    "clock": lambda value: bool(_CLOCK.fullmatch(value)),
    "ip": _is_address,
    "seq": lambda value: value.isdigit(),
    "instances": lambda value: value.lstrip("-").isdigit(),
    "src_ae": lambda value: bool(_TITLE.fullmatch(value)),
    "dst_ae": lambda value: bool(_TITLE.fullmatch(value)),
}
_MUST = {"time", "date", "clock", "seq", "instances"}

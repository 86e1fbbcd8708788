"""Times in logs: which pattern a column follows, and time zones as plain offsets for SQL."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from auditor.trail.writing import tidied

ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z| ?UTC|[+-]\d\d:?\d\d)?)?$")
SERIAL = re.compile(r"[34]\d{4}[.,]\d{3,}")
"""A moment of the years 1982 to 2036 as days since the end of 1899, with the time of day as a fraction."""
_SHAPE = re.compile(
    r"(?P<date>(?P<ymd>\d{4}(?P<s1>[-/.])\d{1,2}(?P=s1)\d{1,2})|(?P<one>\d{1,2})(?P<s2>[-/.])(?P<two>\d{1,2})(?P=s2)(?P<year>\d{4}|\d\d)"
    r"|(?P<compact>\d{8})|\d{1,2}(?P<s3>[ /-])[A-Z][a-z]{2}(?P=s3)(?P<year3>\d{4}|\d\d))"
    r"(?:(?P<between>T|, | |)(?P<hour>\d{1,2})(?P<colon>[:.]|(?=\d{4}))\d\d"
    r"(?P<second>(?P=colon)\d\d)?(?P<fraction>[.,]\d{1,6})?"
    r"(?P<half> ?[AaPp][Mm])?(?P<zone> ?(?:Z|[+-]\d\d:?\d\d))?)?"
)


_EPOCHS = {"epoch": 1.0, "epoch_ms": 1e3, "epoch_us": 1e6, "epoch_ns": 1e9}


def time_format(values: list[str]) -> str:
    """The strptime pattern that reads the values, once they are tidied (see `writing`): empty for ISO 8601 or none,
    `epoch`, `epoch_ms`, `epoch_us`, `epoch_ns`: counts; `serial`: days as spreadsheets count them.

    Of day-first and month-first the one that no value contradicts is taken; when neither is contradicted, day-first
    with points, else the one in which moments rise more often, and day-first at last (month-first with a 12-hour
    clock).
    """
    sample = [tidied(value) for value in values if value][:200]
    if not sample or sum(1 for value in sample if ISO.match(value)) >= 0.9 * len(sample):
        return ""
    if all(re.fullmatch(r"\d{9,10}(?:[.,]\d+)?", value) for value in sample):
        return "epoch"
    if all(SERIAL.fullmatch(value) for value in sample):
        return "serial"
    if all(re.fullmatch(r"\d{12,13}", value) for value in sample):
        return "epoch_ms"
    if all(re.fullmatch(r"\d{15,16}", value) for value in sample):
        return "epoch_us"
    if all(re.fullmatch(r"\d{19}", value) for value in sample):
        return "epoch_ns"
    shapes = [shape for value in sample if (shape := _SHAPE.fullmatch(value))]
    if len(shapes) <= 0.6 * len(sample):
        return ""
    return _pattern(shapes)


def _pattern(shapes: list[re.Match[str]]) -> str:
    shape = shapes[0]
    if shape["ymd"]:
        date = shape["s1"].join(("%Y", "%m", "%d"))
    elif shape["compact"]:
        years_first = all(shape["compact"][:2] in ("19", "20") and shape["compact"][4:6] < "13" for shape in shapes)
        date = "%Y%m%d" if years_first else "%d%m%Y"
    elif shape["one"]:
        year = "%Y" if len(shape["year"]) == 4 else "%y"
        date = shape["s2"].join(("%d", "%m", year) if _day_first(shapes) else ("%m", "%d", year))
    else:
        date = shape["s3"].join(("%d", "%b", "%Y" if len(shape["year3"]) == 4 else "%y"))
    if shape["hour"] is None:
        return date
    half = shape["half"] or ""
    colon = shape["colon"]
    clock = ("%I" if half else "%H") + colon + "%M" + (colon + "%S" if shape["second"] else "")
    fraction = next((each["fraction"] for each in shapes if each["fraction"]), "")
    clock += fraction[:1] + "%f" if fraction else ""
    zone = shape["zone"] or ""
    return (
        date
        + shape["between"]
        + clock
        + half.rstrip("AaPpMm")
        + ("%p" if half else "")
        + (" " if zone[:1] == " " else "")
        + ("%z" if zone else "")
    )


def _day_first(shapes: list[re.Match[str]]) -> bool:
    pairs = [(int(shape["one"]), int(shape["two"]), shape["year"]) for shape in shapes if shape["one"]]
    if any(one > 12 for one, _, _ in pairs):
        return True
    if any(two > 12 for _, two, _ in pairs):
        return False
    if shapes[0]["s2"] == ".":
        return True

    def rising(keys: list[tuple[str, int, int]]) -> int:
        return sum(1 for one, two in pairwise(keys) if two >= one)

    by_day, by_month = rising([(y, b, a) for a, b, y in pairs]), rising([(y, a, b) for a, b, y in pairs])
    return by_day > by_month if by_day != by_month else not shapes[0]["half"]


def reader(pattern: str) -> Callable[[str], str]:
    """A function that turns a text into ISO 8601, with offset where the text has one; raises ValueError."""
    if not pattern:
        return _iso
    if pattern in _EPOCHS:
        scale = _EPOCHS[pattern]
        return lambda text: datetime.fromtimestamp(float(text.replace(",", ".")) / scale, UTC).isoformat()
    if pattern == "serial":
        return _serial

    whole = pattern.replace(".%f", "").replace(",%f", "")

    def read(text: str) -> str:
        if ISO.match(text):
            return text
        for written, form in ((text, pattern), (text, whole), (tidied(text), pattern), (tidied(text), whole)):
            with suppress(ValueError):
                return datetime.strptime(written, form).isoformat()  # noqa: DTZ007 - a zone is optional here
        if ISO.match(tidied(text)):
            return tidied(text)
        raise ValueError("no time")

    return read


def _serial(text: str) -> str:
    """Days since 1899-12-30, to the tenth of a second: a second is a fraction that has no end."""
    tenths = round(float(text.replace(",", ".")) * 864_000)
    return (datetime(1899, 12, 30) + timedelta(seconds=tenths / 10)).isoformat()  # noqa: DTZ001 - local, of no zone


def _iso(text: str) -> str:
    """The text as ISO 8601, if it is that once it is tidied; what is no time at all is left to the database."""
    if len(text) < 8:
        raise ValueError("no time")
    if ISO.match(text):
        return text
    tidy = tidied(text)
    return tidy if ISO.match(tidy) else text


def zone(name: str) -> ZoneInfo | None:
    """The zone called `name`, or None when there is none of that name."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def offsets(name: str, first: datetime, last: datetime) -> list[tuple[datetime, int]]:
    """(from UTC moment, seconds east of UTC) for every stretch of the zone between two aware moments."""
    found = zone(name)
    if found is None:
        return [(first, 0)]
    steps: list[tuple[datetime, int]] = []
    moment = first - timedelta(days=2)
    while moment <= last + timedelta(days=2):
        shift = moment.astimezone(found).utcoffset() or timedelta()
        if not steps or steps[-1][1] != shift.total_seconds():
            steps.append((_edge(found, moment - timedelta(hours=6), moment), int(shift.total_seconds())))
        moment += timedelta(hours=6)
    return steps


def _edge(found: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The moment between two moments at which the offset changes, to the second."""
    target = after.astimezone(found).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        before, after = (before, middle) if middle.astimezone(found).utcoffset() == target else (middle, after)
    return after.replace(microsecond=0)


def local_sql(column: str, steps: list[tuple[datetime, int]]) -> str:
    """SQL for local wall time of a UTC TIMESTAMP column."""
    cases = "".join(
        f"WHEN {column} >= TIMESTAMP '{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}' "
        f"THEN {column} + INTERVAL ({seconds}) SECOND "
        for moment, seconds in reversed(steps[1:])
    )
    plain = f"{column} + INTERVAL ({steps[0][1]}) SECOND"
    return f"(CASE {cases}ELSE {plain} END)" if cases else f"({plain})"


def utc_sql(column: str, steps: list[tuple[datetime, int]]) -> str:
    """SQL for UTC of a local TIMESTAMP column; an hour that happens twice is read as its first."""
    cases = "".join(
        f"WHEN {column} >= TIMESTAMP '{_wall(moment, max(seconds, before)):%Y-%m-%d %H:%M:%S}' "
        f"THEN {column} - INTERVAL ({seconds}) SECOND "
        for (moment, seconds), (_, before) in zip(reversed(steps[1:]), reversed(steps[:-1]), strict=True)
    )
    plain = f"{column} - INTERVAL ({steps[0][1]}) SECOND"
    return f"(CASE {cases}ELSE {plain} END)" if cases else f"({plain})"


def _wall(moment: datetime, seconds: int) -> datetime:
    return moment.astimezone(UTC) + timedelta(seconds=seconds)

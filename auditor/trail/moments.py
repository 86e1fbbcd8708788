"""Times in logs: which pattern a column follows, and time zones as plain offsets for SQL."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)?$")
_CLOCKS = ("%H:%M:%S.%f", "%H:%M:%S,%f", "%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
_DATES = (
    "%d.%m.%Y",
    "%d.%m.%y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y%m%d",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d/%m/%y",
    "%m/%d/%y",
)
_ZONES = ("", "%z", " %z")
_BETWEEN = (" ", "T", ", ", "")


def time_format(values: list[str]) -> str:
    """The strptime pattern that reads every value: empty for ISO 8601, `epoch` or `epoch_ms` for counts.

    Of day-first and month-first the one that reads more values is taken; when both read all, the one whose
    moments stand in rising order more often, and day-first at last.
    """
    sample = [value for value in values if value][:200]
    if not sample or sum(1 for value in sample if ISO.match(value)) >= 0.9 * len(sample):
        return ""
    if all(re.fullmatch(r"\d{9,10}(?:\.\d+)?", value) for value in sample):
        return "epoch"
    if all(re.fullmatch(r"\d{12,13}", value) for value in sample):
        return "epoch_ms"
    best, score = "", (0, 0)
    for pattern in _patterns():
        if not _try(sample[0], pattern) and not _try(sample[-1], pattern):
            continue
        read = [moment for value in sample if (moment := _try(value, pattern))]
        rising = sum(1 for one, two in zip(read, read[1:], strict=False) if two.timestamp() >= one.timestamp())
        if (len(read), rising) > score:
            best, score = pattern, (len(read), rising)
    return best if score[0] > 0.6 * len(sample) else ""


def _patterns() -> list[str]:
    return [
        date + between + clock + zone for date in _DATES for between in _BETWEEN for clock in _CLOCKS for zone in _ZONES
    ]


def _try(value: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(value, pattern)  # noqa: DTZ007 - a zone is optional here
    except ValueError:
        return None


def reader(pattern: str) -> Callable[[str], str]:
    """A function that turns a text into ISO 8601, with offset where the text has one; raises ValueError."""
    if not pattern:
        return _iso
    if pattern in ("epoch", "epoch_ms"):
        scale = 1000.0 if pattern == "epoch_ms" else 1.0
        return lambda text: datetime.fromtimestamp(float(text) / scale, UTC).isoformat()

    def read(text: str) -> str:
        if ISO.match(text):
            return _iso(text)
        return datetime.strptime(text, pattern).isoformat()  # noqa: DTZ007

    return read


def _iso(text: str) -> str:
    if len(text) < 8:
        raise ValueError("no time")
    return text


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
        f"WHEN {column} >= TIMESTAMP '{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}' THEN {column} + INTERVAL ({seconds}) SECOND "
        for moment, seconds in reversed(steps[1:])
    )
    plain = f"{column} + INTERVAL ({steps[0][1]}) SECOND"
    return f"(CASE {cases}ELSE {plain} END)" if cases else f"({plain})"


def utc_sql(column: str, steps: list[tuple[datetime, int]]) -> str:
    """SQL for UTC of a local TIMESTAMP column; an hour that happens twice is read as its first."""
    cases = "".join(
        f"WHEN {column} >= TIMESTAMP '{moment.astimezone(UTC) + timedelta(seconds=max(seconds, before)):%Y-%m-%d %H:%M:%S}' "
        f"THEN {column} - INTERVAL ({seconds}) SECOND "
        for (moment, seconds), (_, before) in zip(reversed(steps[1:]), reversed(steps[:-1]), strict=True)
    )
    plain = f"{column} - INTERVAL ({steps[0][1]}) SECOND"
    return f"(CASE {cases}ELSE {plain} END)" if cases else f"({plain})"

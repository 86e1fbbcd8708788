"""What a UID can carry besides its meaning: dates, hardware addresses, serials (PS3.5 9, B.1 and B.2, RFC 9562)."""

import uuid
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

import re2

from auditor.identifiers.hit import Hit
from auditor.identifiers.kind import Kind
from auditor.identifiers.resource import table

_STAMP = re2.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d")
_DATE = re2.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_UUID_ROOT = "2.25."


def uid_hits(text: str, known: frozenset[date]) -> list[Hit]:
    """Known dates anywhere in the UID, time stamps to the second, addresses in version 1 UUIDs, serials of devices."""
    return [*_dates(text, known), *_dotted(text, known), *_address(text), *_serial(text)]


def layouts() -> tuple[str, ...]:
    """Patterns of UIDs in which makers put the serial number of the device, which is their only group."""
    return tuple(row["pattern"] for row in table("uid_layouts"))


def _dates(text: str, known: frozenset[date]) -> Iterator[Hit]:
    for match in _STAMP.finditer(text):
        start, end = match.span()
        if (text[start - 1 : start] in (".", "") or not text[start - 1].isdecimal()) and _day(text[start : start + 8]):
            yield Hit(start, end, Kind.DATE, "uids.timestamp", 0.7, "a time stamp to the second inside a UID")
    position = 0 if known else len(text)
    while match := _DATE.search(text, position):
        start, end = match.span()
        position = start + 1
        if _day(text[start:end]) in known:
            yield Hit(start, end, Kind.DATE, "uids.date", 0.95, "a known date inside a UID")


def _dotted(text: str, known: frozenset[date]) -> Iterator[Hit]:
    """Known dates written as three components (.2016.5.3.)."""
    for day in known:
        for form in {f"{day.year}.{day.month}.{day.day}", f"{day.day}.{day.month}.{day.year}"}:
            place = f".{text}.".find(f".{form}.")
            if place >= 0:
                yield Hit(place, place + len(form), Kind.DATE, "uids.date", 0.95, "a known date inside a UID")


def _day(digits: str) -> date | None:
    """The day that eight digits name, year first, if there is such a day."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _address(text: str) -> Iterator[Hit]:
    stripped = text.rstrip("\0 ")
    if not stripped.startswith(_UUID_ROOT) or not stripped[len(_UUID_ROOT) :].isdecimal() or len(stripped) > 64:
        return
    number = int(stripped[len(_UUID_ROOT) :])
    if number < 1 << 128:
        made = uuid.UUID(int=number)
        if made.variant == uuid.RFC_4122 and made.version == 1:
            reason = "a version 1 UUID holds a hardware address and the time"
            yield Hit(len(_UUID_ROOT), len(stripped), Kind.MAC, "uids.hardware", 0.9, reason)


def _serial(text: str) -> Iterator[Hit]:
    for layout in _compiled():
        if match := layout.search(text):
            start, end = match.span(1)
            yield Hit(
                start, end, Kind.DEVICE_SERIAL, "uids.serial", 0.9, "the maker of the device puts its serial there"
            )


@lru_cache(maxsize=1)
def _compiled() -> tuple[Any, ...]:
    return tuple(re2.compile(layout) for layout in layouts())

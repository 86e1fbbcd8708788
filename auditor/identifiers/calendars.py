"""The Iranian and the Islamic calendar, for dates that texts write in them."""

import datetime
from functools import lru_cache

_LEAP = frozenset((1, 5, 9, 13, 17, 22, 26, 30))  # places in the cycle of 33 years, right from 1178 to 1633
_HIJRA = datetime.date(622, 7, 19)  # the first of Muharram of the year 1
_ANCHOR = (1403, datetime.date(2024, 3, 20))  # the first of Farvardin 1403


def from_jalali(year: int, month: int, day: int) -> datetime.date | None:
    """The day of the Gregorian calendar, or None when there is no such day."""
    if not 1 <= month <= 12 or not 1 <= day <= _length(year, month):
        return None
    return _new_year(year) + datetime.timedelta(days=sum(_length(year, one) for one in range(1, month)) + day - 1)


def to_jalali(date: datetime.date) -> tuple[int, int, int]:
    """Year, month and day of the Iranian calendar."""
    year = date.year - 621 if date >= _new_year(date.year - 621) else date.year - 622
    left, month = (date - _new_year(year)).days, 1
    while left >= _length(year, month):
        left, month = left - _length(year, month), month + 1
    return year, month, left + 1


def _length(year: int, month: int) -> int:
    return 31 if month <= 6 else 30 if month <= 11 or year % 33 in _LEAP else 29


@lru_cache(maxsize=512)
def _new_year(year: int) -> datetime.date:
    first, date = _ANCHOR
    low, high = sorted((first, year))
    days = sum(365 + (one % 33 in _LEAP) for one in range(low, high))
    return date + datetime.timedelta(days=days if year >= first else -days)


def from_hijri(year: int, month: int, day: int) -> datetime.date | None:
    """The day of the tabular Islamic calendar, which may be a day off the one announced; None for no such day."""
    if not 1 <= month <= 12 or not 1 <= day <= 30 - (month % 2 == 0 and not (month == 12 and _leap(year))):
        return None
    days = (year - 1) * 354 + (3 + 11 * year) // 30 + _before(month) + day - 1
    return _HIJRA + datetime.timedelta(days=days)


def to_hijri(date: datetime.date) -> tuple[int, int, int]:
    """Year, month and day of the tabular Islamic calendar."""
    days = (date - _HIJRA).days
    year = (30 * days + 10646) // 10631
    left = days - (year - 1) * 354 - (3 + 11 * year) // 30
    month = max(one for one in range(1, 13) if _before(one) <= left)
    return year, month, left - _before(month) + 1


def _before(month: int) -> int:
    """The days of an Islamic year before its month."""
    return 29 * (month - 1) + month // 2


def _leap(year: int) -> bool:
    return (11 * year + 14) % 30 < 11

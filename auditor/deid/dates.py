"""Dates, times and ages in DICOM's own layouts, moved by whole days so that every interval is kept."""

import re
from datetime import date, timedelta

OLDEST_AGE = 90  # 164.514(b)(2)(i)(C): ages over 89 become one category, 90 or older
_DATE = re.compile(r"(\d{4})([.:\-/]?)(\d{2})\2(\d{2})")
_DATE_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})((?:\d{2}){0,3}(?:\.\d{1,6})?(?:[+-]\d{4})?)")
_PARTIAL = re.compile(r"(\d{4})(\d{2})?((?:[+-]\d{4})?)")
_CLOCK = r"(?:[01]\d|2[0-3])(?::?[0-5]\d(?::?(?:[0-5]\d|60)(?:\.\d{1,6})?)?)?"
_TIME = re.compile(rf"(?:{_CLOCK})?(?:-(?:{_CLOCK})?)?")
_AGE = re.compile(r"(\d{3})([DWMY])")
_YEARS = {"D": 365.25, "W": 52.18, "M": 12.0, "Y": 1.0}


def shift_date(value: str, days: int) -> str | None:
    """A DA value (also with the separators of old ACR-NEMA files) moved by `days`; None when it is no date."""
    match = _DATE.fullmatch(value)
    moved = _moved(match.group(1), match.group(3), match.group(4), days) if match else None
    return moved.strftime(f"%Y{match.group(2)}%m{match.group(2)}%d") if match and moved else None


def shift_date_time(value: str, days: int) -> str | None:
    """A DT value moved by `days`, its time of day, fraction and zone kept; None when it is no date."""
    match = _DATE_TIME.fullmatch(value)
    if match:
        moved = _moved(match.group(1), match.group(2), match.group(3), days)
        return moved.strftime("%Y%m%d") + match.group(4) if moved else None
    partial = _PARTIAL.fullmatch(value)
    moved = _moved(partial.group(1), partial.group(2) or "07", "01", days) if partial else None
    if not partial or not moved:
        return None
    return moved.strftime("%Y%m" if partial.group(2) else "%Y") + partial.group(3)


def shift_range(value: str, days: int) -> str | None:
    """A date or a range of dates (``a-b``) moved by `days`."""
    if value.count("-") == 1 and len(value) > 8:
        parts = [shift_date(part, days) if part else "" for part in value.split("-")]
        return None if None in parts else "-".join(part or "" for part in parts)
    return shift_date(value, days)


def fits(value: str, vr: str) -> bool:
    """Whether every part of a DA, DT or TM value is a date or time (PS3.5 6.2), ranges included."""
    parts = [part.strip(" \0") for part in value.split("\\")]
    if vr == "TM":
        return all(_TIME.fullmatch(part) for part in parts)
    move = shift_date_time if vr == "DT" else shift_range
    return all(not part or move(part, 0) is not None for part in parts)


def cap_age(value: str) -> str | None:
    """An AS value, ``090Y`` for every age over 89; None when it is no age."""
    match = _AGE.fullmatch(value)
    if not match:
        return None
    return f"{OLDEST_AGE:03d}Y" if int(match.group(1)) / _YEARS[match.group(2)] >= OLDEST_AGE else value


def shift_birth(value: str, study: str, days: int) -> str | None:
    """A birth date moved by `days`, and never so early that the person is over 90 at the study date `study`."""
    moved = shift_date(value, days)
    at = shift_date(study, days) if study else None
    if moved is None or at is None:
        return moved
    floor = f"{int(at[:4]) - OLDEST_AGE:04d}{at[4:].replace('0229', '0228')}"
    return max(moved, floor) if len(moved) == len(floor) else moved


def _moved(year: str, month: str, day: str, days: int) -> date | None:
    try:
        return date(int(year), int(month), int(day)) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None

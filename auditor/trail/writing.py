"""Times as people and programs write them, made plain: words, zones by name and signs of many countries go."""

import re
from functools import lru_cache

from auditor.trail.mapping import plain
from auditor.trail.resources import table

_ABBREVIATED = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIGNS = (
    (re.compile(r"(\d{4})年 ?(\d{1,2})月 ?(\d{1,2})日"), r"\1-\2-\3"),
    (re.compile(r"(\d{4})\. ?(\d{1,2})\. (\d{1,2})\.?(?=\s|$)|(\d{4})\.(\d{1,2})\.(\d{1,2})\.(?=\s|$)"), None),
    (re.compile(r"(?<=\d)[時时시hH] ?(?=\d\d)"), ":"),
    (re.compile(r"(?<=\d)[分분] ?(?=\d\d)"), ":"),
    (re.compile(r"(?<=\d)[分分秒초분](?!\d)"), ""),
    (re.compile(r"(?<=\d)_(?=\d)|(?<=\d) - (?=\d\d?[:.])|(?<=\d\d\d\d):(?=\d\d:)"), " "),
    (re.compile(r"(\d{4}([-/.])\d\d\2\d\d)-(?=\d\d[:.]\d\d)"), r"\1 "),
    (re.compile(r"(?<=[\dZ])\[[\w/+-]+\]$|^'(?=\d[^']+$)"), ""),
    (re.compile(r"(:\d\d):(\d{3})(?!\d)"), r"\1.\2"),
    (re.compile(r"(?i)\b([ap])\. ?m\.?(?![^\W_])"), r"\1m"),
)
_WORD = re.compile(r"[^\W\d_]+\.?")
_KEPT = re.compile(r"\d[Tt]\d|[Zz]$")
_HALF_FIRST = re.compile(r"\b([AP]M) ?(\d{1,2}:\d\d(?::\d\d)?)")
_MONTH_FIRST = re.compile(
    r"^([A-Z][a-z]{2})[ -](\d{1,2}),? (?:(\d{4})|([\d:.]+ ?(?:[AP]M)?)( ?[+-]\d\d:\d\d)? (\d{4}))"
)
_OFFSET = re.compile(r" ?([+-])(\d\d):?(\d\d)?$")
_CLOCK = re.compile(r"\d[:.]\d\d|\d{6}")


@lru_cache(maxsize=8192)
def tidied(text: str) -> str:
    """The time in digits, English short months, `AM` or `PM` and an offset `+hh:mm`, whatever else was written there.

    What is plain already comes back as it is.
    """
    tidy = text.strip().replace("\u00a0", " ").replace("\u202f", " ")
    for pattern, put in _SIGNS:
        tidy = pattern.sub(put if put is not None else _ymd, tidy)
    parts, place = [], 0
    for found in _WORD.finditer(tidy):
        parts += [tidy[place : found.start()], _word(tidy, found)]
        place = found.end()
    tidy = " ".join("".join([*parts, tidy[place:]]).replace(" ,", ",").split()).strip(" ,")
    tidy = re.sub(r"^[., ]+|(?<=\d)\. (?=[A-Z])", lambda sign: " " if sign.start() else "", tidy)
    tidy = _HALF_FIRST.sub(r"\2 \1", tidy)
    tidy = _MONTH_FIRST.sub(lambda m: f"{m[2]} {m[1]} {m[3] or m[6]}" + (f" {m[4]}{m[5] or ''}" if m[4] else ""), tidy)
    if _CLOCK.search(tidy[8:] or tidy):
        tidy = _OFFSET.sub(lambda sign: f"{sign[1]}{sign[2]}:{sign[3] or '00'}", tidy)
    return re.sub(r"([.,]\d{6})\d+", r"\1", tidy)


def _ymd(found: re.Match[str]) -> str:
    return "-".join(part for part in found.groups() if part)


def _word(text: str, found: re.Match[str]) -> str:
    """What a word becomes: a short month, a half of the day, an offset, or nothing."""
    word = found.group().rstrip(".")
    around = text[max(0, found.start() - 1) : found.end() + 1]
    if _KEPT.fullmatch(around) or (found.end() == len(text) and word in "Zz"):
        return word
    name = plain(word)
    half = next((half for half, words in table("moments")["halves"].items() if name in map(plain, words)), "")
    if half:
        return half
    zones = table("moments")["zones"]
    if name in zones:
        follows = re.match(r"[+-]\d", text[found.end() :])
        return "" if follows else str(zones[name])
    month = _month(name)
    return _ABBREVIATED[month] if month else ""


@lru_cache(maxsize=512)
def _month(name: str) -> int:
    """The month whose longest known beginning the word has; 0 for none."""
    if name in table("moments")["weekdays"]:
        return 0
    fits = [
        (len(plain(begin)), int(number))
        for number, words in table("moments")["months"].items()
        for begin in words
        if name.startswith(plain(begin))
    ]
    return max(fits)[1] if fits and len(name) >= 3 else 0


_FIRST_DAY = re.compile(
    r"^(?:1899-12-3[01]|3[01][./-]12[./-]1899|12[./-]3[01][./-]1899|1900-01-0[01]|0?[01][./-]0?1[./-]1900"
    r"|0?1[./-]0?[01][./-]1900|1970-01-01|0?1[./-]0?1[./-]1970)[T ]+(?=\d)"
)
"""The day on which spreadsheets and databases let a time of day stand that has no date."""
_MIDNIGHT = re.compile(r"[T ]+(?:00?[:.]00(?:[:.]00(?:[.,]0+)?)?|12:00(?::00)? ?[Aa][Mm])$")


def time_of_day(text: str) -> str:
    """The text without the day that stands before a time of day for want of a date."""
    return _FIRST_DAY.sub("", text)


def day_alone(text: str) -> str:
    """The text without a midnight that stands behind a date for want of a time."""
    return _MIDNIGHT.sub("", text)


def joined(date: str, clock: str) -> str:
    """Date and time of day, out of the two columns that hold them."""
    return f"{day_alone(date.strip())} {time_of_day(clock.strip())}"

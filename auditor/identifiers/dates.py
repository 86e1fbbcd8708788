"""Dates in text, in every written layout, with the way to write another date in the same layout.

All elements of dates except the year are identifiers (164.514(b)(2)(i)(C)).
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from auditor.identifiers.calendars import from_hijri, from_jalali, to_hijri, to_jalali
from auditor.identifiers.fold import bare, simple
from auditor.identifiers.gates import Gate
from auditor.identifiers.resource import table
from auditor.identifiers.subject import levelled

_PIVOT = 30  # two-digit years up to this one are of this century
_OTHER_SCRIPTS = 0x370  # Greek and beyond: their names of months are not written in Latin letters
_EARLIEST = 1850
_LATEST = 2100
_GATE = re2.compile(r"\d")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ERAS = {"be": 543, "r": -1911}  # Buddhist years, and years of the Republic of China, against the common ones


@dataclass(frozen=True, slots=True)
class Part:
    """One component of a written date (`y m d mon w era e`) and its span in the text."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date in a text. `candidates` are its possible meanings, the likeliest first (01/02/2024 has two).

    `certain` is False for layouts that ordinary numbers share (20240131) or that lack a year.
    """

    start: int
    end: int
    layout: str
    certain: bool
    candidates: tuple[datetime.date, ...]
    parts: tuple[Part, ...]

    @property
    def date(self) -> datetime.date:
        """The likeliest meaning."""
        return self.candidates[0]


def may_hold(text: str) -> bool:
    """Whether any layout may occur in a line of `text` (levelled or ASCII), which may be several texts: one pass."""
    return any(True for _ in _layouts()[0].matching(text.encode("utf-8")))


def parse(text: str) -> datetime.date | None:
    """The one date `text` consists of, or None."""
    stripped = text.strip()
    for found in find(stripped):
        if (
            found.start == 0
            and found.layout != "compact-short"
            and (found.end == len(stripped) or not stripped[found.end : found.end + 1].isdecimal())
        ):
            return found.date
    return None


def written(text: str) -> datetime.date | None:
    """The date that eight digits are in DICOM (DA, PS3.5 6.2), or None for any other text."""
    if len(text) != 8 or not (text.isascii() and text.isdecimal()) or not _EARLIEST <= int(text[:4]) < _LATEST:
        return None
    return _date(int(text[:4]), int(text[4:6]), int(text[6:]))


def find(text: str) -> tuple[DateFound, ...]:
    """Every date in `text`, sorted, none overlapping another; where layouts disagree, the longer wins."""
    plain = levelled(text)
    if not _GATE.search(plain):
        return ()
    kept: list[DateFound] = []
    for found in sorted(_all(plain), key=lambda item: (item.start, -item.end, not item.certain)):
        if not kept or found.start >= kept[-1].end:
            kept.append(found)
        elif found.end - found.start > kept[-1].end - kept[-1].start:
            kept[-1] = found
    return tuple(kept)


def rewrite(text: str, found: DateFound, new: datetime.date) -> str:
    """The characters of `found` with the date `new` in them: order, separators, padding and language kept."""
    pieces: list[str] = []
    position = found.start
    for part in sorted(found.parts, key=lambda part: part.start):
        pieces += [text[position : part.start], _written(part, text[part.start : part.end], found, new)]
        position = part.end
    return "".join(pieces) + text[position : found.end]


@lru_cache(maxsize=12)
def month_names(month: int) -> frozenset[str]:
    """Folded names of one month, three letters or more, in every language known."""
    return frozenset(name for name, number in _months().items() if number == month and len(name) > 2)


def real_day(year: int, month: int, day: int) -> bool:
    """Whether there is such a day."""
    return _date(year, month, day) is not None


def is_month(word: str) -> bool:
    """Whether a folded word of four letters or more is the name of a month, in any of the languages known."""
    return len(word) > 3 and word in _months()


def _written(part: Part, old: str, found: DateFound, new: datetime.date) -> str:
    if part.name in ("mon", "rom"):
        return _month_like(old, new.month) if part.name == "mon" else _ROMAN[new.month - 1]
    if part.name == "era":
        return old
    if part.name == "y":
        return f"{new.year:04d}" if len(old) == 4 else f"{'' if old[0].isdecimal() else old[0]}{new.year % 100:02d}"
    if part.name in _ERAS:
        return str(new.year + _ERAS[part.name])
    if part.name == "hmon":
        return next(name for name, month in _hijri().items() if month == to_hijri(new)[1])
    if part.name == "e":
        return str(max(1, int(old) if old.isdecimal() else 1) + new.year - found.date.year)
    number = _numbers(found.layout, new)[part.name]
    return f"{number:0{len(old)}d}" if old[0] == "0" or len(old) == 2 else str(number)


def _numbers(layout: str, new: datetime.date) -> dict[str, int]:
    """Year, month, day and week of a date in the calendar of a layout, by the names of the parts."""
    if layout == "jalali":
        return dict(zip("jmd", to_jalali(new), strict=True))
    if layout.startswith("hijri"):
        return dict(zip("hmd", to_hijri(new), strict=True))
    return {"m": new.month, "d": new.day, "w": new.isocalendar().week}


def _month_like(old: str, month: int) -> str:
    """The name of `month` in the language, length and case of `old`."""
    folded = simple(old)
    language, column = next(
        (language, row.index(folded))
        for language, rows in _languages().items()
        for row in (tuple(simple(name) for name in names) for names in rows)
        if folded in row
    )
    names = _languages()[language][month - 1]
    choice = names[min(column, len(names) - 1)]
    return choice.upper() if old.isupper() else choice.capitalize() if old[:1].isupper() else choice


@lru_cache(maxsize=1)
def _languages() -> dict[str, tuple[tuple[str, ...], ...]]:
    months = table("dates")["months"]
    return {language: tuple(tuple(names.split("|")) for names in months[language].split()) for language in months}


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    return {
        simple(name): number for rows in _languages().values() for number, names in enumerate(rows, 1) for name in names
    }


@lru_cache(maxsize=1)
def _hijri() -> dict[str, int]:
    """The months of the Islamic calendar by each of their names."""
    rows = enumerate(str(table("dates")["hijri"]).split(), 1)
    return {name.replace("_", " "): number for number, names in rows for name in names.split("|")}


@lru_cache(maxsize=1)
def _layouts() -> tuple[Gate, tuple[tuple[str, bool, Any, dict[str, int]], ...]]:
    """What says which layouts occur, and each layout's own pattern."""
    written = {name for rows in _languages().values() for names in rows for name in names}
    hijri = "|".join(map(re2.escape, sorted(_hijri(), key=len, reverse=True)))
    plain = {bare(name) for name in written} | {simple(name) for name in written if ord(name[0]) < _OTHER_SCRIPTS}
    plain |= {name.replace("i", "\u0130") for names in _languages()["tr"] for name in names}  # as capitals
    month = "|".join(map(re2.escape, sorted(written | plain, key=lambda name: (-len(name), name))))
    layouts, sources = [], []
    for row in table("dates")["layouts"]:
        pattern = row["pattern"].replace("{month}", month).replace("{hijri}", hijri)
        sources.append(f"(?m){pattern}")
        compiled = re2.compile(pattern)
        layouts.append((row["name"], row["certain"], compiled, compiled.groupindex))
    return Gate(sources), tuple(layouts)


def _all(plain: str) -> Iterator[DateFound]:
    gate, layouts = _layouts()
    for index in sorted(gate.matching(plain.encode("utf-8"))):
        name, certain, pattern, numbers = layouts[index]
        for match in pattern.finditer(plain):
            groups = {key: value for key, number in numbers.items() if (value := match.group(number)) is not None}
            candidates, order = _meanings(groups)
            if candidates:
                spans = {key: match.span(numbers[key]) for key in groups}
                yield _found(name, certain, match, spans, candidates, order)


def _found(
    name: str,
    certain: bool,
    match: Any,
    spans: dict[str, tuple[int, int]],
    candidates: list[datetime.date],
    order: dict[str, str],
) -> DateFound:
    parts = tuple(Part(order.get(key, key), *span) for key, span in spans.items() if key not in ("s1", "s2"))
    start = min(part.start for part in parts)
    end = max(part.end for part in parts)
    end = match.end() if name in ("cjk", "cjk-day", "era", "republic") else end
    end = _digits_end(match.string, end) if name == "compact" else end
    return DateFound(start, end, name, certain, tuple(candidates), parts)


def _digits_end(text: str, end: int) -> int:
    while end < len(text) and (text[end].isdecimal() or (text[end] in ".+-" and text[end + 1 : end + 2].isdecimal())):
        end += 1
    return end


def _meanings(groups: dict[str, str]) -> tuple[list[datetime.date], dict[str, str]]:
    """Possible dates, and what the groups a and b mean in the first of them."""
    if groups.get("s1") != groups.get("s2"):
        return [], {}
    if "h" in groups:
        month = _hijri()[groups["hmon"].lower()] if "hmon" in groups else int(groups["m"])
        converted = from_hijri(int(groups["h"]), month, int(groups["d"]))
        return ([converted] if converted else []), {}
    if "j" in groups:
        converted = from_jalali(int(groups["j"]), int(groups["m"]), int(groups["d"]))
        return ([converted] if converted else []), {}
    year = _year(groups)
    if year is None or not _EARLIEST <= year <= _LATEST:
        return [], {}
    if "a" in groups:
        return _numeric(year, groups)
    if "w" in groups:
        week = int(groups["w"])
        return ([datetime.date.fromisocalendar(year, week, 1)] if 1 <= week <= 52 else []), {}
    month = _month(groups)
    day = int(groups.get("d", "1"))
    made = [_date(one, month, day) for one in (year, *_centuries(groups, year))]
    return [date for date in made if date], {}


def _month(groups: dict[str, str]) -> int:
    if "rom" in groups:
        return _ROMAN.index(groups["rom"]) + 1
    return _months().get(simple(groups["mon"]), 0) if "mon" in groups else int(groups["m"])


def _numeric(year: int, groups: dict[str, str]) -> tuple[list[datetime.date], dict[str, str]]:
    first, second = int(groups["a"]), int(groups["b"])
    dotted = groups["s1"].startswith(".")
    day_first = _date(year, second, first)
    month_first = None if dotted else _date(year, first, second)
    order, made = {"a": "d", "b": "m"}, [day_first, month_first]
    if groups["s1"] in "/-" and month_first:
        order, made = {"a": "m", "b": "d"}, [month_first, day_first]
    for other in _centuries(groups, year):
        made += [_date(other, second, first), None if dotted else _date(other, first, second)]
    return [date for date in made if date], order


def _centuries(groups: dict[str, str], year: int) -> tuple[int, ...]:
    """The same two digits of a year a hundred years earlier, which a birth may be."""
    return (year - 100,) if len(groups.get("y", "").lstrip("'")) == 2 and year >= 2000 else ()


def _year(groups: dict[str, str]) -> int | None:
    if "era" in groups:
        number = 1 if groups["e"] == "元" else int(groups["e"])
        return int(table("dates")["eras"][groups["era"]]) + number
    for key, offset in _ERAS.items():
        if key in groups:
            return int(groups[key]) - offset
    text = groups.get("y", "").lstrip("'")
    if not text:
        return 2000  # a layout without a year; a leap year, so that 29 February is one
    return int(text) if len(text) == 4 else int(text) + (2000 if int(text) <= _PIVOT else 1900)


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None

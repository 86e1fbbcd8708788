"""Proposes a mapping for a table by a look at its first lines: by names first, by contents second."""

import csv
import io
import ipaddress
import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

from auditor.trail import classes
from auditor.trail.decoding import decoded
from auditor.trail.headings import fame, header_place, ranks
from auditor.trail.headless import believable, guessed
from auditor.trail.mapping import Mapping, places
from auditor.trail.moments import ISO, SERIAL, time_format
from auditor.trail.resources import table
from auditor.trail.writing import day_alone, joined, tidied, time_of_day

MOST_STRANGE = 8
_SEPARATORS = ",;\t|"
_TITLE = re.compile(r"[A-Z][A-Z0-9_ -]{1,15}")
_STATION = re.compile(r"(?i)(?<![a-z])aet?(?:[ _-]?titles?)?(?![a-z])")
_KEYED = re.compile(r"(?:[A-Z]+ )?[A-Za-z]\w*=[^=]*(?:$|[;&])")
_ACCOUNT = re.compile(r"[\w.-]+@[\w.-]+|[\w.-]+\\[\w.$-]+")
_UID = re.compile(r"[0-2](?:\.\d+){3,}")

Table = tuple[str, tuple[str, ...], list[list[str]], list[dict[str, float]]]


def propose(sample: bytes) -> Mapping | None:
    """Propose a mapping for the first bytes of a table; None if it is none.

    A table needs at least a header of two known columns, one of them a time, or it is not proposed. Lines of text
    above the header are passed over.
    """
    found = [(table_, encoding) for text, encoding in decoded(sample) if (table_ := _table(text))]
    if not found:
        return None
    (separator, header, body, ranked), encoding = max(found, key=lambda offer: _worth(offer[0]))
    columns = _match(header, body, ranked)
    if "time" not in columns and not {"date", "clock"} <= columns.keys():
        return None
    if not believable(columns, header, body):
        return None
    sample_times = [_moment_text(columns, header, row) for row in body]
    return Mapping(
        columns,
        separator,
        encoding,
        time_format([value for value in sample_times if value]),
        header=header,
        strange=_strange(columns, header, body),
        undecided=_undecided(columns, header, body),
        confidence=round(min(1.0, len(columns) / 8) * (1.0 if any(ranked) else 0.5), 2),
    )


def _worth(offer: Table) -> tuple[int, ...]:
    """How many headings are known, or may be; where there are none, how many columns tell what they hold."""
    _, header, body, ranked = offer
    return fame(ranked) if any(ranked) else (0, 0, len(_match(header, body, ranked)))


def _table(text: str) -> Table | None:
    """Separator, header, rows and ranks of the headings of a table; None when it is none. Without a header its columns
    are named by their places."""
    lines = [line for line in text.split("\n", 400)[:400] if line.strip()]  # a form feed ends no line
    if len(lines) < 2 or lines[0].lstrip().startswith(("<", "{")):
        return None
    separator = _separator(lines)
    whole = io.StringIO("\n".join(lines[:-1] if len(lines) > 2 else lines))
    try:
        rows = list(csv.reader(whole, delimiter=separator))
    except csv.Error:
        return None
    place = header_place(rows, _is_value)
    if place is None:
        width = Counter(map(len, rows)).most_common(1)[0][0]
        even = [row for row in rows if len(row) == width]
        return (separator, places(width), even, [{}] * width) if width > 1 else None
    header = tuple(name.strip().lstrip("\ufeff") for name in rows[place])
    body = [row[: len(header)] for row in rows[place + 1 :] if len(row) >= len(header) and not any(row[len(header) :])]
    return (separator, header, body, ranks(header)) if body else None


def _separator(lines: list[str]) -> str:
    def score(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in lines[:50] if line.count(sign))
        return (counts.most_common(1)[0][1] * 4, counts.most_common(1)[0][0]) if counts else (0, 0)

    return max(_SEPARATORS, key=score)


def _match(header: tuple[str, ...], body: list[list[str]], ranked: list[dict[str, float]]) -> dict[str, str]:
    """Give each of our columns the best of theirs: name rank first, contents decide between equals and fill gaps."""
    offers: list[tuple[float, str, int]] = []
    contents = _apart([[row[place].strip() for row in body if row[place].strip()][:60] for place in range(len(header))])
    for place, named in enumerate(ranked):
        for column in table("columns"):
            rank = named.get(column, 0.0)
            fits, alone = _fits(column, contents[place])
            if fits >= 0 and (rank > 0 or (alone and fits >= 0.9)):
                offers.append((rank + fits, column, place))
    chosen: dict[str, str] = {}
    used: set[int] = set()
    for _, column, place in sorted(offers, key=lambda offer: (-offer[0], offer[2])):
        if column not in chosen and place not in used and not (column in ("date", "clock") and "time" in chosen):
            chosen[column] = header[place]
            used.add(place)
    return _filled(chosen, header, contents)


def _apart(contents: list[list[str]]) -> list[list[str]]:
    """Times of day that stand on the first day of a calendar without it, and then dates without their midnights."""

    def bared(bare: Callable[[str], str]) -> list[list[str]]:
        told = [[bare(value) for value in values] for values in contents]
        return [
            new if new != old and all(map(str.__ne__, new, old)) else old
            for new, old in zip(told, contents, strict=True)
        ]

    clocks = bared(time_of_day)
    if clocks == contents:
        return contents
    contents = clocks
    return bared(day_alone)


def _filled(chosen: dict[str, str], header: tuple[str, ...], contents: list[list[str]]) -> dict[str, str]:
    """What names leave open, by contents: date and clock, words for events, accounts.

    Columns of AE titles whose direction no name tells are the calling and the called one, in this order.
    """
    if "time" not in chosen and not {"date", "clock"} <= chosen.keys():
        chosen |= _halves(header, contents, chosen)
    if "code" not in chosen and "action" in chosen:
        letters = contents[header.index(chosen["action"])]
        if sum(1 for value in letters if len(value) > 1) > 0.5 * len(letters):
            chosen["code"] = chosen.pop("action")  # words say what was done, letters only how
    free = [place for place, name in enumerate(header) if name not in chosen.values()]
    accounts = [header[place] for place in free if _are_accounts(contents[place])]
    if "user" not in chosen and accounts:
        chosen["user"] = accounts[0]
    stations = [name for name in header if name not in chosen.values() and _STATION.search(name)]
    open_ = [name for name in ("src_ae", "dst_ae") if name not in chosen]
    chosen |= dict(zip(open_, stations, strict=False))
    return guessed(chosen, header, contents) if header == places(len(header)) else chosen


def _are_accounts(values: list[str]) -> bool:
    return bool(values) and sum(1 for value in values if _ACCOUNT.fullmatch(value)) > 0.6 * len(values)


def _halves(header: tuple[str, ...], contents: list[list[str]], chosen: dict[str, str]) -> dict[str, str]:
    """Where names do not tell both: the first column that holds clocks, and the nearest to it that holds dates."""
    taken = {name for ours, name in chosen.items() if ours not in ("date", "clock")}

    def holding(column: str) -> list[int]:
        free = [place for place, name in enumerate(header) if name not in taken]
        return [place for place in free if _fits(column, contents[place])[0] > 0.9]

    clock = next(iter(holding("clock")), None)
    dates = [place for place in holding("date") if place != clock]
    if clock is None or not dates:
        return {}
    date = min(dates, key=lambda place: (abs(place - clock), place))
    return {"date": header[date], "clock": header[clock]}


def _fits(column: str, values: list[str]) -> tuple[float, bool]:
    """How well contents suit a column, -1 when they cannot be it, 0 when they say nothing, up to 1; and whether that
    is enough where no name tells."""
    test = _TESTS.get(column)
    if test is None or not values:
        return 0.0, False
    share = sum(1 for value in values if test(value)) / len(values)
    if column == "seq":
        return (share, _counts(values)) if share > 0.6 else (-1.0, False)
    if column == "code" and _counts(values):
        return -1.0, False
    if column in _MUST:
        return (share, column in _ALONE) if share > 0.6 else (-1.0, False)
    return share if column in _ALONE else share * 0.5, column in _ALONE and _tells(column, values)


def _counts(values: list[str]) -> bool:
    """Whether numbers rise by one from row to row, mostly."""
    steps = [int(two) - int(one) for one, two in pairwise(values) if one.isdecimal() and two.isdecimal()]
    return len(steps) > 3 and sum(1 for step in steps if step == 1) > 0.7 * len(steps)


def _tells(column: str, values: list[str]) -> bool:
    """Whether the contents are more than what any column of small numbers or letters could hold."""
    kinds = set(values)
    if column == "time":
        return not any(SERIAL.fullmatch(value) for value in kinds)
    if column == "outcome":
        return any(not value.isdecimal() for value in kinds) or bool(kinds & {"4", "8", "12"})
    return column != "action" or len(kinds) > 1


@lru_cache(maxsize=4096)
def _is_time(value: str) -> bool:
    tidy = tidied(value)
    if ISO.match(tidy):
        return len(tidy) > 10
    return bool(_TIMELIKE.match(tidy)) and bool(time_format([tidy]))


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _is_value(cell: str) -> bool:
    """Whether a cell holds a value that no heading is: a moment, an address, an identifier, a number."""
    return bool(cell) and (cell.isdecimal() or _is_time(cell) or _is_address(cell) or bool(_UID.fullmatch(cell)))


def _is_code(value: str) -> bool:
    name, code, _ = classes.classify(value, "", "")
    return name != "other" and bool(code)


def _strange(columns: dict[str, str], header: tuple[str, ...], body: list[list[str]]) -> tuple[str, ...]:
    """The first word for each event that is of no known kind, the commonest first."""
    places = [header.index(columns[name]) if name in columns else -1 for name in ("code", "type", "action")]
    told = Counter(tuple(row[place].strip() if place >= 0 else "" for place in places) for row in body)
    strange = [
        next(filter(None, words), "") for words, _ in told.most_common() if classes.classify(*words)[0] == "other"
    ]
    return tuple(dict.fromkeys(filter(None, strange)))[:MOST_STRANGE]


def _undecided(columns: dict[str, str], header: tuple[str, ...], body: list[list[str]]) -> tuple[str, ...]:
    """Words for outcomes that tell neither success nor failure, the commonest first."""
    if "outcome" not in columns:
        return ()
    words = Counter(row[header.index(columns["outcome"])].strip() for row in body)
    strange = [
        word for word, _ in words.most_common() if word and not word.isdecimal() and not classes.is_outcome(word)
    ]
    return tuple(strange)[:MOST_STRANGE]


def _moment_text(columns: dict[str, str], header: tuple[str, ...], row: list[str]) -> str:
    if "time" in columns:
        return row[header.index(columns["time"])].strip()
    return joined(row[header.index(columns["date"])], row[header.index(columns["clock"])])


_TIMELIKE = re.compile(
    r"\d[\w./, +-]{4,12}\d{1,2}[:.]\d\d|(?:9|1[0-9])\d{8}(?:[.,]\d+)?$|[34]\d{4}[.,]\d{3,}$"
    r"|(?:9|1[0-9])\d{11}$|1\d{15}$|1\d{18}$|(?:19|20)\d{2}[01]\d[0-3]\d[T ]?[0-2]\d[0-5]\d[0-5]\d"
)
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}[ /-][A-Z][a-z]{2}[ /-]\d{2,4}|(?:19|20)\d{6}")
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?|[0-2]\d[0-5]\d[0-5]\d(?:[.,]\d+)?")
_TESTS: dict[str, Callable[[str], bool]] = {
    "time": _is_time,
    "date": lambda value: bool(_DATE.fullmatch(tidied(value))),
    "clock": lambda value: bool(_CLOCK.fullmatch(tidied(value))),
    "ip": _is_address,
    "seq": str.isdecimal,
    "instances": lambda value: value.lstrip("-").isdecimal(),
    "src_ae": lambda value: bool(_TITLE.fullmatch(value)),
    "dst_ae": lambda value: bool(_TITLE.fullmatch(value)),
    "study": lambda value: bool(_UID.fullmatch(value)),
    "query": lambda value: bool(_KEYED.match(value)),
    "code": _is_code,
    "action": lambda value: value in ("C", "R", "U", "D", "E"),
    "outcome": classes.is_outcome,
}
_MUST = {"time", "date", "clock", "instances"}
_ALONE = {"time", "ip", "study", "query", "code", "action", "outcome"}

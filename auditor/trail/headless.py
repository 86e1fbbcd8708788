"""Tables without a header: what a column holds is guessed by its cells alone."""

import re
from collections.abc import Mapping, Sequence

from auditor.trail.mapping import places

ENOUGH = 0.9
_NAME = re.compile(r"(?=.*[^\W\d_])[\w.$@\\-]{2,40}")
_IDENTIFIER = re.compile(r"(?=.*\d.*\d.*\d)[A-Za-z]{0,3}-?\d{3,15}")
_SYSTEM = re.compile(r"[^\W\d][\w .-]{1,30}")
LEAST_ROWS = 5


def guessed(chosen: Mapping[str, str], header: Sequence[str], contents: Sequence[Sequence[str]]) -> dict[str, str]:
    """The columns that are chosen, and then a user, a patient and a source among those that are left.

    A user is a name without spaces of which there are several that come again, a patient is a number of much the same
    length, and a source one of a few names.
    """
    found = dict(chosen)
    for ours, test in (("patient", _is_patient), ("user", _is_user), ("source", _is_source)):
        free = [place for place, name in enumerate(header) if name not in found.values() and contents[place]]
        fitting = [place for place in free if ours not in found and test(contents[place])]
        if fitting:
            found[ours] = header[max(fitting, key=lambda place: (len(set(contents[place])), -place))]
    return found


def believable(columns: Mapping[str, str], header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether lines without a header are a table of events at all: as wide as each other, with a time, a user, and
    what was done or to whom."""
    if tuple(header) != places(len(header)):
        return True
    even = sum(1 for row in rows if len(row) == len(header))
    timed = "time" in columns or {"date", "clock"} <= columns.keys()
    told = "user" in columns and bool(columns.keys() & {"code", "patient"})
    return len(rows) >= LEAST_ROWS and even >= ENOUGH * len(rows) and timed and told


def _share(pattern: re.Pattern[str], values: Sequence[str]) -> float:
    return sum(1 for value in values if pattern.fullmatch(value)) / len(values)


def _is_user(values: Sequence[str]) -> bool:
    kinds = set(values)
    return _share(_NAME, values) >= ENOUGH and 1 < len(kinds) < ENOUGH * len(values)


def _is_patient(values: Sequence[str]) -> bool:
    lengths = {len(value) for value in values}
    return _share(_IDENTIFIER, values) >= ENOUGH and len(set(values)) > 1 and max(lengths) - min(lengths) <= 2


def _is_source(values: Sequence[str]) -> bool:
    return _share(_SYSTEM, values) >= ENOUGH and len(set(values)) <= max(1, len(values) // 10)

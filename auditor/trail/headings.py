"""Names of columns: how well a table's headings fit the columns of ours, and which line of a table is the header."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from auditor.trail import tongues
from auditor.trail.mapping import plain
from auditor.trail.resources import table

PREAMBLE = 20
"""Lines that may stand above the header."""
EXACT = 2.0
"""A rank from which a heading is one of the known names; below it, one is part of the other."""
_NUMBER = re.compile(
    r"(?i)^\s*(?:n(?:[°º]|r|ro|o)?|num|n[uú]mero|numer|nummer|number)\b[.°º]*[\s_]+(?:(?:de|do|of)\s+)?"
)
_SHARED = ("user", "patient", "ip")
"""Columns that are called in a log as in tables of context."""
_SENSES = {"override": "emergency", "query": "query"}
"""Columns that a word of the sense tells even where the heading as a whole is unknown."""
Names = Mapping[str, float]
"""Names of a column, each with how likely it is: 3 for the first of a list, less for later ones."""


@lru_cache(maxsize=1)
def names() -> Mapping[str, Names]:
    """The known names of each of our columns, in all languages."""
    lists = [table("columns"), *(each.get("columns", {}) for each in tongues.languages().values())]
    found: dict[str, dict[str, float]] = {column: {} for column in table("columns")}
    for column in _SHARED:
        found[column] = dict.fromkeys(tongues.abroad("columns", column), EXACT)
    for listed in lists:
        for column, words in listed.items():
            for place, word in enumerate(words):
                rank = 3.0 - place / max(len(words), 8)
                for name in {plain(word), plain(tongues.in_two_letters(word))}:
                    found[column][name] = max(rank, found[column].get(name, 0.0))
    return found


def ranks(header: Sequence[str]) -> list[dict[str, float]]:
    """For each heading, the columns of ours it may name, each with how well it does.

    A heading counts as it stands, without a word for a number before it (`No. of images`, `Nº ficha`), and without the
    letters that all headings begin with.
    """
    whole = [plain(name) for name in header]
    told: list[dict[str, float]] = []
    counted = [plain(_NUMBER.sub("", name)) or plain(name) for name in header]
    for heading, name, *parts in zip(header, whole, counted, _bare(whole), strict=True):
        ranked = {
            column: max(_rank(name, words), *(_rank(part, words) - 0.1 for part in parts if part != name), 0.0)
            for column, words in names().items()
        }
        senses = tongues.done(heading)
        ranked |= {column: max(ranked[column], 1.0 if sense in senses else 0.0) for column, sense in _SENSES.items()}
        told.append({column: rank for column, rank in ranked.items() if rank > 0})
    return told


def fame(ranked: Sequence[Mapping[str, float]]) -> tuple[int, int]:
    """How many headings are known names, and how many may be, by their ranks."""
    best = [max(each.values(), default=0.0) for each in ranked]
    return sum(1 for rank in best if rank >= EXACT), sum(1 for rank in best if rank > 0)


def header_place(rows: Sequence[Sequence[str]], is_value: Callable[[str], bool]) -> int | None:
    """Which of the rows is the header: of those without values the one with most known names, and where no row has
    two of them, the first that is as wide as most.

    None when every row that could be it holds values: then the table has no header.
    """
    width = Counter(map(len, rows)).most_common(1)[0][0]

    def score(place: int) -> tuple[int, bool, int, int, int]:
        exact, likely = fame(ranks(rows[place]))
        return exact if exact > 1 else 0, len(rows[place]) == width, exact, likely, -place

    able = [
        place
        for place, row in enumerate(rows[: PREAMBLE + 1])
        if len(row) > 1 and not any(is_value(cell.strip()) for cell in row)
    ]
    return max(able, key=score, default=None)


def _bare(names: list[str]) -> list[str]:
    """The names without the letters that all of them begin with (`LOG_`, `evt`), when that leaves something."""
    size = 0
    while all(len(name) > size + 1 for name in names) and len({name[: size + 1] for name in names}) == 1:
        size += 1
    return [name[size:] for name in names] if size > 1 else names


def _rank(name: str, words: Names) -> float:
    """How well a name fits: its rank where it is known, below 2 where one is in the other."""
    if name in words:
        return words[name]
    inside = [len(word) / len(name) for word in words if len(word) > 4 and word in name]
    ends = [
        len(word) / len(name) for word in words if len(word) >= 3 and (name.endswith(word) or name.startswith(word))
    ]
    around = [len(name) / len(word) for word in words if len(name) > 4 and name in word]
    shares = [*inside, *(share for share in ends if share >= 0.5), *(share for share in around if share >= 0.65)]
    return 0.4 + max(shares) if shares else 0.0

"""Names of columns: how well a table's headings fit the columns of ours, and which line of a table is the header."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from auditor.trail.mapping import plain

PREAMBLE = 20
"""Lines that may stand above the header."""
EXACT = 2.0
"""A rank from which a heading is one of the known names; below it, one is part of the other."""
_NUMBER = re.compile(
    r"(?i)^\s*(?:n(?:[°º]|r|ro|o)?|num|n[uú]mero|numer|nummer|number)\b[.°º]*[\s_]+(?:(?:de|do|of)\s+)?"
)
Synonyms = Mapping[str, Sequence[str]]


def ranks(header: Sequence[str], synonyms: Synonyms) -> list[dict[str, float]]:
    """For each heading, the columns of ours it may name, each with how well it does.

    A heading counts as it stands, without a word for a number before it (`No. of images`, `Nº ficha`), and without the
    letters that all headings begin with.
    """
    known = {column: [plain(word) for word in words] for column, words in synonyms.items()}
    names = [plain(name) for name in header]
    told: list[dict[str, float]] = []
    counted = [plain(_NUMBER.sub("", name)) or plain(name) for name in header]
    for spellings in zip(names, counted, _bare(names), strict=True):
        ranked = {column: max(_rank(name, words) for name in spellings) for column, words in known.items()}
        told.append({column: rank for column, rank in ranked.items() if rank > 0})
    return told


def fame(ranked: Sequence[Mapping[str, float]]) -> tuple[int, int]:
    """How many headings are known names, and how many may be, by their ranks."""
    best = [max(each.values(), default=0.0) for each in ranked]
    return sum(1 for rank in best if rank >= EXACT), sum(1 for rank in best if rank > 0)


def header_place(rows: Sequence[Sequence[str]], synonyms: Synonyms, is_value: Callable[[str], bool]) -> int | None:
    """Which of the rows is the header: of those without values the one with most known names, and where no row has
    two of them, the first that is as wide as most.

    None when every row that could be it holds values: then the table has no header.
    """
    width = Counter(map(len, rows)).most_common(1)[0][0]

    def score(place: int) -> tuple[int, bool, int, int, int]:
        exact, likely = fame(ranks(rows[place], synonyms))
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


def _rank(name: str, words: list[str]) -> float:
    """How well a name fits: 3 for the first of the words, less for later ones, below 2 where one is in the other."""
    if name in words:
        return 3.0 - words.index(name) / len(words)
    inside = [len(word) / len(name) for word in words if len(word) > 4 and word in name]
    ends = [
        len(word) / len(name) for word in words if len(word) >= 3 and (name.endswith(word) or name.startswith(word))
    ]
    around = [len(name) / len(word) for word in words if len(name) > 4 and name in word]
    shares = [*inside, *(share for share in ends if share >= 0.5), *(share for share in around if share >= 0.65)]
    return 0.4 + max(shares) if shares else 0.0

"""Private attributes known to be safe (PS3.15 Table E.3.10-1)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from auditor.dicomio.dictionary import name_of, vr_of


@dataclass(frozen=True, slots=True)
class SafePrivate:
    """One row of the table. `element` is the last two hex digits; `vr` and `name` are empty where unknown."""

    creator: str
    group: int
    element: int

    @property
    def tag(self) -> int:
        """The tag as it is in the first private block, (gggg,10ee)."""
        return self.group << 16 | 0x1000 | self.element

    @property
    def vr(self) -> str:
        """VR by pydicom's private dictionary, `UN` where it does not know."""
        return vr_of(self.tag, self.creator)

    @property
    def name(self) -> str:
        """Name by pydicom's private dictionary, or an empty string."""
        return name_of(self.tag, self.creator)


def safe_private(creator: str, tag: int) -> SafePrivate | None:
    """The row for private element `tag` whose block `creator` reserved, or None. Case of creators is ignored."""
    return _rows().get((creator.strip().casefold(), tag >> 16, tag & 0xFF)) if tag & 0xFFFF >= 0x1000 else None


def is_safe_private(creator: str, tag: int) -> bool:
    """Whether `tag` of `creator` may be kept by the Retain Safe Private Option."""
    return safe_private(creator, tag) is not None


def has_safe_private(creator: str) -> bool:
    """Whether the table has any row for `creator`."""
    return creator.strip().casefold() in _creators()


def all_safe_private() -> tuple[SafePrivate, ...]:
    """Every row of the table."""
    return tuple(_rows().values())


@lru_cache(maxsize=1)
def _creators() -> frozenset[str]:
    return frozenset(creator for creator, _, _ in _rows())


@lru_cache(maxsize=1)
def _rows() -> dict[tuple[str, int, int], SafePrivate]:
    text = files("auditor.dicomio").joinpath("data/safe_private.csv").read_text("utf-8")
    table = {}
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        group = int(row["group"], 16)
        for element in _elements(row["elements"]):
            table[(row["creator"].casefold(), group, element)] = SafePrivate(row["creator"], group, element)
    return table


def _elements(text: str) -> Iterator[int]:
    for part in text.split():
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)

"""Many runs of letters and digits, sought together in one text."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import re2
from numpy.typing import NDArray

_GRAM = 4
_SLOTS, _SHIFT, _MIXED = 1 << 16, 16, 2654435761  # Fibonacci hashing to sixteen bits
_LONG = 320  # of shorter texts a loop is quicker
_FEW = 256  # so many are one RE2 set, which says in a pass whether any is there; of more, its making costs too much
_SELDOM = 64  # times asked until a set is worth its making
_LINE_END = re.compile("\n")


class Runs:
    """Runs of letters and digits. What is made to seek them quickly is made when it is first worth it."""

    def __init__(self, runs: Iterable[str]) -> None:
        self._sought = tuple(sorted(set(runs)))
        self._numbers = tuple(filter(str.isdecimal, self._sought))
        self._few = len(self._sought) <= _FEW
        self._asked = 0

    def within(self, text: str) -> frozenset[str]:
        """Those of the runs that stand in `text`."""
        if not self._few:
            return frozenset(self._begun_in(text))
        if self._asked > _SELDOM and not self.any_within(text):
            return frozenset()
        self._asked += 1
        return frozenset([run for run in self._sought if run in text])

    def any_within(self, text: str) -> bool:
        """Whether any of the runs stands in `text`."""
        if not self._few:
            return bool(self._begun_in(text))
        if text.isdecimal():
            return any([run in text for run in self._numbers])
        if self._asked > _SELDOM:
            return bool(self._gate.Match(text))
        self._asked += 1
        return any([run in text for run in self._sought])

    def holders(self, sheet: str) -> set[int]:
        """The numbers of the lines of `sheet`, from 0, in which any run stands."""
        ends: list[int] = []
        found: set[int] = set()
        for run in self.within(sheet):
            ends = ends or [*(end.start() for end in _LINE_END.finditer(sheet)), len(sheet)]
            place = sheet.find(run)
            while place >= 0:
                number = bisect_left(ends, place)
                found.add(number)
                place = sheet.find(run, ends[number])
        return found

    def _begun_in(self, text: str) -> set[str]:
        """The runs that stand in `text`, found by how they begin."""
        begun = self._begun
        gram = len(next(iter(begun)))
        grams = {text[place : place + gram] for place in self._places(text, gram)}
        return {run for beginning in grams if beginning in begun for run in begun[beginning] if run in text}

    def _places(self, text: str, gram: int) -> Iterable[int]:
        """Where a run may begin."""
        if self._slots is not None and len(text) > _LONG and text.isascii():
            places: list[int] = np.flatnonzero(self._slots[_hashed(text)]).tolist()
            return places
        return range(len(text) - gram + 1)

    @cached_property
    def _gate(self) -> Any:
        gate = re2.Set.SearchSet()
        gate.Add("|".join(run if run.isalnum() else re2.escape(run) for run in self._sought))
        gate.Compile()
        return gate

    @cached_property
    def _begun(self) -> Mapping[str, Sequence[str]]:
        """The runs by their first letters, as many as the shortest has, four at most."""
        gram = min((_GRAM, *map(len, self._sought)))
        begun: dict[str, list[str]] = {}
        for run in self._sought:
            begun.setdefault(run[:gram], []).append(run)
        return begun

    @cached_property
    def _slots(self) -> NDArray[np.bool_] | None:
        """A mark wherever four ASCII letters with which a run begins may fall; None where runs begin otherwise."""
        together = "".join(self._begun)
        if not together.isascii() or len(together) != _GRAM * len(self._begun):
            return None
        slots = np.zeros(_SLOTS, dtype=np.bool_)
        slots[_hashed(together)[::_GRAM]] = True
        return slots


def _hashed(text: str) -> NDArray[np.uint32]:
    """The slot of each four ASCII letters in a row."""
    letters = np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.uint32)
    grams = np.asarray(letters[:-3] | letters[1:-2] << 8 | letters[2:-1] << 16 | letters[3:] << 24, dtype=np.uint32)
    grams *= np.uint32(_MIXED)
    grams >>= np.uint32(_SHIFT)
    return grams

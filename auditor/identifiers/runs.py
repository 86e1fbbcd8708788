"""Many runs of letters and digits, sought together in one text."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import re2
from numpy.typing import NDArray

_GRAM = 4
_SLOTS, _SHIFT, _MIXED = 1 << 14, 18, 2654435761  # Fibonacci hashing to fourteen bits
_LONG = 320  # of shorter texts a loop is quicker
_FEW = 256  # so many are one RE2 set, which says in a pass whether any is there; of more, its making costs too much


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Runs sorted by how they begin, so that a text is gone through once, however many are sought.

    `gram` letters tell how they begin. What says at once that none is there: `gate`, a set of a few runs; or `slots`,
    of many, with a mark wherever four ASCII letters with which one begins may fall.
    """

    gram: int
    begun: Mapping[str, tuple[str, ...]]
    gate: Any
    slots: NDArray[np.bool_] | None

    @classmethod
    def of(cls, runs: Iterable[str]) -> "Runs":
        """Make `runs`, none of them empty, ready."""
        sought = sorted(set(runs))
        gram = min((_GRAM, *map(len, sought)))
        begun: dict[str, list[str]] = {}
        for run in sought:
            begun.setdefault(run[:gram], []).append(run)
        if 0 < len(sought) <= _FEW:
            return cls(gram, {beginning: tuple(found) for beginning, found in begun.items()}, _gate(sought), None)
        slots = None
        if gram == _GRAM and all(map(str.isascii, begun)):
            slots = np.zeros(_SLOTS, dtype=np.bool_)
            slots[_hashed("".join(begun))[::_GRAM]] = True
        return cls(gram, {beginning: tuple(found) for beginning, found in begun.items()}, None, slots)

    def within(self, text: str) -> Iterator[str]:
        """Those of the runs that stand in `text`, in the order met, again wherever they stand again."""
        if self.gate is not None and not self.gate.Match(text):
            return
        for place in self._places(text):
            for run in self.begun.get(text[place : place + self.gram], ()):
                if text.startswith(run, place):
                    yield run

    def any_within(self, text: str) -> bool:
        """Whether any of the runs stands in `text`."""
        if self.gate is not None:
            return bool(self.gate.Match(text))
        return next(self.within(text), None) is not None

    def holders(self, texts: Sequence[str]) -> set[int]:
        """The places of those of `texts`, none of which holds a line break, in which any run stands."""
        together = "\n".join(texts)
        if self.gate is not None:
            if not self.gate.Match(together):
                return set()
            return {place for place, text in enumerate(texts) if self.gate.Match(text)}
        ends = list(accumulate(len(text) + 1 for text in texts))
        found: set[int] = set()
        for place in self._places(together):
            if any(together.startswith(run, place) for run in self.begun.get(together[place : place + self.gram], ())):
                found.add(bisect_right(ends, place))
        return found

    def _places(self, text: str) -> Iterable[int]:
        """Where a run may begin."""
        if self.slots is not None and len(text) > _LONG and text.isascii():
            places: list[int] = np.flatnonzero(self.slots[_hashed(text)]).tolist()
            return places
        return range(len(text) - self.gram + 1) if self.begun else ()


def _gate(runs: Iterable[str]) -> Any:
    gate = re2.Set.SearchSet()
    gate.Add("|".join(run if run.isalnum() else re2.escape(run) for run in runs))
    gate.Compile()
    return gate


def _hashed(text: str) -> NDArray[np.uint32]:
    """The slot of each four ASCII letters in a row."""
    letters = np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.uint32)
    grams = np.asarray(letters[:-3] | letters[1:-2] << 8 | letters[2:-1] << 16 | letters[3:] << 24, dtype=np.uint32)
    grams *= np.uint32(_MIXED)
    grams >>= np.uint32(_SHIFT)
    return grams

"""Many runs of letters and digits, sought together in one text."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

_GRAM = 4
_SLOTS, _SHIFT, _MIXED = 1 << 14, 18, 2654435761  # Fibonacci hashing to fourteen bits
_LONG = 320  # of shorter texts a loop is quicker


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Runs sorted by how they begin, so that a text is gone through once, however many are sought.

    `gram` letters tell how they begin; `slots` has a mark wherever four ASCII letters with which one begins may fall.
    """

    gram: int
    begun: Mapping[str, tuple[str, ...]]
    slots: NDArray[np.bool_] | None

    @classmethod
    def of(cls, runs: Iterable[str]) -> "Runs":
        """Make `runs`, none of them empty, ready."""
        sought = sorted(set(runs))
        gram = min((_GRAM, *map(len, sought)))
        begun: dict[str, list[str]] = {}
        for run in sought:
            begun.setdefault(run[:gram], []).append(run)
        slots = None
        if gram == _GRAM and all(map(str.isascii, begun)):
            slots = np.zeros(_SLOTS, dtype=np.bool_)
            slots[_hashed("".join(begun))[::_GRAM]] = True
        return cls(gram, {beginning: tuple(found) for beginning, found in begun.items()}, slots)

    def within(self, text: str) -> Iterator[str]:
        """Those of the runs that stand in `text`, in the order met, again wherever they stand again."""
        for place in self._places(text):
            for run in self.begun.get(text[place : place + self.gram], ()):
                if text.startswith(run, place):
                    yield run

    def any_within(self, text: str) -> bool:
        """Whether any of the runs stands in `text`."""
        return next(self.within(text), None) is not None

    def holders(self, texts: Sequence[str]) -> set[int]:
        """The places of those of `texts`, none of which holds a line break, in which any run stands."""
        together = "\n".join(texts)
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


def _hashed(text: str) -> NDArray[np.uint32]:
    """The slot of each four ASCII letters in a row."""
    letters = np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.uint32)
    grams = np.asarray(letters[:-3] | letters[1:-2] << 8 | letters[2:-1] << 16 | letters[3:] << 24, dtype=np.uint32)
    grams *= np.uint32(_MIXED)
    grams >>= np.uint32(_SHIFT)
    return grams

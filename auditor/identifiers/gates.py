"""Patterns asked together which of them match, in RE2 sets of a few.

One set of them all has a state for every combination of what its patterns wait for: texts that differ add to it
without end, in time and in memory. Some sets beside one another have only the sum of their states.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import re2

_TOGETHER = 48
_FOR_SET, _FOR_ONE = 16 << 20, 128 << 20  # bytes; what is above the program holds states, and is cleared when full


class Gate:
    """Says which of some patterns match in a text. A set is compiled when it is first asked."""

    def __init__(self, sources: Sequence[str]) -> None:
        self._sources = sources
        self._alone: dict[int, Any] = {}
        sets = -(-len(sources) // _TOGETHER)
        self._sets = [_Few(sources, range(number, len(sources), sets)) for number in range(sets)]

    def matching(self, data: bytes) -> Iterator[int]:
        """The numbers of the patterns that match in UTF-8 `data`, in no order."""
        for few in self._sets:
            for place in few.compiled.Match(data) or ():
                yield few.numbers[place]

    def spans(self, number: int, data: bytes) -> Iterator[tuple[int, int]]:
        """Where pattern `number` matches in UTF-8 `data`, none of these overlapping another."""
        if number not in self._alone:
            options = generous()
            options.never_capture = True
            self._alone[number] = re2.compile(self._sources[number], options)
        for match in self._alone[number].finditer(data):
            yield match.span()


class _Few:
    def __init__(self, sources: Sequence[str], numbers: range) -> None:
        self.numbers = numbers
        self._sources = sources

    @cached_property
    def compiled(self) -> Any:
        gate = re2.Set.SearchSet(generous(_FOR_SET))
        for number in self.numbers:
            gate.Add(self._sources[number])
        gate.Compile()
        return gate


def generous(memory: int = _FOR_ONE) -> Any:
    """Options for patterns of many words, which need more memory than RE2 grants by default."""
    options = re2.Options()
    options.max_mem = memory
    return options

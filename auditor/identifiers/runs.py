"""Many runs of letters and digits, sought together in one text."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_LONGEST_GRAM = 4


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs sorted by how they begin, so that a text is gone through once, however many are sought."""

    gram: int
    begun: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, runs: Iterable[str]) -> "Runs":
        """Make `runs`, none of them empty, ready."""
        sought = sorted(set(runs))
        gram = min((_LONGEST_GRAM, *map(len, sought)))
        begun: dict[str, list[str]] = {}
        for run in sought:
            begun.setdefault(run[:gram], []).append(run)
        return cls(gram, {beginning: tuple(found) for beginning, found in begun.items()})

    def within(self, text: str) -> Iterator[str]:
        """Those of the runs that stand in `text`, in the order met, again wherever they stand again."""
        gram, begun = self.gram, self.begun
        if not begun:
            return
        for place in range(len(text) - gram + 1):
            found = begun.get(text[place : place + gram])
            if found is not None:
                for run in found:
                    if text.startswith(run, place):
                        yield run

    def any_within(self, text: str) -> bool:
        """Whether any of the runs stands in `text`."""
        return next(self.within(text), None) is not None

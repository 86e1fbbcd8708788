"""Identity: what is known of the person a file is about, to be sought everywhere else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from auditor.identifiers.known import Known
from auditor.identifiers.roster import Roster


@dataclass(frozen=True, slots=True)
class Identity:
    """Everything known of one person or study. Hashable and picklable; merging is a set union."""

    known: frozenset[Known] = frozenset()
    roster: Roster | None = field(default=None, compare=True)

    @classmethod
    def learn(cls, known: Iterable[Known]) -> "Identity":
        """Identity of everything in `known`; values without content are left out."""
        return cls(frozenset(item for item in known if item.value.strip()))

    def merge(self, other: "Identity") -> "Identity":
        """Both together: of file and series, of series and study."""
        if other.known <= self.known and (other.roster is None or other.roster is self.roster):
            return self
        return Identity(self.known | other.known, self.roster or other.roster)

    def interned(self) -> "Identity":
        """The one object that stands for all equal identities, so that tables keyed by it compare no contents."""
        return _interned(self)

    def with_roster(self, roster: Roster) -> "Identity":
        """The same identity, with a site's patient list behind it."""
        return Identity(self.known, roster)


@lru_cache(maxsize=128)
def _interned(identity: Identity) -> Identity:
    return identity


__all__ = ["Identity", "Known"]

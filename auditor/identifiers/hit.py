"""A hit: where in a text an identifier stands, what it is, and why it was taken for one."""

from dataclasses import dataclass

from auditor.identifiers.kind import Kind


@dataclass(frozen=True, slots=True)
class Hit:
    """One identifier found. `text[start:end]` is the identifier, in characters.

    `detector` names who found it (`identity.name`, `general.phone`); `confidence` is above 0 and at most 1;
    `reason` says in one line why, and never repeats the text.
    """

    start: int
    end: int
    kind: Kind
    detector: str
    confidence: float
    reason: str

    @property
    def letter(self) -> str:
        """Safe Harbor letter of 164.514(b)(2)(i), A to R."""
        return self.kind.letter

    def moved(self, offset: int) -> "Hit":
        """The same hit in a text that has `offset` characters more before it."""
        return Hit(self.start + offset, self.end + offset, self.kind, self.detector, self.confidence, self.reason)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One candidate that was considered: kept as a hit, or left alone, and why."""

    start: int
    end: int
    detector: str
    kept: bool
    reason: str

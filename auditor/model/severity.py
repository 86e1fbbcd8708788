"""How bad a finding is, in five steps that order."""

from enum import IntEnum


class Severity(IntEnum):
    """Severity of a rule or finding; higher is worse."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """The lower-case word used in rules, flags and exports."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> "Severity":
        """Return the severity called `word`; raises KeyError for any other word."""
        return cls[word.upper()]

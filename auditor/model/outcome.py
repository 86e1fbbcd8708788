"""What became of a rule on a subject, and of a target in a run."""

from enum import StrEnum


class Outcome(StrEnum):
    """The five answers a rule can give; nothing else, and never none."""

    FAIL = "fail"
    PASS = "pass"  # noqa: S105 - an outcome, not a password
    NOT_APPLICABLE = "not_applicable"
    NOT_EVALUATED = "not_evaluated"
    WAIVED = "waived"


class Disposition(StrEnum):
    """What became of a target that was met: every target has exactly one."""

    READ = "read"
    PARTLY_READ = "partly_read"
    SKIPPED = "skipped"
    UNREADABLE = "unreadable"

    @property
    def complete(self) -> bool:
        """Whether a run that met this target may still call itself complete."""
        return self in (Disposition.READ, Disposition.SKIPPED)

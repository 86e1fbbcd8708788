"""Every error this package raises on purpose.

AuditorError
├── UsageError            the command or its arguments cannot be used             exit 2
│   ├── ConfigError       auditor.toml, waivers.yaml, an inventory or a key       exit 2
│   ├── RuleError         a rule, profile or framework does not load              exit 2
│   └── TargetError       nothing can be read at the place that was named         exit 2
├── IncompleteError       work was begun and could not be finished                exit 3
│   ├── ReadError         one target could not be read
│   └── StoreError        a run could not be written, read or locked
├── SigningError          a report could not be signed                            exit 3
└── VerificationError     a report, run or certificate is not what it claims      exit 1

Each has four parts: what happened, where, what would be right, and what to run next. None of them may
hold an identifier: paths go through the protector first.
"""


class AuditorError(Exception):
    """Base of all; `exit_code` is what the command line ends with."""

    exit_code = 2

    def __init__(self, what: str, *, where: str = "", right: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.right = right
        self.next_step = next_step

    def __str__(self) -> str:
        """The four parts, one a line, those that are empty left out."""
        parts = (("", self.what), ("where: ", self.where), ("right: ", self.right), ("next:  ", self.next_step))
        return "\n".join(label + text for label, text in parts if text)

    def __reduce__(self) -> tuple[object, ...]:
        """Errors cross process borders whole."""
        return (_rebuild, (type(self), self.what, self.where, self.right, self.next_step))


def _rebuild(kind: type[AuditorError], what: str, where: str, right: str, next_step: str) -> AuditorError:
    return kind(what, where=where, right=right, next_step=next_step)


class UsageError(AuditorError):
    """The command or its arguments cannot be used."""


class ConfigError(UsageError):
    """A file the site wrote (auditor.toml, waivers, inventory, key) cannot be used."""


class RuleError(UsageError):
    """A rule, profile or framework does not load."""


class TargetError(UsageError):
    """Nothing can be read at the place that was named."""


class IncompleteError(AuditorError):
    """Work was begun and could not be finished."""

    exit_code = 3


class ReadError(IncompleteError):
    """One target could not be read."""


class StoreError(IncompleteError):
    """A run could not be written, read or locked."""


class SigningError(AuditorError):
    """A report could not be signed."""

    exit_code = 3


class VerificationError(AuditorError):
    """A report, run or certificate is not what it claims to be."""

    exit_code = 1

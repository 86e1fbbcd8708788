"""What a configuration says, in words that all products share."""

from collections.abc import Iterable
from dataclasses import dataclass, field


class Unparseable(Exception):
    """The file cannot be read as what it should be; the text says why and where, and quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing a configuration does: `aspect` and `state` are words of our own, `setting` is the product's.

    `line` is 0 for a default that is written nowhere, and `versions` then says in words which versions of the product
    have it, where they differ; `file` is relative to what was read.
    """

    aspect: str
    state: str
    setting: str
    value: str = ""
    line: int = 0
    file: str = ""
    versions: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a configuration says of one caller (`*` is anybody), one called title and one service."""

    caller: str
    called: str
    service: str
    allowed: bool = True


@dataclass(slots=True)
class Statements:
    """Collects statements about one file.

    `open` tells of aspects that the file alone does not decide, and why; `missing` names files that belong to it and
    are not there.
    """

    file: str = ""
    found: list[Statement] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    open: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def say(
        self, aspect: str, state: str, setting: str, value: object = "", line: int = 0, file: str = "",
        versions: str = "",
    ) -> None:  # fmt: skip
        """Add one."""
        self.found.append(Statement(aspect, state, setting, str(value)[:200], line, file or self.file, versions))

    def leave_open(self, aspect: str, why: str) -> None:
        """Note that an aspect is not decided here; the first reason stays."""
        self.open.setdefault(aspect, why)

    def opens(self, port: str, setting: str, line: int = 0, file: str = "") -> None:
        """Note a port that is opened to other machines; anything but a number says nothing."""
        if port.strip().isdecimal():
            self.say("port", "open", setting, port.strip(), line, file)

    def grant(self, caller: str, called: str, services: Iterable[str], *, allowed: bool = True) -> None:
        """Note what a caller may, or may not, do on a called title."""
        self.grants.extend(Grant(caller, called, service, allowed) for service in services)

    def extend(self, found: Iterable[Statement]) -> None:
        """Add many."""
        self.found.extend(found)

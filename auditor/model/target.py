"""Targets: what is asked for, what was met, and what was read of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.model.facts import Facts
from auditor.model.outcome import Disposition
from auditor.model.views import View


@dataclass(frozen=True, slots=True)
class Target:
    """One thing a room can read: a file, a member of an archive, a port, a configuration file, a log.

    `root` is the folder or inventory it was found under, `locator` its place below that root
    (POSIX path, `archive.zip!member.dcm`, `host:port`).
    """

    kind: str
    root: str
    locator: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A named, picklable unit of work; its name begins with its room's and names the Parquet part it becomes.

    `about` is what a room found out while planning and hands to itself; it may identify, and is never written down.
    """

    name: str
    targets: tuple[Target, ...]
    about: object = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class InventoryRow:
    """One row for every target met. `display` is masked; `reason` holds no identifier."""

    room: str
    kind: str
    display: str
    digest: str
    disposition: Disposition
    reason: str = ""
    size: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading one target gave: exactly one inventory row, facts about zero or more subjects, tables to draw."""

    row: InventoryRow
    facts: tuple[Facts, ...] = ()
    views: tuple[View, ...] = ()

"""A Run: everything a report needs, a year later, on another machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from auditor.model.framework import Framework
from auditor.model.outcome import Outcome
from auditor.model.rule import Rule
from auditor.model.severity import Severity
from auditor.model.views import View
from auditor.model.waiver import Waiver

SCHEMA_VERSION = 3


@dataclass(frozen=True, slots=True)
class Request:
    """What one room is asked to look at: raw target arguments and the room's options."""

    room: str
    targets: tuple[str, ...]
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """What the run was asked to do. Targets are masked displays."""

    name: str
    purpose: str
    profile: str
    fail_on: str
    rooms: Mapping[str, tuple[str, ...]]
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PackRecord:
    """The rules as they stood: their text, their digest, and what the site changed."""

    digest: str
    rules: tuple[Rule, ...]
    overrides: Mapping[str, str]
    disabled: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RuleTally:
    """How often a rule gave each outcome, and the seconds it took."""

    rule: str
    severity: Severity
    counts: Mapping[Outcome, int]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class PartRecord:
    """One pair of Parquet files: name, hashes and row counts; and the hash of the tallies of its chunk.

    The tallies themselves stay with the part, so that the header of a run does not grow with rules times parts.
    `waived` names the waivers that were used in it, each as `rule ticket`; `views` are tables for the report.
    """

    name: str
    findings_sha256: str
    inventory_sha256: str
    tallies_sha256: str
    findings: int
    rows: int
    dispositions: Mapping[str, int]
    waived: tuple[str, ...] = ()
    views: tuple[View, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader must know: a check that was not made, a missing extra, a key made for this run only."""

    room: str
    text: str
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """The header of a run; findings and inventory lie beside it in parts."""

    id: str
    plan: PlanRecord
    started: datetime
    finished: datetime
    operator: str
    site: str
    tool_version: str
    platform: str
    pack: PackRecord
    frameworks: tuple[Framework, ...]
    tallies: tuple[RuleTally, ...]
    dispositions: Mapping[str, Mapping[str, int]]
    waivers: tuple[Waiver, ...]
    parts: tuple[PartRecord, ...]
    notes: tuple[Note, ...]
    complete: bool
    previous: str = ""
    schema_version: int = SCHEMA_VERSION

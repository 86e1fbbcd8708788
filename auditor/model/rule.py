"""A rule: when it applies, when it fires, and what a reader needs to act on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.model.condition import Condition
from auditor.model.facts import Value
from auditor.model.severity import Severity


class Status(StrEnum):
    """Life of a rule; a retired id is never used again."""

    DRAFT = "draft"
    STABLE = "stable"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number or text a site may change, between bounds, with the reason for its default."""

    default: int | float | str | bool
    why: str
    minimum: int | float | None = None
    maximum: int | float | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A rule's own test: named facts, and what the rule must say of them."""

    name: str
    facts: Mapping[str, Value]
    unknown: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Examples:
    """The rule's tests by expected outcome."""

    fires: tuple[Example, ...]
    quiet: tuple[Example, ...]
    not_applicable: tuple[Example, ...] = ()
    not_evaluated: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as loaded from `rules/<room>/<id>.yaml`, parameters not yet bound."""

    id: str
    version: int
    status: Status
    title: str
    severity: Severity
    target: str
    fires_when: Condition
    applies_when: Condition | None
    params: Mapping[str, Parameter]
    evidence: tuple[str, ...]
    message: str
    rationale: str
    remediation: Mapping[str, str]
    false_positives: tuple[str, ...]
    references: tuple[str, ...]
    tags: tuple[str, ...]
    examples: Examples
    source: str
    sha256: str

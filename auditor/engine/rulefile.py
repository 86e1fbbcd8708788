"""The shape of a rule file, a profile, a framework and a waiver file, before anything in them is understood."""

from typing import Annotated, Any, Literal

from pydantic import Field

from auditor.config.section import Section

SeverityWord = Literal["info", "low", "medium", "high", "critical"]
StatusWord = Literal["draft", "stable", "retired"]
Line = Annotated[str, Field(min_length=3, max_length=200, pattern=r"^\S[^\n]*\S$")]
Prose = Annotated[str, Field(min_length=3, max_length=2000)]
Word = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z0-9][a-z0-9_-]*$")]
RuleId = Annotated[str, Field(pattern=r"^[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
Number = int | float
Value = int | float | str | bool


class ParameterShape(Section):
    """One entry of `params`."""

    default: Value
    why: Prose
    min: Number | None = None
    max: Number | None = None


class ExampleShape(Section):
    """One entry of `tests`: named facts, and reasons for those that could not be found out."""

    name: Line
    facts: dict[str, Any] = Field(default_factory=dict)
    unknown: dict[str, Prose] = Field(default_factory=dict)


class ExamplesShape(Section):
    """`tests`: examples by the outcome the rule must give."""

    fires: Annotated[tuple[ExampleShape, ...], Field(min_length=1)]
    quiet: Annotated[tuple[ExampleShape, ...], Field(min_length=1)]
    not_applicable: tuple[ExampleShape, ...] = ()
    not_evaluated: tuple[ExampleShape, ...] = ()


class RuleShape(Section):
    """One rule file. Conditions and example values are checked against the room's catalogue afterwards."""

    id: RuleId
    version: Annotated[int, Field(ge=1)]
    status: StatusWord
    title: Line
    severity: SeverityWord
    target: Word
    applies_when: Any = None
    fires_when: Any
    params: dict[Word, ParameterShape] = Field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    message: Line
    rationale: Prose
    remediation: Annotated[dict[Word, Prose], Field(min_length=1)]
    false_positives: tuple[Prose, ...] = ()
    references: tuple[Line, ...] = ()
    tags: tuple[Word, ...] = ()
    tests: ExamplesShape


class SelectorShape(Section):
    """One entry of a profile's `include` or `exclude`: what is given must all be met."""

    rules: Line | Literal["*"] = "*"
    tag: Word = ""
    severity: SeverityWord | None = None
    status: Annotated[tuple[StatusWord, ...], Field(min_length=1)] = ("stable",)


class OverrideShape(Section):
    """What a profile changes of one rule."""

    severity: SeverityWord | None = None
    params: dict[Word, Value] = Field(default_factory=dict)
    why: Prose


class ProfileShape(Section):
    """One profile file."""

    id: Word
    title: Line
    text: Prose
    include: Annotated[tuple[SelectorShape, ...], Field(min_length=1)]
    exclude: tuple[SelectorShape, ...] = ()
    overrides: dict[RuleId, OverrideShape] = Field(default_factory=dict)


class RequirementShape(Section):
    """One requirement of a framework."""

    id: Line | Annotated[str, Field(min_length=1, max_length=20)]
    title: Line
    text: Prose
    obligation: Literal["required", "addressable", "informative"]
    checkable: Literal["yes", "partly", "no"]
    parent: str = ""
    attestation: str = ""
    finer: str = ""
    draws_on: tuple[Line, ...] = ()


class FrameworkShape(Section):
    """One framework file."""

    id: Word
    title: Line
    edition: Line
    source: Line
    status: Literal["in force", "guidance", "standard", "proposed"]
    requirements: Annotated[tuple[RequirementShape, ...], Field(min_length=1)]


class WaiverShape(Section):
    """One waiver. Dates are written 2026-01-31."""

    rule: RuleId
    subject: Annotated[str, Field(min_length=1, max_length=500)]
    reason: Prose
    approver: Line
    ticket: Annotated[str, Field(min_length=1, max_length=100)]
    created: str
    expires: str
    fingerprint: Annotated[str, Field(pattern=r"^([0-9a-f]{8,64})?$")] = ""


class WaiversShape(Section):
    """`waivers.yaml`."""

    waivers: tuple[WaiverShape, ...] = ()

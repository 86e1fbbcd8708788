"""The sections that belong to the whole house: site, audit, rules and store."""

from typing import Annotated, Literal

from pydantic import Field

from auditor.config.section import Section

Purpose = Literal["export", "limited-data-set", "clinical", "pseudonymised"]
SeverityWord = Literal["info", "low", "medium", "high", "critical", "none"]
ExecutorName = Literal["serial", "process", "dask"]


class SiteSettings(Section):
    """`[site]`: who is audited, and the key its digests hang on."""

    name: str = "unnamed site"
    key_file: str = ""
    networks: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    people: tuple[str, ...] = ()


class AuditSettings(Section):
    """`[audit]`: what a run is for, and how it is carried out."""

    purpose: Purpose = "export"
    profile: str = "default"
    fail_on: SeverityWord = "high"
    executor: ExecutorName = "process"
    workers: Annotated[int, Field(ge=0, le=256)] = 0
    waivers: str = "waivers.yaml"


class DisabledRule(Section):
    """One entry of `rules.disable`: a rule is never switched off without a reason."""

    rule: str
    reason: Annotated[str, Field(min_length=3)]


class RulesSettings(Section):
    """`[rules]`: a site's own rules, what it switched off, and the parameters it changed."""

    paths: tuple[str, ...] = ()
    disable: tuple[DisabledRule, ...] = ()
    params: dict[str, dict[str, int | float | str | bool]] = Field(default_factory=dict)


class StoreSettings(Section):
    """`[store]`: where runs are kept."""

    path: str = ".auditor"

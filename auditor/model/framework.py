"""Frameworks: the requirements that rules cite. They know no rules."""

from dataclasses import dataclass
from enum import StrEnum


class Obligation(StrEnum):
    """How binding a requirement is (45 CFR 164.306(d) for required and addressable)."""

    REQUIRED = "required"
    ADDRESSABLE = "addressable"
    INFORMATIVE = "informative"


class Checkable(StrEnum):
    """How far a machine can check a requirement."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One citation: `164.312(a)(1)`, its title, its meaning in our own words."""

    id: str
    title: str
    text: str
    obligation: Obligation
    checkable: Checkable
    parent: str = ""
    attestation: str = ""


@dataclass(frozen=True, slots=True)
class Framework:
    """A set of requirements under one prefix (`hipaa`), in force or proposed."""

    id: str
    title: str
    edition: str
    source: str
    status: str
    requirements: tuple[Requirement, ...]

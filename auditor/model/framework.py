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
    """One citation: `164.312(a)(1)`, its title, its meaning in our own words.

    `finer` is the pattern of finer citations that count towards it, written after a colon, such as one row
    of a table: `PS3.15:E.1-1` allows `PS3.15:E.1-1:(0010,0010)`.
    """

    id: str
    title: str
    text: str
    obligation: Obligation
    checkable: Checkable
    parent: str = ""
    attestation: str = ""
    finer: str = ""


@dataclass(frozen=True, slots=True)
class Framework:
    """A set of requirements under one prefix (`hipaa`), in force or proposed."""

    id: str
    title: str
    edition: str
    source: str
    status: str
    requirements: tuple[Requirement, ...]

    def find(self, citation: str) -> Requirement | None:
        """The requirement that `citation` (without the framework's prefix) counts towards, or None."""
        for requirement in self.requirements:
            if citation == requirement.id or (requirement.finer and citation.startswith(f"{requirement.id}:")):
                return requirement
        return None

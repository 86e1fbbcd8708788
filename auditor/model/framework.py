"""Frameworks: the requirements that rules cite. They know no rules."""

from collections.abc import Iterable
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
    of a table: `PS3.15:E.1-1` allows `PS3.15:E.1-1:(0010,0010)`. `draws_on` are citations of other
    frameworks whose rules count towards it too (``hipaa:164.312(b)``, or ``hipaa:164.312(e)*`` for all that
    begin so): rules need not know every framework there is.
    """

    id: str
    title: str
    text: str
    obligation: Obligation
    checkable: Checkable
    parent: str = ""
    attestation: str = ""
    finer: str = ""
    draws_on: tuple[str, ...] = ()

    def draws(self, reference: str) -> bool:
        """Whether a rule that cites `reference`, of another framework, counts towards this requirement."""
        return any(
            reference.startswith(each[:-1]) if each.endswith("*") else reference == each for each in self.draws_on
        )


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

    def counts(self, references: Iterable[str]) -> frozenset[str]:
        """Ids of the requirements that a rule with these `references` counts towards, cited or drawn on."""
        found: set[str] = set()
        for reference in references:
            prefix, _, citation = reference.partition(":")
            cited = self.find(citation) if prefix == self.id else None
            if cited is not None:
                found.add(cited.id)
            found.update(each.id for each in self.requirements if each.draws(reference))
        return frozenset(found)

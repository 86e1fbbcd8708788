"""Facts: what a room found out about one subject, named and typed.

Four states are kept apart for every fact (design, section 2):

* absent: the name is not in `values`: it was looked for and is not there;
* empty: the value is ``""`` or ``()``;
* unreadable or not asked: the name is in `unknown`, with the reason;
* present: the value itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | date | datetime
Record: TypeAlias = Mapping[str, Scalar]
Value: TypeAlias = Scalar | tuple[str, ...] | tuple[Record, ...]


class FactType(StrEnum):
    """Type of a fact's value."""

    TEXT = "text"  # str
    NUMBER = "number"  # int or float
    FLAG = "flag"  # bool
    MOMENT = "moment"  # datetime.date, or an aware datetime.datetime
    ADDRESS = "address"  # an IP address or a host name, as str
    TEXTS = "texts"  # tuple of str
    RECORDS = "records"  # tuple of mappings, their fields declared in FactSpec.fields


@dataclass(frozen=True, slots=True)
class FactSpec:
    """Declaration of one fact: its name, type and what it means, in one line.

    `plain` says that the value identifies no person and may be shown as it is; every other value leaves
    the process only masked and as a keyed digest. `fields` declares the fields of a RECORDS fact; by
    convention `locator` tells where in the subject the record stands and `value` is its raw value. `grows` says that
    the value may grow from run to run while the subject stays the same (the events of a story that goes on): it is
    shown as evidence and does not enter the fingerprint.
    """

    name: str
    type: FactType
    doc: str
    plain: bool = False
    fields: tuple["FactSpec", ...] = ()
    grows: bool = False

    def field_named(self, name: str) -> "FactSpec | None":
        """The declared field `name` of a RECORDS fact, or None."""
        return next((spec for spec in self.fields if spec.name == name), None)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All facts a room can supply, by name. Rules may name these and no others."""

    room: str
    specs: Mapping[str, FactSpec]

    @classmethod
    def of(cls, room: str, specs: tuple[FactSpec, ...]) -> "Catalogue":
        """Build a catalogue; raises ValueError when two facts share a name."""
        by_name = {spec.name: spec for spec in specs}
        if len(by_name) != len(specs):
            raise ValueError(f"catalogue of room {room!r} declares a fact twice")
        return cls(room, by_name)

    def __iter__(self) -> Iterator[FactSpec]:
        return iter(self.specs.values())

    def __contains__(self, name: str) -> bool:
        return name in self.specs

    def get(self, name: str) -> FactSpec | None:
        """The declaration of fact `name`, or None."""
        return self.specs.get(name)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about.

    `key` identifies it between runs (a SOP Instance UID, `host:port`, an incident's story) and is only
    ever used inside an HMAC; `display` is already masked and may be shown; `digest` is the keyed digest
    of the locator relative to the root it was found under, which `auditor locate` looks for.
    """

    kind: str
    key: str
    display: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a room knows about one subject. Values are raw and never leave the process unmasked."""

    subject: Subject
    values: Mapping[str, Value]
    locators: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, str] = field(default_factory=dict)

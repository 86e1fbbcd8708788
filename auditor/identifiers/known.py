"""One thing known of a person."""

from dataclasses import dataclass

from auditor.identifiers.kind import Kind


@dataclass(frozen=True, slots=True)
class Known:
    """A kind and the raw value: a name as written (`DOE^JANE`), a date in any layout, a record number."""

    kind: Kind
    value: str

"""Findings and their evidence. Neither ever holds a raw identifier."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.model.outcome import Outcome
from auditor.model.severity import Severity


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing seen: what it is, where it stands, a masked display and a digest under the site key.

    `fact` is the fact's name, `locator` a tag path, line or handshake field, `details` the plain fields
    of a record (letter, detector, bounding box).
    """

    fact: str
    masked: str
    digest: str
    locator: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of one subject. Passes and not-applicables are tallied, not listed.

    `fingerprint` is HMAC-SHA-256 under the site key over rule id, subject key and evidence digests:
    the same between runs, so waivers, comparisons and trends hang on it. `reason` says why a rule was
    not evaluated; `waiver` is the ticket that waived it.
    """

    rule: str
    rule_version: int
    room: str
    severity: Severity
    outcome: Outcome
    subject_kind: str
    subject: str
    subject_digest: str
    fingerprint: str
    message: str
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    waiver: str = ""

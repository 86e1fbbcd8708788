"""Findings and their evidence. Neither ever holds a raw identifier.

Both are tuples with names, and no dataclasses: a scan makes millions, and a frozen dataclass takes four times as long.
"""

from collections.abc import Mapping
from typing import NamedTuple

from auditor.model.outcome import Outcome
from auditor.model.severity import Severity

_NO_DETAILS: Mapping[str, str] = {}


class Evidence(NamedTuple):
    """One thing seen: what it is, where it stands, a masked display and a digest under the site key.

    `fact` is the fact's name, `locator` a tag path, line or handshake field, `details` the plain fields
    of a record (letter, detector, bounding box).
    """

    fact: str
    masked: str
    digest: str
    locator: str = ""
    details: Mapping[str, str] = _NO_DETAILS


class Finding(NamedTuple):
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

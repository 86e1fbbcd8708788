"""A waiver: somebody's signed-for decision to live with a finding until a date."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Waiver:
    """Waives `rule` on subjects whose display matches the glob `subject`, through `expires` (UTC).

    `fingerprint`, when set, narrows the waiver to that one finding. `created` and `expires` lie at most
    366 days apart. `source` is `file:line`.
    """

    rule: str
    subject: str
    reason: str
    approver: str
    ticket: str
    created: date
    expires: date
    fingerprint: str = ""
    source: str = ""

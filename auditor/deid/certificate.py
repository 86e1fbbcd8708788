"""What a certificate has to say, as data: it travels in a note of the run and nothing else is needed to print it."""

import hmac
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from auditor.config.strictyaml import loads
from auditor.deid import table
from auditor.deid.codes import BASIC_CODE, Option
from auditor.deid.groups import Anonymity
from auditor.deid.plan import DeidPlan, Fate
from auditor.deid.run import Staged

ROOM = "deid-certificate"


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything the page shows. Reasons, labels and clauses hold no identifier; hashes are keyed."""

    profile: str
    profile_title: str
    options: tuple[tuple[str, str, str], ...]
    exceptions: tuple[tuple[str, str, str], ...]
    table_edition: str
    table_rows: int
    files: Mapping[str, int]
    patients: int
    actions: Mapping[str, int]
    clauses: Mapping[str, tuple[str, ...]]
    withheld: Mapping[str, int]
    skipped: Mapping[str, int]
    shared_ids: int
    joined_ids: int
    duplicate_instances: int
    source_manifest: str
    copy_manifest: str
    smallest_group: int
    small_groups: tuple[tuple[str, int], ...]
    risks: tuple[str, ...]

    def text(self) -> str:
        """The certificate as JSON, for the note of a run."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)


def certificate(job: DeidPlan, staged: Staged, groups: Anonymity, found: Mapping[str, int]) -> Certificate:
    """Make the certificate of what was staged; verification is told by the run's findings beside it.

    `found` counts the files of which something has to be said, by the names in `data/certificate.yaml`.
    """
    profile, outcomes = job.profile, staged.outcomes
    actions: Counter[str] = Counter()
    for outcome in outcomes:
        actions.update(outcome.counts)
    options = [("basic", *BASIC_CODE), *((option.value, *option.code) for option in Option if profile.has(option))]
    copies = [outcome for outcome in outcomes if outcome.fate is Fate.STAGED]
    shown = tuple(_words()["found"][name].format(number) for name, number in found.items() if number)
    found_risks = sorted({risk for outcome in outcomes for risk in outcome.risks})
    return Certificate(
        profile=profile.name,
        profile_title=profile.title,
        options=tuple(options),
        exceptions=tuple((entry.attribute, entry.action, entry.why) for entry in profile.attributes),
        table_edition=table.EDITION,
        table_rows=len(table.load()),
        files=dict(Counter(outcome.fate.value for outcome in outcomes)),
        patients=staged.patients,
        actions=dict(actions),
        clauses=clauses(actions),
        withheld=dict(Counter(outcome.reason for outcome in outcomes if outcome.fate is Fate.WITHHELD)),
        skipped=dict(Counter(outcome.reason for outcome in outcomes if outcome.fate is Fate.SKIPPED)),
        shared_ids=staged.shared_ids,
        joined_ids=staged.joined_ids,
        duplicate_instances=staged.twice,
        source_manifest=_manifest(job.key, ((one.locator, one.source_digest) for one in outcomes)),
        copy_manifest=_manifest(job.key, ((one.path, one.copy_digest) for one in copies)),
        smallest_group=groups.smallest,
        small_groups=tuple((group.label, group.size) for group in groups.small[:20]),
        risks=(*risks(), *shown, *found_risks),
    )


def clauses(actions: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """For each kind of action, what asks for it or allows it."""
    known = _words()["clauses"]
    return {name: tuple(known[name]) for name in actions if name in known}


def risks() -> tuple[str, ...]:
    """The risks that every release keeps."""
    return tuple(_words()["risks"])


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Any]:
    raw = files("auditor.deid").joinpath("data/certificate.yaml").read_bytes()
    words: Mapping[str, Any] = loads(raw, "data/certificate.yaml").data
    return words


def _manifest(key: bytes, lines: Iterable[tuple[str, str]]) -> str:
    digest = hmac.new(key, digestmod=sha256)
    for name, content in sorted(lines):
        digest.update(f"{name}\0{content}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()

"""What a certificate has to say, as data: it travels in a note of the run and nothing else is needed to print it."""

import hmac
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from auditor.deid import table
from auditor.deid.codes import BASIC_CODE, Option
from auditor.deid.groups import Anonymity
from auditor.deid.plan import Fate, Outcome
from auditor.deid.profile import Profile

ROOM = "deid-certificate"
CLAUSES = {
    "remove": ("PS3.15:E.1-1", "hipaa:164.514(b)(2)(i)"),
    "empty": ("PS3.15:E.1-1", "hipaa:164.514(b)(2)(i)"),
    "dummy": ("PS3.15:E.1-1", "hipaa:164.514(b)(2)(i)"),
    "clean": ("PS3.15:E.3.5", "hipaa:164.514(b)(2)(i)"),
    "uid": ("PS3.15:E.3.9", "hipaa:164.514(b)(2)(i)(R)"),
    "shift": ("PS3.15:E.3.6", "hipaa:164.514(b)(2)(i)(C)"),
    "replace": ("PS3.15:E.1.1", "gdpr:Art. 4(5)"),
    "document": ("PS3.15:E.1.1", "hipaa:164.514(b)(2)(i)"),
    "overlay": ("PS3.15:E.3.3", "hipaa:164.514(b)(2)(i)"),
    "pixels": ("PS3.15:E.3.1", "hipaa:164.514(b)(2)(i)"),
    "icon": ("PS3.15:E.3.1", "hipaa:164.514(b)(2)(i)(Q)"),
    "time": ("PS3.15:E.3.6", "hipaa:164.514(b)(2)(i)(C)"),
    "add": ("PS3.15:E.1.1", "PS3.3:C.7.1.1"),
    "keep": ("PS3.15:E.1-1", "gdpr:Art. 9"),
}
RISKS = (
    "Safe Harbor alone is not a very small risk: see the groups of patients who share what is left (164.514(b)(1)).",
    "Faces in head CT and MR are not removed; whether a volume can show one is for the recipient's agreement.",
    "Whether what remains needs a data protection impact assessment is for the site to say (GDPR Art. 35).",
    "Whoever holds the project key or the crosswalk can find the patients again; GDPR Art. 4(5) asks to keep it apart.",
)
_FACES = "{} files can show a face, as head volumes or photographs; somebody has to look at them before a release."
_UNREAD = "Text burned into pictures was not sought, on request; no marker says that pixels are clean."
_AGAIN = "{} files were cleaned again, since the verifying scan still saw an identifier in their first copy."


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


def certificate(
    profile: Profile,
    outcomes: Sequence[Outcome],
    *,
    key: bytes,
    patients: int,
    shared_ids: int,
    joined_ids: int,
    twice: int,
    groups: Anonymity,
    faces: int = 0,
    again: int = 0,
    unread: bool = False,
) -> Certificate:
    """Make the certificate of what was staged; verification is told by the run's findings beside it.

    `faces` is how many files belong to a volume that can show a face, `again` how many were cleaned again;
    `unread` says that burned-in text was not sought.
    """
    actions: Counter[str] = Counter()
    for outcome in outcomes:
        actions.update(outcome.counts)
    options = [("basic", *BASIC_CODE), *((option.value, *option.code) for option in Option if profile.has(option))]
    staged = [outcome for outcome in outcomes if outcome.fate is Fate.STAGED]
    shown = tuple(text.format(number) for text, number in ((_FACES, faces), (_AGAIN, again)) if number)
    shown += (_UNREAD,) if unread else ()
    found_risks = sorted({risk for outcome in outcomes for risk in outcome.risks})
    return Certificate(
        profile=profile.name,
        profile_title=profile.title,
        options=tuple(options),
        exceptions=tuple((entry.attribute, entry.action, entry.why) for entry in profile.attributes),
        table_edition=table.EDITION,
        table_rows=len(table.load()),
        files=dict(Counter(outcome.fate.value for outcome in outcomes)),
        patients=patients,
        actions=dict(actions),
        clauses={name: CLAUSES[name] for name in actions if name in CLAUSES},
        withheld=dict(Counter(outcome.reason for outcome in outcomes if outcome.fate is Fate.WITHHELD)),
        skipped=dict(Counter(outcome.reason for outcome in outcomes if outcome.fate is Fate.SKIPPED)),
        shared_ids=shared_ids,
        joined_ids=joined_ids,
        duplicate_instances=twice,
        source_manifest=_manifest(key, ((one.locator, one.source_digest) for one in outcomes)),
        copy_manifest=_manifest(key, ((one.path, one.copy_digest) for one in staged)),
        smallest_group=groups.smallest,
        small_groups=tuple((group.label, group.size) for group in groups.small[:20]),
        risks=(*RISKS, *shown, *found_risks),
    )


def _manifest(key: bytes, lines: Iterable[tuple[str, str]]) -> str:
    digest = hmac.new(key, digestmod=sha256)
    for name, content in sorted(lines):
        digest.update(f"{name}\0{content}\n".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()

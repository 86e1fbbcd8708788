"""What one run of de-identification is asked to do, and what became of each file. Picklable."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from auditor.deid.groups import Trait
from auditor.deid.people import Subject
from auditor.deid.profile import Profile
from auditor.dicomio.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True)
class RecipeFiles:
    """Paths of recipes, and of what their ``var:`` and ``func:`` name; empty where there is none."""

    recipes: tuple[str, ...] = ()
    variables: str = ""
    functions: str = ""


@dataclass(frozen=True, slots=True)
class DeidPlan:
    """Everything a worker needs. `key` is the project key, `forgotten` says that nobody keeps it after this run;
    `recipients` are paths of certificates to seal to."""

    source: str
    profile: Profile
    key: bytes = field(repr=False)
    forgotten: bool = False
    subjects: tuple[Subject, ...] = field(default=(), repr=False)
    recipients: tuple[str, ...] = ()
    recipe: RecipeFiles = RecipeFiles()
    crosswalk: bool = False
    ocr: bool = True
    limits: Limits = DEFAULT_LIMITS


class Fate(StrEnum):
    """What became of an input file; every one has exactly one."""

    STAGED = "staged"
    WITHHELD = "withheld"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One input file. `locator` is its place in the source, `path` that of its copy; `reason` holds no identifier."""

    locator: str
    size: int
    fate: Fate
    reason: str = ""
    path: str = ""
    patient: str = ""
    counts: Mapping[str, int] = field(default_factory=Counter)
    source_digest: str = ""
    copy_digest: str = ""
    trait: Trait | None = None
    risks: tuple[str, ...] = ()
    mapped: tuple[tuple[str, str, str], ...] = field(default=(), repr=False)

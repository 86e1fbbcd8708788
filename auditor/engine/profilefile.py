"""Profile files to profiles: named choices of rules, `rules/profiles/<id>.yaml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from auditor.config.strictmodel import Fault, faults, raise_faults
from auditor.config.strictyaml import Document, load, nearest
from auditor.engine.rulefile import ProfileShape, SelectorShape
from auditor.engine.walk import ParamValue
from auditor.errors import ConfigError, RuleError
from auditor.model.rule import Rule
from auditor.model.severity import Severity


@dataclass(frozen=True, slots=True)
class Selector:
    """Meets a rule whose id fits the glob, that has the tag, is at least as severe, and has one of the statuses."""

    rules: str
    tag: str
    severity: Severity
    status: tuple[str, ...]

    def meets(self, rule: Rule) -> bool:
        """Whether all that is asked for is met; severity is the rule's own, before any override."""
        return (
            fnmatchcase(rule.id, self.rules)
            and (not self.tag or self.tag in rule.tags)
            and rule.severity >= self.severity
            and rule.status.value in self.status
        )

    def __str__(self) -> str:
        parts = [f"rules {self.rules}"] if self.rules != "*" else []
        parts += [f"tag {self.tag}"] if self.tag else []
        parts += [f"severity {self.severity.word} or above"] if self.severity > Severity.INFO else []
        return ", ".join([*parts, f"status {' or '.join(self.status)}"])


@dataclass(frozen=True, slots=True)
class Override:
    """What a profile changes of one rule."""

    severity: Severity | None
    params: Mapping[str, ParamValue]
    why: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A named choice of rules. `source` is the file it was read from."""

    id: str
    title: str
    text: str
    include: tuple[Selector, ...]
    exclude: tuple[Selector, ...]
    overrides: Mapping[str, Override]
    source: str


def load_profiles(folders: Sequence[Path]) -> Mapping[str, Profile]:
    """Load `profiles/*.yaml` of each folder of rules, by profile id; raises RuleError with every fault found.

    A later folder may not give an id again: what `default` means is the same at every site.
    """
    found: list[Fault] = []
    profiles: dict[str, Profile] = {}
    for file in (file for folder in folders for file in sorted((folder / "profiles").glob("*.yaml"))):
        document = load(file, error=RuleError)
        wrong = faults(document, ProfileShape)
        found += wrong
        if wrong:
            continue
        profile = _profile(ProfileShape.model_validate(document.data), document)
        if profile.id != file.stem:
            found.append(Fault(f"the profile is called {profile.id!r}", document.where(("id",)), repr(file.stem)))
        if profile.id in profiles:
            taken = profiles[profile.id].source
            found.append(
                Fault(f"the profile {profile.id!r} is there twice", document.where(("id",)), f"not as {taken}")
            )
        profiles[profile.id] = profile
    if found:
        raise_faults(found, RuleError)
    return profiles


def find_profile(name: str, profiles: Mapping[str, Profile]) -> Profile:
    """The profile called `name`; raises ConfigError with the nearest name for any other."""
    if name not in profiles:
        raise ConfigError(
            f"no profile is called {name!r}",
            where="audit.profile",
            right=nearest(name, profiles),
            next_step="auditor rules list --profile default",
        )
    return profiles[name]


def _profile(shape: ProfileShape, document: Document) -> Profile:
    return Profile(
        shape.id,
        shape.title,
        shape.text.strip(),
        tuple(_selector(each) for each in shape.include),
        tuple(_selector(each) for each in shape.exclude),
        {
            rule: Override(Severity.from_word(each.severity) if each.severity else None, dict(each.params), each.why)
            for rule, each in shape.overrides.items()
        },
        document.source,
    )


def _selector(shape: SelectorShape) -> Selector:
    return Selector(shape.rules, shape.tag, Severity.from_word(shape.severity or "info"), shape.status)

"""The rules as a site has them: shipped and its own, with frameworks, catalogues and what its settings change."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.audit.rooms import catalogues
from auditor.config.load import load
from auditor.config.strictyaml import nearest
from auditor.engine.frameworks import load_frameworks
from auditor.engine.load import load_rules
from auditor.engine.profilefile import Profile, find_profile, load_profiles
from auditor.errors import UsageError
from auditor.model.facts import Catalogue
from auditor.model.framework import Framework
from auditor.model.rule import Rule
from auditor.resources import rules_folder


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything `auditor rules` works on."""

    rules: tuple[Rule, ...]
    frameworks: tuple[Framework, ...]
    catalogues: Mapping[str, Catalogue]
    profile: Profile
    disabled: Mapping[str, str]
    params: Mapping[str, Mapping[str, int | float | str | bool]]

    def rule(self, name: str) -> Rule:
        """The rule called `name`; raises UsageError with the nearest name for any other."""
        for rule in self.rules:
            if rule.id == name:
                return rule
        raise UsageError(
            f"no rule is called {name!r}",
            right=nearest(name, (rule.id for rule in self.rules)),
            next_step="auditor rules list --all",
        )

    def chosen(self, names: Sequence[str]) -> tuple[Rule, ...]:
        """The rules called by `names`, or all when none is named; raises UsageError when there is none at all."""
        found = tuple(self.rule(name) for name in names) if names else self.rules
        if not found:
            raise UsageError("there are no rules", right="a folder of rules", next_step="auditor doctor")
        return found

    def catalogue(self, room: str) -> Catalogue:
        """The facts of `room`; raises UsageError with the nearest name for any other word."""
        if room not in self.catalogues:
            raise UsageError(f"no room is called {room!r}", right=nearest(room, self.catalogues))
        return self.catalogues[room]


def open_rulebook(config_file: Path | None, profile: str | None, more: Sequence[Path] = ()) -> Rulebook:
    """Load all rules of the site and of the folders in `more`; raises RuleError or ConfigError with every fault."""
    configuration = load(config_file, environment=os.environ)
    settings = configuration.settings
    given = (rules_folder(), *(configuration.path(path) for path in settings.rules.paths), *more)
    folders = tuple({folder.resolve(): folder for folder in given}.values())
    known = catalogues()
    frameworks = load_frameworks(rules_folder() / "frameworks")
    return Rulebook(
        load_rules(folders, known, frameworks),
        frameworks,
        known,
        find_profile(profile or settings.audit.profile, load_profiles(folders)),
        {entry.rule: entry.reason for entry in settings.rules.disable},
        settings.rules.params,
    )

"""Which rules are on, how severe, with which parameters, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from auditor.config.strictyaml import nearest
from auditor.engine.bind import BoundRule, bind_rule
from auditor.engine.profilefile import Override, Profile, find_profile, load_profiles
from auditor.engine.walk import ParamValue
from auditor.errors import ConfigError
from auditor.model.condition import All
from auditor.model.rule import Examples, Rule


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules that are on, with their parameters bound. Picklable.

    `overrides` says what differs from the rules as written (``rule.param`` -> text), `disabled` why a rule
    that the profile selects is off all the same; `digest` is SHA-256 over ids and hashes of all rules
    loaded and every change made to them.
    """

    profile: str
    bound: tuple[BoundRule, ...]
    overrides: Mapping[str, str]
    disabled: Mapping[str, str]
    digest: str

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The selected rules as they are written."""
        return tuple(bound.rule for bound in self.bound)

    def of_room(self, room: str) -> tuple[BoundRule, ...]:
        """The selected rules whose target is `room`."""
        return tuple(bound for bound in self.bound if bound.rule.target == room)

    def slim(self, room: str) -> "Selection":
        """What a judge of `room` needs and no more, for sending to workers: no other rooms, no prose, no examples."""
        kept = tuple(replace(bound, rule=_bare(bound.rule)) for bound in self.of_room(room))
        return Selection(self.profile, kept, {}, {}, self.digest)


def _bare(rule: Rule) -> Rule:
    return replace(
        rule,
        title="",
        fires_when=All(()),
        applies_when=None,
        params={},
        message="",
        rationale="",
        remediation={},
        false_positives=(),
        references=(),
        tags=(),
        examples=Examples((), ()),
        source="",
        sha256="",
    )


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a rule is on, and every reason in the order they were weighed."""

    on: bool
    reasons: tuple[str, ...]


def explain(rule: Rule, profile: Profile, disabled: Mapping[str, str]) -> Explanation:
    """Say whether `rule` is on under `profile` and what the site switched off, and why."""
    included = [str(selector) for selector in profile.include if selector.meets(rule)]
    excluded = [str(selector) for selector in profile.exclude if selector.meets(rule)]
    if not included:
        wanted = "; or ".join(str(selector) for selector in profile.include)
        has = f"it has severity {rule.severity.word}, status {rule.status.value}, tags {', '.join(rule.tags) or 'none'}"
        return Explanation(False, (f"profile {profile.id} does not include it: it takes {wanted}", has))
    reasons = [f"profile {profile.id} includes it by {included[0]}"]
    if excluded:
        return Explanation(False, (*reasons, f"profile {profile.id} excludes it by {excluded[0]}"))
    if rule.id in profile.overrides:
        reasons.append(f"profile {profile.id} overrides it: {profile.overrides[rule.id].why}")
    if rule.id in disabled:
        return Explanation(False, (*reasons, f"the site switched it off: {disabled[rule.id]}"))
    return Explanation(True, tuple(reasons))


def select(
    rules: Sequence[Rule],
    profile: str,
    folders: Sequence[Path],
    disabled: Mapping[str, str] | None = None,
    params: Mapping[str, Mapping[str, ParamValue]] | None = None,
) -> Selection:
    """Choose and bind the rules that are on under the profile called `profile`, found in `folders`.

    `disabled` maps rule ids to reasons, `params` rule ids to parameter values; a site's parameters win
    over the profile's. Raises ConfigError for an unknown profile, rule or parameter, or a value
    out of bounds.
    """
    return choose(rules, find_profile(profile, load_profiles(folders)), disabled, params)


def choose(
    rules: Sequence[Rule],
    profile: Profile,
    disabled: Mapping[str, str] | None = None,
    params: Mapping[str, Mapping[str, ParamValue]] | None = None,
) -> Selection:
    """What `select` does, under a profile at hand."""
    off, changed = disabled or {}, params or {}
    known = {rule.id: rule for rule in rules}
    _check_known(known, profile.overrides, f"profile {profile.id}")
    _check_known(known, off, "rules.disable")
    _check_known(known, changed, "rules.params")
    bound: list[BoundRule] = []
    overrides: dict[str, str] = {}
    for rule in rules:
        change = profile.overrides.get(rule.id, Override(None, {}, ""))
        severity = rule.severity if change.severity is None else change.severity
        values = {**change.params, **changed.get(rule.id, {})}
        one = bind_rule(rule, severity, values)
        if explain(rule, profile, off).on:
            bound.append(one)
            overrides.update(_differences(one))
    off_here = {name: reason for name, reason in off.items() if explain(known[name], profile, {}).on}
    return Selection(profile.id, tuple(bound), overrides, off_here, _digest(rules, profile, overrides, off))


def _check_known(known: Mapping[str, Rule], named: Mapping[str, object], where: str) -> None:
    for name in named:
        if name not in known:
            raise ConfigError(
                f"no rule is called {name!r}", where=where, right=nearest(name, known), next_step="auditor rules list"
            )


def _differences(bound: BoundRule) -> dict[str, str]:
    rule = bound.rule
    found = {
        f"{rule.id}.{name}": f"{bound.params[name]} (default {parameter.default})"
        for name, parameter in rule.params.items()
        if bound.params[name] != parameter.default
    }
    if bound.severity != rule.severity:
        found[f"{rule.id}.severity"] = f"{bound.severity.word} (default {rule.severity.word})"
    return found


def _digest(rules: Sequence[Rule], profile: Profile, overrides: Mapping[str, str], off: Mapping[str, str]) -> str:
    lines = [f"rule {rule.id} {rule.sha256}" for rule in rules]
    lines.append(f"profile {profile.id}")
    lines += [f"override {name} {text}" for name, text in sorted(overrides.items())]
    lines += [f"disabled {name} {reason}" for name, reason in sorted(off.items())]
    return sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()

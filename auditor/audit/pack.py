"""What is judged by: rules, profile, frameworks and waivers, loaded and checked before anything is read."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from auditor.audit.plan import Plan
from auditor.audit.rooms import catalogues
from auditor.engine.frameworks import load_frameworks
from auditor.engine.load import load_rules
from auditor.engine.profiles import Selection, select
from auditor.engine.waivers import Waivers, load_waivers
from auditor.errors import RuleError
from auditor.model.framework import Framework
from auditor.model.run import PackRecord
from auditor.resources import rules_folder


@dataclass(frozen=True, slots=True)
class Pack:
    """The rules as selected, the frameworks they cite, the waivers in force, and the record for the run."""

    selection: Selection
    frameworks: tuple[Framework, ...]
    waivers: Waivers
    record: PackRecord


def prepare(plan: Plan) -> Pack:
    """Load everything that is data; raises RuleError or ConfigError with `file:line`."""
    folders = (rules_folder(), *(_resolve(plan.base, path) for path in plan.rules.paths))
    frameworks = load_frameworks(rules_folder() / "frameworks")
    rules = load_rules(folders, catalogues(), frameworks)
    selection = select(
        rules,
        plan.profile,
        folders,
        {entry.rule: entry.reason for entry in plan.rules.disable},
        plan.rules.params,
    )
    rooms = Counter(rule.target for rule in selection.rules)
    empty = [request.room for request in plan.requests if not rooms[request.room]]
    if empty:
        raise RuleError(
            f"profile {plan.profile!r} selects no rule for {', '.join(empty)}",
            right="a profile that selects at least one rule for every room that is asked",
            next_step="auditor rules list",
        )
    record = PackRecord(selection.digest, selection.rules, selection.overrides, selection.disabled)
    return Pack(selection, frameworks, load_waivers(plan.waivers, {rule.id for rule in rules}), record)


def _resolve(base: Path, path: str) -> Path:
    return (base / Path(path).expanduser()).resolve()

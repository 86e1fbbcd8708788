"""A rule ready to be asked, and what came of it so far."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from time import perf_counter
from typing import Any, NamedTuple, TypeAlias

from auditor.engine.bind import BoundRule
from auditor.engine.compile import WRONG_TYPE, Test, compile_condition
from auditor.engine.evidence import Exhibits, Witness
from auditor.engine.triggers import Met, narrowing
from auditor.engine.walk import facts_of
from auditor.model.condition import Condition
from auditor.model.facts import Catalogue, Facts
from auditor.model.finding import Evidence
from auditor.model.outcome import Outcome
from auditor.model.run import RuleTally

_MEMORY = 128
_Ids: TypeAlias = tuple[object, ...]


class Shown(NamedTuple):
    """Evidence, and the digests of what does not grow of it, once each and sorted, as they enter the fingerprint."""

    evidence: tuple[Evidence, ...]
    seen: str


class Verdict(NamedTuple):
    """What a rule says of some facts, when it is anything but quiet."""

    rule: "CompiledRule"
    outcome: Outcome
    shown: Shown
    reason: str


NOTHING = Shown((), "")


class Group:
    """The rules that share one `applies_when`, and how often it was met."""

    def __init__(self, applies_when: Condition | None, catalogue: Catalogue, now: datetime) -> None:
        self._test: Test | None = None
        if applies_when is not None:
            self._test = compile_condition(applies_when, catalogue.specs, now)
        self.members: list[int] = []
        self.start()

    def start(self) -> None:
        """Count anew."""
        self.met = 0
        self.unmet = 0

    def applies(self, facts: Facts) -> bool | None:
        """Whether the rules of the group have anything to say of these facts; None when that is not clear."""
        return True if self._test is None else ask(self._test, facts.values, facts.unknown)


class CompiledRule:
    """One rule compiled to closures. Remembers the evidence it made of the same objects."""

    def __init__(self, bound: BoundRule, group: Group, catalogue: Catalogue, now: datetime) -> None:
        self.bound = bound
        self.id = bound.rule.id
        self.named = (bound.rule.id, bound.rule.version, bound.rule.target, bound.severity)
        self.group = group
        self.facts = sorted(facts_of(bound.fires_when) | facts_of(bound.applies_when))
        self.start()
        self._fires = compile_condition(bound.fires_when, catalogue.specs, now)
        self._exhibits = Exhibits(bound, catalogue, now)
        self._growing = frozenset(name for name in bound.rule.evidence if catalogue.specs[name].grows)
        named = sorted(facts_of(bound.fires_when) | set(bound.rule.evidence))
        self.narrow = narrowing(bound.fires_when, catalogue.specs, named)
        self._memory: dict[_Ids, tuple[Mapping[str, Any], Shown]] = {}

    def start(self) -> None:
        """Count anew; what was compiled and what is remembered stays."""
        self.outcomes: Counter[Outcome] = Counter()
        self.seconds = 0.0

    def judge(self, facts: Facts, met: Met, witness: Witness, *, applies: bool | None) -> Verdict | None:
        """What the rule says; None when it is quiet. Where it is not clear that it applies, it is not evaluated."""
        begun = perf_counter()
        verdict = self._judge(facts, met, witness, applies)
        self.seconds += perf_counter() - begun
        return verdict

    def tally(self, waived: int) -> RuleTally:
        """How often the rule gave each outcome; `waived` of its fails were waived."""
        fails, unsaid = self.outcomes[Outcome.FAIL], self.outcomes[Outcome.NOT_EVALUATED]
        counts = {
            Outcome.FAIL: fails - waived,
            Outcome.PASS: self.group.met - fails - unsaid,
            Outcome.NOT_APPLICABLE: self.group.unmet,
            Outcome.NOT_EVALUATED: unsaid,
            Outcome.WAIVED: waived,
        }
        kept = {outcome: count for outcome, count in counts.items() if count}
        return RuleTally(self.bound.rule.id, self.bound.severity, kept, self.seconds)

    def _judge(self, facts: Facts, met: Met, witness: Witness, applies: bool | None) -> Verdict | None:
        values = facts.values if self.narrow is None else self.narrow.of(facts.values, met)
        fires = ask(self._fires, values, facts.unknown) if applies else None
        if fires is False:
            return None
        if fires is None:
            return Verdict(self, Outcome.NOT_EVALUATED, NOTHING, self._reason(facts))
        return Verdict(self, Outcome.FAIL, self._shown(values, facts.locators, witness), "")

    def _shown(self, values: Mapping[str, Any], locators: Mapping[str, str], witness: Witness) -> Shown:
        key = self._ids(values, locators)
        known = self._memory.get(key)
        if known is not None:
            return known[1]
        evidence = self._exhibits.of(values, locators, witness)
        lasting = {each.digest for each in evidence if each.fact not in self._growing}
        shown = Shown(evidence, "\x1f".join(sorted(lasting)))
        if len(self._memory) >= _MEMORY:
            self._memory.clear()
        self._memory[key] = (values, shown)
        return shown

    def _ids(self, values: Mapping[str, Any], locators: Mapping[str, str]) -> _Ids:
        """Ids of the objects the evidence is made of; they stand for them alone while the memory holds them."""
        names = self.bound.rule.evidence
        if self.narrow is None and not locators:
            return tuple(map(id, map(values.get, names)))
        ids: list[object] = [locators.get(name) for name in names]
        for name in names:
            value = values.get(name)
            if self.narrow is not None and name == self.narrow.fact:
                ids += map(id, value or ())
            else:
                ids.append(id(value))
        return tuple(ids)

    def _reason(self, facts: Facts) -> str:
        reasons = [f"{name}: {facts.unknown[name]}" for name in self.facts if name in facts.unknown]
        there = ", ".join(name for name in self.facts if name in facts.values)
        return "; ".join(reasons) or f"a value could not be compared: {there}"


def ask(test: Test, values: Mapping[str, Any], unknown: Mapping[str, str]) -> bool | None:
    """What `test` says; None too when a value is of another type than the catalogue declares."""
    try:
        return test(values, unknown)
    except WRONG_TYPE:
        return None

"""Judges the facts of one subject after another by all rules of a room, and counts every outcome.

Made to cost next to nothing: conditions are closures; rules that share an `applies_when` ask it once a
subject; and a rule is only evaluated when a fact it cannot fire without is there (`triggers`). What was
not evaluated so is known to pass, and is counted by the group it belongs to. A rule about
one list remembers what it said of the same record objects, which a room gives again for the files of a
series. Seconds are measured for each rule on the subjects for which it was evaluated, evidence and
fingerprint included.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from time import perf_counter
from typing import Any, NamedTuple, TypeAlias

from auditor.engine.bind import BoundRule
from auditor.engine.compile import WRONG_TYPE, Test, compile_condition
from auditor.engine.evidence import Exhibits, Witness
from auditor.engine.index import Index, Look
from auditor.engine.profiles import Selection
from auditor.engine.triggers import Narrow, keys_to_fire, narrowing, popularity
from auditor.engine.walk import facts_of
from auditor.model.condition import Condition
from auditor.model.facts import Catalogue, Facts, Subject
from auditor.model.finding import Evidence, Finding
from auditor.model.outcome import Outcome
from auditor.model.ports import Protector
from auditor.model.run import RuleTally

_INCOMPARABLE = "a value could not be compared"
_MEMORY = 128
_Remembered: TypeAlias = "tuple[bool | None, _Shown | None, Sequence[object]]"


class _Group:
    """The rules that share one `applies_when`, and how often it was met."""

    def __init__(self, applies_when: Condition | None, catalogue: Catalogue, now: datetime) -> None:
        self.test: Test | None = None
        if applies_when is not None:
            self.test = compile_condition(applies_when, catalogue.specs, now)
        self.members: list[int] = []
        self.met = 0
        self.unmet = 0


class _Shown(NamedTuple):
    """Evidence, and the digests of it, each once and sorted, as they enter the fingerprint."""

    evidence: tuple[Evidence, ...]
    seen: str


class _Judged:
    """One rule compiled, and what came of it where it was evaluated."""

    def __init__(self, bound: BoundRule, group: _Group, catalogue: Catalogue, now: datetime) -> None:
        self.bound = bound
        self.group = group
        self.fires = compile_condition(bound.fires_when, catalogue.specs, now)
        self.exhibits = Exhibits(bound, catalogue, now)
        self.facts = sorted(facts_of(bound.fires_when) | facts_of(bound.applies_when))
        named = facts_of(bound.fires_when) | set(bound.rule.evidence)
        self.narrow = narrowing(bound.fires_when, catalogue.specs, sorted(named))
        self.memory: dict[tuple[int, ...], _Remembered] = {}
        self.fails = 0
        self.not_evaluated = 0
        self.seconds = 0.0


class Judge:
    """Judges facts of `catalogue`'s room by the rules of `selection` that have it as their target.

    `now` is the moment of the run, aware; `protector` masks and digests. Not shared between processes:
    each worker makes its own from the picklable selection.
    """

    def __init__(self, selection: Selection, catalogue: Catalogue, now: datetime, protector: Protector) -> None:
        bounds = selection.of_room(catalogue.room)
        groups: dict[Condition | None, _Group] = {}
        self._protector = protector
        self._witness = Witness(protector)
        self._rules: list[_Judged] = []
        self._wanted: frozenset[str] = frozenset()
        for bound in bounds:
            if bound.applies_when not in groups:
                groups[bound.applies_when] = _Group(bound.applies_when, catalogue, now)
            judged = _Judged(bound, groups[bound.applies_when], catalogue, now)
            judged.group.members.append(len(self._rules))
            self._rules.append(judged)
            self._wanted |= frozenset(judged.facts) | frozenset(bound.rule.evidence)
        self._groups = list(groups.values())
        popular = popularity(bound.fires_when for bound in bounds)
        self._index = Index(
            (keys_to_fire(bound.fires_when, popular, catalogue.specs) for bound in bounds),
            (rule.narrow for rule in self._rules),
        )

    @property
    def wanted(self) -> frozenset[str]:
        """The facts that the rules look at; a room need supply no others."""
        return self._wanted

    def judge(self, facts: Facts) -> tuple[Finding, ...]:
        """What the rules say of one subject: fails and not-evaluated; passes are only counted."""
        values, unknown = facts.values, facts.unknown
        look = self._index.look(values, unknown)
        numbers = look.numbers
        unmet: set[_Group] = set()
        unclear: set[_Group] = set()
        for group in self._groups:
            answer = group.test is None or _ask(group.test, values, unknown)
            if answer is False:
                group.unmet += 1
                unmet.add(group)
            else:
                group.met += 1
                if answer is None:
                    unclear.add(group)
                    numbers.update(group.members)
        found: list[Finding] = []
        for number in sorted(numbers):
            rule = self._rules[number]
            if rule.group in unmet:
                continue
            begun = perf_counter()
            if rule.group in unclear:
                found.append(self._not_evaluated(rule, facts))
            else:
                self._evaluate(rule, facts, look, found)
            rule.seconds += perf_counter() - begun
        return tuple(found)

    def tallies(self, findings: Sequence[Finding] = ()) -> tuple[RuleTally, ...]:
        """How often each rule gave each outcome so far; `findings`, after waivers, say which fails were waived."""
        waived = Counter(finding.rule for finding in findings if finding.outcome is Outcome.WAIVED)
        return tuple(_tally(rule, waived[rule.bound.rule.id]) for rule in self._rules)

    def _evaluate(self, rule: _Judged, facts: Facts, look: Look, found: list[Finding]) -> None:
        """Add to `found` what the rule says, unless it is quiet."""
        narrow = rule.narrow
        if narrow is None:
            fires = _ask(rule.fires, facts.values, facts.unknown)
            answer = self._shown(rule, facts.values, facts) if fires else None
        else:
            fires, answer = self._narrowed(rule, narrow, facts, look)
        if answer is not None:
            rule.fails += 1
            found.append(self._finding(rule, facts.subject, Outcome.FAIL, answer, ""))
        elif fires is None:
            found.append(self._not_evaluated(rule, facts))

    def _narrowed(self, rule: _Judged, narrow: Narrow, facts: Facts, look: Look) -> tuple[bool | None, _Shown | None]:
        """The answer on the records that matter alone, remembered where nothing else enters into it."""
        values = narrow.of(facts.values, look.met)
        if narrow.others or facts.unknown:
            fires = _ask(rule.fires, values, facts.unknown)
            return fires, self._shown(rule, values, facts) if fires else None
        records = values.get(narrow.fact, ())
        key = tuple([id(record) for record in records])
        known = rule.memory.get(key)
        if known is None:
            fires = _ask(rule.fires, values, facts.unknown)
            known = (fires, self._shown(rule, values, facts) if fires else None, records)
            if len(rule.memory) >= _MEMORY:
                rule.memory.clear()
            rule.memory[key] = known
        return known[0], known[1]

    def _shown(self, rule: _Judged, values: Mapping[str, Any], facts: Facts) -> _Shown:
        evidence = rule.exhibits.of(values, facts.locators, self._witness)
        return _Shown(evidence, "\x1f".join(sorted({each.digest for each in evidence})))

    def _not_evaluated(self, rule: _Judged, facts: Facts) -> Finding:
        rule.not_evaluated += 1
        return self._finding(rule, facts.subject, Outcome.NOT_EVALUATED, _NOTHING, _reason(rule.facts, facts))

    def _finding(self, rule: _Judged, subject: Subject, outcome: Outcome, answer: _Shown, reason: str) -> Finding:
        bound = rule.bound
        fingerprint = self._protector.digest(f"{bound.rule.id}\x1f{subject.key}\x1f{answer.seen}")
        return Finding(
            bound.rule.id,
            bound.rule.version,
            bound.rule.target,
            bound.severity,
            outcome,
            subject.kind,
            subject.display,
            subject.digest,
            fingerprint,
            bound.message,
            answer.evidence,
            reason,
        )


_NOTHING = _Shown((), "")


def _ask(test: Test, values: Mapping[str, Any], unknown: Mapping[str, str]) -> bool | None:
    """What `test` says; None too when a value is of another type than the catalogue declares."""
    try:
        return test(values, unknown)
    except WRONG_TYPE:
        return None


def _reason(names: Sequence[str], facts: Facts) -> str:
    reasons = [f"{name}: {facts.unknown[name]}" for name in names if name in facts.unknown]
    return "; ".join(reasons) or f"{_INCOMPARABLE}: {', '.join(name for name in names if name in facts.values)}"


def _tally(rule: _Judged, waived: int) -> RuleTally:
    counts = {
        Outcome.FAIL: rule.fails - waived,
        Outcome.PASS: rule.group.met - rule.fails - rule.not_evaluated,
        Outcome.NOT_APPLICABLE: rule.group.unmet,
        Outcome.NOT_EVALUATED: rule.not_evaluated,
        Outcome.WAIVED: waived,
    }
    kept = {outcome: count for outcome, count in counts.items() if count}
    return RuleTally(rule.bound.rule.id, rule.bound.severity, kept, rule.seconds)

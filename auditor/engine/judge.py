"""Judges the facts of one subject after another by all rules of a room, and counts every outcome.

Made to cost next to nothing: conditions are closures; rules that share an `applies_when` ask it once a
subject; and a rule is only evaluated when a fact it cannot fire without is there (`triggers`). What was
not evaluated so is known to pass, and is counted by the group it belongs to. Facts that hold the very
mapping of an earlier subject, as a room gives for the files of a series, are not weighed again: only
fingerprint and finding are made anew, and all is counted at once when the facts are forgotten or the
tallies are asked for. Seconds are measured for each rule where it was evaluated.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auditor.engine.compiled import CompiledRule, Group, Verdict
from auditor.engine.evidence import Witness
from auditor.engine.index import Index
from auditor.engine.profiles import Selection
from auditor.engine.triggers import keys_to_fire, popularity
from auditor.model.condition import Condition
from auditor.model.facts import Catalogue, Facts
from auditor.model.finding import Finding
from auditor.model.outcome import Outcome
from auditor.model.ports import Protector
from auditor.model.run import RuleTally

_MEMORY = 256


@dataclass(slots=True)
class _Weighed:
    """What all rules say of some facts, and the facts themselves, so that ids stand for them alone.

    `times` counts the subjects of which it was said since it was last added up.
    """

    facts: Facts
    applies: tuple[tuple[Group, bool], ...]
    verdicts: tuple[Verdict, ...]
    times: int = 0

    def holds(self, facts: Facts) -> bool:
        """Whether it holds for `facts` too, whose values are the same object."""
        return (self.facts.unknown, self.facts.locators) == (facts.unknown, facts.locators)

    def count(self) -> None:
        """Add up what was said."""
        for group, met in self.applies:
            if met:
                group.met += self.times
            else:
                group.unmet += self.times
        for verdict in self.verdicts:
            verdict.rule.outcomes[verdict.outcome] += self.times
        self.times = 0


class Judge:
    """Judges facts of `catalogue`'s room by the rules of `selection` that have it as their target.

    `now` is the moment of the run, aware; `protector` masks and digests. Not shared between processes:
    each worker makes its own from the picklable selection, and starts it again for every chunk.
    """

    def __init__(self, selection: Selection, catalogue: Catalogue, now: datetime, protector: Protector) -> None:
        bounds = selection.of_room(catalogue.room)
        groups: dict[Condition | None, Group] = {}
        self._protector = protector
        self._witness = Witness(protector)
        self._rules: list[CompiledRule] = []
        for bound in bounds:
            if bound.applies_when not in groups:
                groups[bound.applies_when] = Group(bound.applies_when, catalogue, now)
            group = groups[bound.applies_when]
            group.members.append(len(self._rules))
            self._rules.append(CompiledRule(bound, group, catalogue, now))
        self._groups = tuple(groups.values())
        self._weighed: dict[int, _Weighed] = {}
        popular = popularity(bound.fires_when for bound in bounds)
        self._index = Index(
            (keys_to_fire(bound.fires_when, popular, catalogue.specs) for bound in bounds),
            (rule.narrow for rule in self._rules),
        )

    @property
    def wanted(self) -> frozenset[str]:
        """The facts that the rules look at; a room need supply no others."""
        return frozenset(name for rule in self._rules for name in (*rule.facts, *rule.bound.rule.evidence))

    def start(self) -> None:
        """Begin to count anew, with what was compiled and what is remembered."""
        self._count()
        for group in self._groups:
            group.start()
        for rule in self._rules:
            rule.start()

    def judge(self, facts: Facts) -> tuple[Finding, ...]:
        """What the rules say of one subject: fails and not-evaluated; passes are only counted."""
        weighed = self._weighed.get(id(facts.values))
        if weighed is None or not weighed.holds(facts):
            weighed = self._weigh(facts)
        weighed.times += 1
        subject, digest = facts.subject, self._protector.digest
        return tuple(
            [
                Finding(
                    *rule.named,
                    outcome,
                    subject.kind,
                    subject.display,
                    subject.digest,
                    digest(f"{rule.id}\x1f{subject.key}\x1f{shown.seen}"),
                    rule.bound.message,
                    shown.evidence,
                    reason,
                )
                for rule, outcome, shown, reason in weighed.verdicts
            ]
        )

    def tallies(self, findings: Sequence[Finding] = ()) -> tuple[RuleTally, ...]:
        """How often each rule gave each outcome since the start; `findings`, after waivers, say which were waived."""
        self._count()
        waived = Counter(finding.rule for finding in findings if finding.outcome is Outcome.WAIVED)
        return tuple(rule.tally(waived[rule.bound.rule.id]) for rule in self._rules)

    def _weigh(self, facts: Facts) -> _Weighed:
        look = self._index.look(facts.values, facts.unknown)
        numbers = look.numbers
        applies = {group: group.applies(facts) for group in self._groups}
        for group, answer in applies.items():
            if answer is None:
                numbers.update(group.members)
        verdicts: list[Verdict] = []
        for number in sorted(numbers):
            rule = self._rules[number]
            answer = applies[rule.group]
            if answer is not False:
                verdict = rule.judge(facts, look.met, self._witness, applies=answer)
                if verdict is not None:
                    verdicts.append(verdict)
        met = tuple([(group, answer is not False) for group, answer in applies.items()])
        known = self._weighed.pop(id(facts.values), None)
        if known is not None:
            known.count()
        if len(self._weighed) >= _MEMORY:
            self._count()
            self._weighed.clear()
        weighed = self._weighed[id(facts.values)] = _Weighed(facts, met, tuple(verdicts))
        return weighed

    def _count(self) -> None:
        for weighed in self._weighed.values():
            weighed.count()

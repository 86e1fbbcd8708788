"""The last line of every run, always the same grammar, and the exit code that goes with it."""

from collections import Counter
from dataclasses import dataclass

from auditor.model.outcome import Disposition, Outcome
from auditor.model.run import Run
from auditor.model.severity import Severity

CLEAN, FINDINGS, INCOMPLETE = 0, 1, 3
_NOUNS = {"compare": "file", "scan": "file", "endpoints": "endpoint", "trail": "log"}


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of one run, as the summary line shows them; `noun` is what one target is called."""

    noun: str
    targets: int
    unread: int
    rules: int
    fails: dict[Severity, int]
    waived: int
    not_evaluated: int
    complete: bool

    def line(self) -> str:
        """For example `412 files · 38 rules · 9 fail (2 critical) · 1 waived · 3 not evaluated · INCOMPLETE`."""
        fails, critical = sum(self.fails.values()), self.fails.get(Severity.CRITICAL, 0)
        parts = [
            _counted(self.targets, self.noun),
            _counted(self.rules, "rule"),
            f"{fails} fail" + (f" ({critical} critical)" if critical else ""),
            f"{self.waived} waived",
            f"{self.not_evaluated} not evaluated",
        ]
        return " · ".join(parts if self.complete else [*parts, "INCOMPLETE"])


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def summarise(run: Run) -> Summary:
    """Count what the run's tallies say."""
    totals: Counter[Outcome] = Counter()
    fails: Counter[Severity] = Counter()
    for tally in run.tallies:
        totals.update(tally.counts)
        fails[tally.severity] += tally.counts.get(Outcome.FAIL, 0)
    met: Counter[str] = Counter()
    for room, counts in run.dispositions.items():
        if room != "run":
            met.update(counts)
    unread = sum(number for word, number in met.items() if not Disposition(word).complete)
    rooms = set(run.plan.rooms)
    return Summary(
        noun=_NOUNS.get(run.plan.name, "target"),
        targets=sum(met.values()),
        unread=unread,
        rules=sum(rule.target in rooms for rule in run.pack.rules),
        fails={severity: number for severity, number in fails.items() if number},
        waived=totals[Outcome.WAIVED],
        not_evaluated=totals[Outcome.NOT_EVALUATED],
        complete=run.complete,
    )


def exit_code(run: Run) -> int:
    """0 clean, 1 findings at or above the plan's `fail_on`, 3 incomplete, which outranks 1."""
    if not run.complete:
        return INCOMPLETE
    if run.plan.fail_on == "none":
        return CLEAN
    limit = Severity.from_word(run.plan.fail_on)
    return FINDINGS if any(severity >= limit for severity in summarise(run).fails) else CLEAN

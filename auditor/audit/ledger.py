"""What has been gathered of a run so far. Of every part only its record is kept, and all else is added up."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from auditor.model.outcome import Disposition, Outcome
from auditor.model.part import Written
from auditor.model.run import Note, PartRecord, RuleTally
from auditor.model.severity import Severity


class Ledger:
    """The only thing in a run that changes. It grows by one record a part, however many rules there are."""

    def __init__(self, notes: Iterable[Note] = ()) -> None:
        self.notes = list(notes)
        self.parts: list[PartRecord] = []
        self.dispositions: dict[str, Counter[str]] = defaultdict(Counter)
        self._counts: dict[str, Counter[Outcome]] = defaultdict(Counter)
        self._seconds: dict[str, float] = defaultdict(float)
        self._severities: dict[str, Severity] = {}

    def enter(self, room: str, written: Written) -> None:
        """Enter a part of `room`."""
        self.parts.append(written.record)
        self.dispositions[room].update(written.record.dispositions)
        for tally in written.tallies:
            self._counts[tally.rule].update(tally.counts)
            self._seconds[tally.rule] += tally.seconds
            self._severities[tally.rule] = tally.severity

    def targets_of(self, room: str) -> int:
        """How many targets of a room were more than passed over."""
        return self.met(room) - self.dispositions.get(room, Counter())[Disposition.SKIPPED]

    def met(self, room: str) -> int:
        """How many targets of a room were met at all."""
        return self.dispositions.get(room, Counter()).total()

    @property
    def waived(self) -> frozenset[str]:
        """The waivers that were used, each as `rule ticket`."""
        return frozenset(name for part in self.parts for name in part.waived)

    @property
    def tallies(self) -> tuple[RuleTally, ...]:
        """One tally a rule over all parts, by rule id."""
        return tuple(
            RuleTally(rule, self._severities[rule], dict(counts), self._seconds[rule])
            for rule, counts in sorted(self._counts.items())
        )

    @property
    def complete(self) -> bool:
        """Whether every target was read whole, every rule could answer, and no note says otherwise."""
        whole = all(
            Disposition(word).complete
            for counts in self.dispositions.values()
            for word, number in counts.items()
            if number
        )
        unsaid = any(counts[Outcome.NOT_EVALUATED] for counts in self._counts.values())
        return whole and not unsaid and not any(note.incomplete for note in self.notes)

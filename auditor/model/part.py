"""A part of a run: what one chunk of work came to, and what is left to know of it once it is written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.model.finding import Finding
from auditor.model.run import PartRecord, RuleTally
from auditor.model.target import InventoryRow
from auditor.model.views import View


@dataclass(frozen=True, slots=True)
class Part:
    """Everything that is written of one chunk, whose name it bears; waivers are applied, nothing in it is raw."""

    name: str
    findings: Sequence[Finding] = ()
    rows: Sequence[InventoryRow] = ()
    tallies: Sequence[RuleTally] = ()
    views: Sequence[View] = ()

    @property
    def dispositions(self) -> Mapping[str, int]:
        """How many targets came to each disposition, by its word."""
        return dict(sorted(Counter(row.disposition.value for row in self.rows).items()))

    @property
    def waived(self) -> tuple[str, ...]:
        """The waivers that were used, each as `rule ticket`."""
        return tuple(sorted({f"{finding.rule} {finding.waiver}" for finding in self.findings if finding.waiver}))

    def record(self, findings_sha256: str = "", inventory_sha256: str = "", tallies_sha256: str = "") -> PartRecord:
        """What the run keeps of it; the hashes are those of its files, and empty where it has none."""
        return PartRecord(
            name=self.name,
            findings_sha256=findings_sha256,
            inventory_sha256=inventory_sha256,
            tallies_sha256=tallies_sha256,
            findings=len(self.findings),
            rows=len(self.rows),
            dispositions=self.dispositions,
            waived=self.waived,
            views=tuple(self.views),
        )


@dataclass(frozen=True, slots=True)
class Written:
    """A part that was written: its record, which the run keeps, and its tallies, which the run only adds up."""

    record: PartRecord
    tallies: tuple[RuleTally, ...]

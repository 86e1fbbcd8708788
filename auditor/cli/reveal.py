"""`--show-values`: raw values on a terminal, for one run, and that it was done is part of the run."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from auditor.audit.plan import Plan
from auditor.cli.text import Reveal, masked
from auditor.errors import UsageError
from auditor.model.finding import Evidence
from auditor.model.ports import Protector
from auditor.model.run import Note


@dataclass(frozen=True, slots=True)
class Remembering:
    """A protector that also remembers, in this process only, which value a digest stands for."""

    inner: Protector
    values: dict[str, str] = field(repr=False)

    def mask(self, value: str) -> str:
        """As the inner protector: what is written stays masked."""
        return self.inner.mask(value)

    def digest(self, value: str) -> str:
        """As the inner protector, remembered."""
        digest = self.inner.digest(value)
        self.values[digest] = value
        return digest

    def path(self, locator: str) -> str:
        """As the inner protector."""
        return self.inner.path(locator)


def revealing(*, wanted: bool) -> tuple[Callable[[Plan], Plan] | None, Reveal]:
    """The change to the plan, and the way evidence is shown. Raises UsageError when stdout is no terminal."""
    if not wanted:
        return None, masked
    if not sys.stdout.isatty():
        raise UsageError(
            "raw values are shown on a terminal only",
            where="--show-values",
            right="no pipe and no --output; evidence stays masked there",
            next_step="auditor scan --help",
        )
    values: dict[str, str] = {}
    note = Note("run", "Raw values were shown on a terminal to the operator of this run (--show-values).")

    def adapt(plan: Plan) -> Plan:
        protector = Remembering(plan.protector, values)
        return replace(plan, executor="serial", protector=protector, notes=(*plan.notes, note))

    def reveal(evidence: Evidence) -> str:
        return values.get(evidence.digest, evidence.masked)

    return adapt, reveal

"""Says, element by element, what a profile would do to a file and which line of which table says so."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditor.deid.batch import Item, items_of
from auditor.deid.census import take
from auditor.deid.people import People
from auditor.deid.plan import DeidPlan
from auditor.deid.worker import Deidentifier
from auditor.dicomio.dictionary import name_of
from auditor.dicomio.element import locator
from auditor.dicomio.source import Opener
from auditor.errors import AuditorError
from auditor.identifiers.protector import mask


@dataclass(frozen=True, slots=True)
class Explained:
    """One element: place, name, what is done, why, and masked displays of before and after."""

    locator: str
    name: str
    action: str
    why: str
    before: str
    after: str


def explain(plan: DeidPlan, file: Path) -> Iterator[Explained]:
    """Explain every element of one file, in file order; nothing is written. Raises ReadError."""
    worker, items = _prepared(plan, file)
    with Opener(plan.limits) as opener:
        for item in items:
            for step in worker.steps(item, opener):
                tag, vr, value, *_ = step.element
                yield Explained(
                    locator(step.element),
                    name_of(tag) or "private",
                    step.act.value,
                    step.decision.why,
                    _shown(value, vr),
                    _shown(step.new, vr) if step.new is not None else "",
                )


def _shown(value: bytes | None, vr: str) -> str:
    if not value or vr in ("OB", "OW", "OF", "OD", "OL", "OV", "UN", "US", "SS", "UL", "SL", "FL", "FD", "AT"):
        return "" if not value else f"{len(value)} bytes"
    return mask(value[:64].decode("utf-8", "replace").strip(" \0"))


def totals(plan: DeidPlan) -> tuple[int, Counter[str]]:
    """How many files a job would take, and how many elements get each action; nothing is written."""
    worker, items = _prepared(plan, Path(plan.source))
    counts: Counter[str] = Counter()
    with Opener(plan.limits) as opener:
        for item in items:
            try:
                counts.update(step.act.value for step in worker.steps(item, opener))
            except AuditorError:
                counts["withheld"] += 1
    return len(items), counts


def _prepared(plan: DeidPlan, source: Path) -> tuple[Deidentifier, list[Item]]:
    people = People(plan.key, plan.profile.shift_days, plan.profile.prefix, plan.subjects)
    census = take(source, people, plan.limits)
    worker = Deidentifier(plan, trace=True)
    worker.begin({key: frozenset(known) for key, known in census.known.items()})
    return worker, items_of(plan, census)

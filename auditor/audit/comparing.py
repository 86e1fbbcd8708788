"""A comparison that ends in a certificate: rehearsed, so that what was counted on the way is sealed with the run."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from auditor.audit.plan import Plan
from auditor.audit.rehearsal import Bar, Rehearsal
from auditor.audit.run import run
from auditor.deid.certificate import ROOM
from auditor.model.ports import Observer, RunLog
from auditor.model.run import Note, Run
from auditor.model.severity import Severity


def compare(plan: Plan, log: RunLog, observer: Observer) -> Run:
    """Carry out a plan of comparisons; a single pair leaves its certificate as a note of the run."""
    if len(plan.requests) != 1 or len(plan.requests[0].targets) != 1:
        return run(plan, log, observer)
    with TemporaryDirectory(prefix="auditor-compare-") as scratch:
        told = Path(scratch) / "certificate.json"
        request = plan.requests[0]
        request = replace(request, options={**request.options, "certificate": str(told)})
        rehearsal = Rehearsal(Path(scratch) / "parts", Bar(Severity.CRITICAL, frozenset()))
        run(replace(plan, requests=(request,)), rehearsal.log(), observer)
        notes = (Note(ROOM, told.read_text("utf-8")),) if told.is_file() else ()
        return run(replace(plan, notes=(*plan.notes, *notes)), rehearsal.replay(log), observer)

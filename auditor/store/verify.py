"""Proves that a store is what its runs wrote: nothing edited, missing, added or swapped."""

from dataclasses import dataclass
from pathlib import Path

from auditor.errors import StoreError
from auditor.store.catalogue import CatalogueFile, RunEntry
from auditor.store.chain import ChainFile, Entry
from auditor.store.stored import load_folder

CHAINS = ("log", "waivers")


@dataclass(frozen=True, slots=True)
class ChainReport:
    """How many runs and log entries were checked, and all that is wrong, in sentences."""

    runs: int
    entries: int
    problems: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify_store(folder: Path, catalogue: CatalogueFile) -> ChainReport:
    """Check the runs against each other, their parts, the catalogue and the logs."""
    problems: list[str] = []
    entries = 0
    for chain in CHAINS:
        file = ChainFile(folder / f"{chain}.jsonl")
        head = catalogue.head(chain)
        problems += file.problems(head)
        entries += head.number
    runs = catalogue.runs()
    previous = ""
    for number, entry in enumerate(runs, 1):
        if entry.sequence != number:
            problems.append(f"Run {entry.id}: place {number} of the chain is missing.")
        if entry.previous != previous:
            problems.append(f"Run {entry.id}: it does not follow the run before it.")
        previous = entry.sha256
        problems += _run_problems(folder / "runs" / entry.id, entry)
    problems += _log_problems(folder, runs)
    known = {entry.id for entry in runs}
    for item in sorted((folder / "runs").iterdir()):
        if item.name not in known and (item / "run.json").exists():
            problems.append(f"Run {item.name}: it lies in the store and is not in its catalogue.")
    return ChainReport(len(runs), entries, tuple(dict.fromkeys(problems)))


def _run_problems(folder: Path, entry: RunEntry) -> list[str]:
    if entry.deleted:
        return [f"Run {entry.id}: it is marked deleted and lies in the store."] if folder.exists() else []
    try:
        stored = load_folder(folder)
    except StoreError as error:
        return [f"Run {entry.id}: {error.what}."]
    if stored.sha256 != entry.sha256:
        return [f"Run {entry.id}: run.json was changed after it was sealed."]
    if (stored.run.id, stored.run.previous) != (entry.id, entry.previous):
        return [f"Run {entry.id}: run.json names another run or another run before it."]
    return stored.problems()


def _log_problems(folder: Path, runs: tuple[RunEntry, ...]) -> list[str]:
    try:
        logged = list(ChainFile(folder / "log.jsonl").entries())
    except StoreError:
        return []  # the broken line is named by the check of the chain itself
    sealed = {entry.subject: entry for entry in logged if entry.action == "run sealed"}
    deleted = {entry.subject for entry in logged if entry.action == "run deleted"}
    problems = [_unlike(entry, sealed.get(entry.id)) for entry in runs]
    problems += [
        f"Run {entry.id}: its deletion is not in the log."
        for entry in runs
        if entry.deleted and entry.id not in deleted
    ]
    known = {entry.id for entry in runs}
    problems += [
        f"Run {name}: the log says it was sealed, the catalogue does not know it." for name in sealed.keys() - known
    ]
    return [problem for problem in problems if problem]


def _unlike(entry: RunEntry, logged: Entry | None) -> str:
    if logged is None:
        return f"Run {entry.id}: its seal is not in the log."
    if (logged.details.get("sha256"), logged.details.get("previous")) != (entry.sha256, entry.previous):
        return f"Run {entry.id}: log and catalogue tell different hashes."
    return ""

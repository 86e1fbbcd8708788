"""The journal of a run: one line a finished input file, so that a run that was stopped goes on where it stopped."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

from auditor.deid.batch import stamp_of
from auditor.deid.disk import writing
from auditor.deid.groups import Trait
from auditor.deid.plan import Fate, Outcome
from auditor.dicomio.find import Found

_WHAT = "the journal"


def mark_of(found: Found) -> str:
    """What tells whether a file is the one it was: its place, size and time of change."""
    return f"{found.locator}\0{found.size}\0{(stamp_of(found) or (0, 0))[1]}"


class Journal:
    """Appends one line a file, flushed at once. Mode 0600: it holds patient IDs where a crosswalk is asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "Journal":
        with writing(_WHAT, str(self._path)):
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._stream = os.fdopen(descriptor, "a", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        with writing(_WHAT, str(self._path)):  # what a full disk did not take is tried once more here
            self._stream.close()

    def write(self, mark: str, outcome: Outcome) -> None:
        """Enter one file; a later line for the same file counts. Raises StoreError."""
        line = {
            "mark": mark,
            "locator": outcome.locator,
            "size": outcome.size,
            "fate": outcome.fate.value,
            "reason": outcome.reason,
            "path": outcome.path,
            "patient": outcome.patient,
            "counts": dict(outcome.counts),
            "source": outcome.source_digest,
            "copy": outcome.copy_digest,
            "risks": list(outcome.risks),
            "trait": astuple(outcome.trait) if outcome.trait else None,
            "mapped": [list(entry) for entry in outcome.mapped],
        }
        with writing(_WHAT, str(self._path)):
            self._stream.write(json.dumps(line) + "\n")
            self._stream.flush()

    def known(self, whole: Callable[[Outcome], bool]) -> Mapping[str, Outcome]:
        """Outcomes of an earlier attempt, by mark, whose staged files are still `whole`."""
        found: dict[str, Outcome] = {}
        for line in self._path.read_text("utf-8").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue  # the line that was being written when the run was stopped
            found[entry["mark"]] = _outcome(entry)
        return {mark: one for mark, one in found.items() if one.fate is not Fate.STAGED or whole(one)}


def _outcome(entry: Mapping[str, Any]) -> Outcome:
    return Outcome(
        entry["locator"],
        entry["size"],
        Fate(entry["fate"]),
        entry["reason"],
        entry["path"],
        entry["patient"],
        entry["counts"],
        source_digest=entry["source"],
        copy_digest=entry["copy"],
        risks=tuple(entry["risks"]),
        trait=Trait(*entry["trait"]) if entry["trait"] else None,
        mapped=tuple(tuple(one) for one in entry["mapped"]),
    )

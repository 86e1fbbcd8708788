"""Moves what was verified into place, and what was not into quarantine."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from auditor.deid.plan import Outcome
from auditor.deid.run import Workplace
from auditor.errors import StoreError


def quarantine(place: Workplace, outcomes: Sequence[Outcome]) -> None:
    """Move copies aside that may not be released. Raises StoreError."""
    for outcome in outcomes:
        _move(place.staging / outcome.path, place.quarantine / outcome.path)


def publish(place: Workplace, outcomes: Sequence[Outcome], target: Path) -> None:
    """Move copies to `target`, or write them to it where it is a .zip. Raises StoreError."""
    if target.suffix.lower() == ".zip":
        _zip(place, outcomes, target)
        return
    for outcome in outcomes:
        _move(place.staging / outcome.path, target / outcome.path)


def _move(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
    except OSError as error:
        raise StoreError(f"a copy cannot be moved into place: {error.strerror}", where=str(target.parent)) from error


def _zip(place: Workplace, outcomes: Sequence[Outcome], target: Path) -> None:
    temporary = target.with_name(target.name + ".part")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for outcome in sorted(outcomes, key=lambda one: one.path):
                entry = zipfile.ZipInfo(outcome.path)  # dated 1980: no time of the source or of this run
                entry.compress_type = zipfile.ZIP_DEFLATED
                with (place.staging / outcome.path).open("rb") as stream, archive.open(entry, "w") as member:
                    while block := stream.read(1 << 20):
                        member.write(block)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StoreError(f"the archive cannot be written: {error.strerror}", where=str(target)) from error

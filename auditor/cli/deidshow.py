"""What `auditor deid` says on the terminal."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from auditor.model.run import Note

COMPLETE, WITHHELD = 0, 3


def show(release: Any, target: Path, notes: Sequence[Note]) -> int:
    """Say what was released and what was not, and return the exit code: 3 when a file was held back."""
    for note in notes:
        click.echo(f".. note          {note.room}: {note.text}")
    for outcome_name, outcomes in (("withheld", release.withheld), ("quarantined", release.quarantined)):
        reasons = Counter(outcome.reason or "the scan found something in the copy" for outcome in outcomes)
        for reason, number in reasons.most_common():
            click.echo(f"{number} {outcome_name}: {reason}")
    skipped = Counter(outcome.reason for outcome in release.outcomes if outcome.fate == "skipped")
    for reason, number in skipped.most_common():
        click.echo(f"{number} skipped: {reason}")
    actions = " · ".join(f"{number} {name}" for name, number in sorted(release.certificate.actions.items()))
    click.echo(f"actions: {actions}")
    if release.run is not None:
        click.echo(
            f"verified by run {release.run.id}; certificate: auditor report {release.run.id} --kind deid-certificate"
        )
    if release.quarantined:
        click.echo(f"quarantine: {release.workplace / 'quarantine'}")
    if release.strangers:
        click.echo(
            f"{release.strangers} files lay in {target} already that this run did not make; they were not looked at"
        )
    held = len(release.withheld) + len(release.quarantined)
    line = f"{len(release.outcomes)} files · {len(release.released)} released to {target} · {held} held back"
    click.echo(line if release.complete else f"{line} · INCOMPLETE")
    return COMPLETE if release.complete else WITHHELD


def explained(job: Any, file: Path, everything: bool) -> None:
    """Print one line an element."""
    from auditor.deid.explain import explain

    for one in explain(job, file):
        if everything or one.action != "keep":
            change = f"{one.before} -> {one.after}" if one.after else one.before
            click.echo(f"{one.action:<8}{one.locator:<36} {one.name:<36} {change}")
            click.echo(f"{'':<8}{one.why}")


def dry_run(job: Any) -> None:
    """Count what would be done to every file, and write nothing."""
    from auditor.deid.explain import totals

    files, counts = totals(job)
    for name, number in sorted(counts.items()):
        click.echo(f"{number:>10} {name}")
    click.echo(f"{files} files looked at, nothing was written")

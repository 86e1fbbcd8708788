"""`auditor trail dismiss`."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from auditor.cli.storage import config_option, opened, prompt, store_option
from auditor.errors import UsageError

_SHORTEST = 8


@click.command(epilog="Example: auditor trail dismiss 3f9a0c12 --reason 'covered the ward that night'")
@click.argument("fingerprint")
@click.option("--reason", required=True, help="Why the access was right.")
@click.option("--ticket", default="", help="Where it is written down.  [default: the fingerprint's beginning]")
@click.option("--days", default=180, show_default=True, type=click.IntRange(1, 366), help="How long the waiver holds.")
@click.option("--as", "who", default="", help="Your name, as in [site] people.  [default: your account]")
@config_option
@store_option
def dismiss(
    fingerprint: str, reason: str, ticket: str, days: int, who: str, config_file: Path | None, store_folder: Path | None
) -> None:
    """Say why an incident of the latest run is none: proposes a waiver of that one story, with an end.

    FINGERPRINT may be its first eight characters. The waiver counts once another person approved it (`auditor waive
    approve`), in the next run too when the story has gone on meanwhile.
    """
    from auditor.config.account import current_account
    from auditor.report.entry import entry_signer
    from auditor.report.keys import open_key
    from auditor.store.waivers import Proposal, propose

    configuration, store = opened(config_file, store_folder)
    if len(fingerprint) < _SHORTEST:
        raise UsageError(
            "the fingerprint is too short", where=fingerprint, right=f"at least {_SHORTEST} characters of it"
        )
    found = [
        finding
        for finding in store.load("latest").findings()
        if finding.room == "trail" and finding.fingerprint.startswith(fingerprint.lower())
    ]
    if len({finding.fingerprint for finding in found}) != 1:
        raise UsageError(
            "no single incident of the latest run has that fingerprint",
            where=fingerprint,
            right="a fingerprint as `auditor export` shows it",
            next_step="auditor export --format csv",
        )
    today = datetime.now(UTC).date()
    expires = (today + timedelta(days=days)).isoformat()
    key = open_key(configuration, os.environ, prompt)
    number_of_record = ticket or f"trail-{found[0].fingerprint[:_SHORTEST]}"
    made = Proposal(found[0].rule, "*", reason, number_of_record, expires, found[0].fingerprint)
    number = propose(
        store,
        made,
        who or current_account(),
        configuration.settings.site.people,
        today,
        entry_signer(key) if key else None,
    )
    click.echo(f"proposed as number {number}, through {expires}; another person runs: auditor waive approve {number}")

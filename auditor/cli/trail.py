"""`auditor trail`."""

from typing import Any

import click

from auditor.cli.room import carry_out, run_options


@click.command()
@click.argument("logs", nargs=-1, required=True, metavar="LOG...")
@run_options
def trail(logs: tuple[str, ...], **given: Any) -> None:
    """Find the accesses in audit logs that nothing explains."""
    from auditor import api

    carry_out(api.trail, logs, given, {})

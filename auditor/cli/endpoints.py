"""`auditor endpoints`."""

from typing import Any

import click

from auditor.cli.room import carry_out, run_options


@click.command()
@click.argument("inventories", nargs=-1, required=True, metavar="INVENTORY...")
@run_options
def endpoints(inventories: tuple[str, ...], **given: Any) -> None:
    """Check TLS and AE access of the ports and configuration files in the inventories."""
    from auditor import api

    carry_out(api.endpoints, inventories, given, {})

"""`auditor endpoints`."""

from pathlib import Path
from typing import Any

import click

from auditor.cli.room import carry_out, configured, run_options


@click.command(
    epilog="Examples:  auditor endpoints inventory.yaml --dry-run   auditor endpoints inventory.yaml --format sarif"
)
@click.argument("inventories", nargs=-1, required=True, metavar="INVENTORY...")
@click.option("--dry-run", is_flag=True, help="Print every exchange that would be made, and contact nothing.")
@click.option("--try-defaults", is_flag=True, help="Try vendor log-ins, each account at most once a port.")
@run_options
def endpoints(inventories: tuple[str, ...], dry_run: bool, try_defaults: bool, **given: Any) -> None:
    """Check TLS and AE access of the ports and configuration files in the inventories."""
    if dry_run:
        _rehearse(inventories, configured(given), try_defaults=try_defaults)
        return
    from auditor import api

    carry_out(api.endpoints, inventories, given, {"try_defaults": try_defaults})


def _rehearse(inventories: tuple[str, ...], configuration: Any, *, try_defaults: bool) -> None:
    from auditor.endpoints.inventory import load_inventory
    from auditor.endpoints.rehearsal import rehearse

    settings = configuration.settings
    for name in inventories:
        listed = load_inventory(Path(name))
        for line in rehearse(listed, settings.site.networks, settings.endpoints.calling_ae, try_defaults=try_defaults):
            click.echo(line)

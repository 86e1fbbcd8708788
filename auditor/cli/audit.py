"""`auditor audit`."""

from typing import Any

import click

from auditor.cli.room import carry_out, run_options


@click.command()
@run_options
def audit(**given: Any) -> None:
    """Audit everything that auditor.toml names, in one run, and keep it in the store."""
    from auditor import api

    carry_out(api.audit, (), given)

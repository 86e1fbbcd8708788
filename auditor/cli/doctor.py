"""`auditor doctor`: what a run needs, and what to type where it is missing."""

import os
from pathlib import Path

import click


@click.command()
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="The auditor.toml to use.")
def doctor(config_file: Path | None) -> None:
    """Check libraries, fonts, clock, key, rules, store and targets. Exit 2 when something needed is missing."""
    from auditor.cli.checks import Grade, check_all
    from auditor.config.load import load

    missing = 0
    for check in check_all(load(config_file, environment=os.environ)):
        missing += check.grade is Grade.MISSING
        click.echo(f"{check.grade.value:<8} {check.name:<16} {check.text}")
    click.echo(f"{missing} missing" if missing else "everything a run needs is here")
    click.get_current_context().exit(2 if missing else 0)

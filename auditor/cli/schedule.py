"""`auditor schedule`."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.storage import config_option, opened, store_option

if TYPE_CHECKING:
    from auditor.config.schedule import ScheduleSettings
    from auditor.config.settings import Configuration


@click.group()
def schedule() -> None:
    """Audits that run by themselves, as [[schedule]] in auditor.toml says."""


def _chosen(configuration: "Configuration", name: str) -> "tuple[ScheduleSettings, ...]":
    from auditor.errors import ConfigError

    every = configuration.settings.schedule
    found = tuple(item for item in every if not name or item.name == name)
    if not found:
        raise ConfigError(
            f"there is no schedule {name!r}" if name else "auditor.toml has no [[schedule]]",
            where=str(configuration.file or "auditor.toml"),
            right="one of " + ", ".join(item.name for item in every) if every else "[[schedule]] with name and cron",
            next_step="auditor schedule list",
        )
    return found


@schedule.command("list")
@config_option
def list_schedules(config_file: Path | None) -> None:
    """List all schedules and when each is due next."""
    from auditor.schedule.times import next_due

    configuration, _ = opened(config_file)
    for item in _chosen(configuration, ""):
        due = next_due(item, datetime.now(UTC))
        click.echo(f"{item.name:<24} {item.cron:<18} {item.timezone:<18} next {due:%Y-%m-%d %H:%M %Z}")


@schedule.command("next")
@click.argument("name", default="")
@click.option("--count", type=click.IntRange(1, 100), default=5, show_default=True)
@config_option
def next_times(name: str, count: int, config_file: Path | None) -> None:
    """Show the next times at which schedules are due."""
    from itertools import islice

    from auditor.schedule.times import due_times

    configuration, _ = opened(config_file)
    for item in _chosen(configuration, name):
        for due in islice(due_times(item, datetime.now(UTC)), count):
            click.echo(f"{item.name:<24} {due:%Y-%m-%d %H:%M %Z}")


@schedule.command()
@click.argument("name", default="")
@click.option("--now", "force", is_flag=True, help="Run even when it is not due.")
@click.option("--loop", is_flag=True, help="Stay in the foreground and look every minute.")
@config_option
@store_option
def run(name: str, force: bool, loop: bool, config_file: Path | None, store_folder: Path | None) -> None:
    """Run what is due; several missed times are caught up once, and an overlap is said."""
    worst = _round(name, force, config_file, store_folder)
    while loop:
        time.sleep(60 - time.time() % 60)
        _round(name, False, config_file, store_folder)
    click.get_current_context().exit(worst)


def _round(name: str, force: bool, config_file: Path | None, store_folder: Path | None) -> int:
    from auditor import api
    from auditor.schedule.audits import audit_of
    from auditor.schedule.retention import tidy
    from auditor.schedule.runner import run_due

    configuration, store = opened(config_file, store_folder)
    worst = 0
    for item in _chosen(configuration, name):
        result = run_due(
            item, configuration, store, audit_of(api.audit, configuration), now=datetime.now(UTC), force=force
        )
        click.echo(result.sentence)
        for proof in tidy(item, store, datetime.now(UTC)):
            click.echo(f"{item.name}: deleted {proof}")
        worst = max(worst, result.exit_code)
    return worst


@schedule.command()
@click.argument("name", default="")
@click.option("--folder", type=click.Path(path_type=Path), help="Where units go.  [default: ~/.config/systemd/user]")
@config_option
def install(name: str, folder: Path | None, config_file: Path | None) -> None:
    """Write systemd timers and services for the user, and say how to start them."""
    from auditor.errors import ConfigError
    from auditor.schedule.systemd import install as write_units

    configuration, _ = opened(config_file)
    if configuration.file is None:
        raise ConfigError("there is no auditor.toml", right="a configuration file", next_step="auditor init")
    target = folder or Path.home() / ".config" / "systemd" / "user"
    for item in _chosen(configuration, name):
        for file in write_units(item, configuration.file.resolve(), target):
            click.echo(str(file))
        click.echo(
            f"systemctl --user daemon-reload && systemctl --user enable --now auditor-{item.name}.timer", err=True
        )


@schedule.command()
@click.argument("name", default="")
@config_option
@store_option
def status(name: str, config_file: Path | None, store_folder: Path | None) -> None:
    """Say whether the last good run is as young as promised; exit 1 when it is not."""
    from auditor.schedule.runner import status as state_of

    configuration, store = opened(config_file, store_folder)
    worst: Any = 0
    for item in _chosen(configuration, name):
        result = state_of(item, store, datetime.now(UTC))
        click.echo(result.sentence)
        worst = max(worst, result.exit_code)
    click.get_current_context().exit(worst)

"""`auditor config show`: every value and where it came from."""

import json
import os
from pathlib import Path
from typing import Any

import click


@click.group()
def config() -> None:
    """Look at the settings a run would use."""


@config.command()
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="The auditor.toml to use.")
@click.option("--format", "format_name", type=click.Choice(("text", "json")), default="text", show_default=True)
def show(config_file: Path | None, format_name: str) -> None:
    """Print every setting, its value and its origin: flag, environment, file or default."""
    from auditor.config.load import load

    configuration = load(config_file, environment=os.environ)
    values: dict[str, Any] = {
        f"{section}.{key}": value
        for section, table in configuration.settings.model_dump(mode="json").items()
        for key, value in (table.items() if isinstance(table, dict) else [("", table)])
    }
    values = {name.rstrip("."): value for name, value in values.items()}
    if format_name == "json":
        origins = configuration.origins
        rows = {name: {"value": value, "origin": origins.get(name, "default")} for name, value in values.items()}
        click.echo(json.dumps({"file": str(configuration.file or ""), "settings": rows}, indent=2))
        return
    click.echo(f"# file: {configuration.file or 'none found; defaults only'}")
    width = max(map(len, values))
    for name, value in values.items():
        click.echo(f"{name:<{width}} = {json.dumps(value)}  # {configuration.origins.get(name, 'default')}")

"""`auditor trail map`."""

from pathlib import Path

import click

from auditor.errors import ConfigError


@click.command("map", epilog="Example: auditor trail map export.csv >> auditor.toml")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def map_table(file: Path) -> None:
    """Propose how the columns of FILE become events, by a look at its first lines; for a person to check."""
    from auditor.trail import formats
    from auditor.trail.matching import propose
    from auditor.trail.opening import LogFile, head
    from auditor.trail.proposal import as_toml

    start = head(LogFile(str(file), str(file)))
    known = formats.of(start, file.name)
    if known:
        click.echo(f"# {file.name} needs no mapping: {known.name}")
        return
    mapping = propose(start)
    if mapping is None:
        raise ConfigError(
            "no mapping can be proposed",
            where=file.name,
            right="a table with a header or without, a column of times and one more that is known",
            next_step='write [[trail.tables]] by hand: files = "*.csv", columns = {time = "its column of times", ...}',
        )
    click.echo(as_toml(mapping, f"*{file.suffix}"), nl=False)
    click.echo(f"{len(mapping.columns)} columns found, sure to {mapping.confidence:.0%}", err=True)

"""`auditor locate`: from a digest in a report back to the file, for those who hold the site key."""

import os
from pathlib import Path

import click


@click.command()
@click.argument("digest")
@click.argument("root", type=click.Path(exists=True, path_type=Path))
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="The auditor.toml to use.")
def locate(digest: str, root: Path, config_file: Path | None) -> None:
    """Find what lies below ROOT and has DIGEST (at least 8 hex digits of it) under the site key."""
    from auditor.audit.locate import locate as find
    from auditor.config.keyfile import read_key
    from auditor.config.load import load
    from auditor.errors import ConfigError, TargetError
    from auditor.identifiers.protector import SiteProtector

    configuration = load(config_file, environment=os.environ)
    key_file = configuration.settings.site.key_file
    if not key_file:
        raise ConfigError(
            "no site key is set, so no digest can be traced back",
            where=str(configuration.file or "no auditor.toml was found"),
            right="site.key_file in auditor.toml: the key the run was made with",
            next_step="auditor config show",
        )
    protector = SiteProtector(read_key(configuration.path(key_file)))
    found = list(find(digest, root, protector))
    if not found:
        raise TargetError(
            "nothing below that folder has this digest under the site key",
            right="the folder that was scanned, and the key it was scanned with",
            next_step="auditor runs show latest",
        )
    for path in found:
        click.echo(path)

"""`auditor init`: what a site starts from. Nothing is ever overwritten."""

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
def init(folder: Path) -> None:
    """Write auditor.toml, a site key, waivers.yaml and a sample inventory into FOLDER (default: here).

    The site key (mode 0600) is what masked digests and fingerprints hang on: keep a copy of it in a safe
    place, and never beside the reports.
    """
    from auditor.config.keyfile import write_key
    from auditor.config.private import create
    from auditor.errors import UsageError
    from auditor.resources import starter_folder

    samples = {file.name: file.read_text("utf-8") for file in sorted(starter_folder().iterdir())}
    wanted = [*samples, "site.key"]
    taken = [name for name in wanted if (folder / name).exists()]
    if taken:
        raise UsageError(
            f"{', '.join(taken)} would be overwritten; nothing was written",
            where=str(folder),
            right="a folder that has none of " + ", ".join(wanted),
            next_step="auditor init ANOTHER_FOLDER",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in samples.items():
            create(folder / name, text.encode())
        write_key(folder / "site.key")
    except OSError as error:
        raise UsageError(
            f"the starting files cannot be written: {error.strerror}",
            where=str(folder),
            right="a folder this account may write to",
            next_step="auditor init ANOTHER_FOLDER",
        ) from error
    for name in wanted:
        click.echo(f"wrote {folder / name}")
    click.echo("next: name your folders and ports in auditor.toml, then run auditor doctor and auditor audit")

"""`auditor verify`."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from auditor.cli.storage import config_option


@click.command(epilog="Exit codes: 0 whole and trusted, 1 changed or not what it claims, 3 cannot be decided.")
@click.argument("pdf", type=click.Path(path_type=Path))
@click.option("--trust", multiple=True, type=click.Path(path_type=Path), help="A certificate to trust (PEM or DER).")
@click.option("--store", "store_folder", type=click.Path(path_type=Path), help="The store whose chain is asked.")
@config_option
def verify(pdf: Path, trust: tuple[Path, ...], store_folder: Path | None, config_file: Path | None) -> None:
    """Say in sentences what the report PDF is worth: who signed, when, what is covered, trusted by whom."""
    from auditor.config.load import load
    from auditor.report.check import verify_file
    from auditor.store.folder import open_store

    configuration = load(config_file, environment=os.environ)
    folder = store_folder or configuration.path(configuration.settings.store.path)
    store = open_store(folder) if (folder / "catalogue.sqlite").exists() else None
    verdict = verify_file(pdf, configuration, trust, datetime.now(UTC), store)
    for sentence in verdict.sentences:
        click.echo(sentence)
    click.get_current_context().exit(int(verdict.worth))

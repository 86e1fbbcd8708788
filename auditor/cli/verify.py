"""`auditor verify`."""

from pathlib import Path

import click

from auditor.cli.storage import config_option, configured


@click.command(epilog="Exit codes: 0 whole and trusted, 1 changed or not what it claims, 3 cannot be decided.")
@click.argument("pdf", type=click.Path(path_type=Path))
@click.option("--trust", multiple=True, type=click.Path(path_type=Path), help="A certificate to trust (PEM or DER).")
@click.option("--store", "store_folder", type=click.Path(path_type=Path), help="The store whose chain is asked.")
@click.option("--quick", is_flag=True, help="Do not draw the report again to hold its pages against the run inside.")
@config_option
def verify(
    pdf: Path, trust: tuple[Path, ...], store_folder: Path | None, quick: bool, config_file: Path | None
) -> None:
    """Say in sentences what the report PDF is worth: who signed, when, what is covered, trusted by whom."""
    from auditor import api

    verdict = api.verify(pdf, configuration=configured(config_file, store_folder), trust=trust, quick=quick)
    for sentence in verdict.sentences:
        click.echo(sentence)
    click.get_current_context().exit(int(verdict.worth))

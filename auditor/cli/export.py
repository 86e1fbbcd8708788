"""`auditor export`."""

from pathlib import Path

import click

from auditor.cli.storage import config_option, opened, store_option, write_text

FORMATS = ("json", "jsonl", "csv", "csv-exact", "sarif", "oscal", "junit", "ocsf", "hdf", "markdown")


@click.command(epilog="Example: auditor export --format sarif --output findings.sarif")
@click.argument("run", default="latest")
@click.option("--format", "format_name", type=click.Choice(FORMATS), default="json", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file, not to stdout.")
@config_option
@store_option
def export(
    run: str, format_name: str, output: Path | None, config_file: Path | None, store_folder: Path | None
) -> None:
    """Write RUN (an id, latest or previous) for other programs; values stay masked."""
    from auditor.report.formats import render

    _, store = opened(config_file, store_folder)
    stored = store.load(run)
    store.record("exported", subject=stored.run.id, details={"format": format_name})
    write_text(render(stored, format_name), output)

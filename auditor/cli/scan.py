"""`auditor scan`."""

from pathlib import Path
from typing import Any

import click

from auditor.cli.room import carry_out, run_options


@click.command(
    epilog="Examples:  auditor scan EXPORT/   auditor scan EXPORT/ --purpose limited-data-set --format sarif   "
    "auditor scan --explain EXPORT/IM0001"
)
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option(
    "--explain", "explained", type=click.Path(path_type=Path), help="Say, place by place, what FILE gives away."
)
@click.option("--inventory", is_flag=True, help="Add who made the files, and which series have gaps.")
@click.option("--roster", type=click.Path(), default="", help="A patient list (CSV or JSON lines) to seek as well.")
@click.option("--no-ocr", is_flag=True, help="Leave pixels out; the run says so.")
@run_options
def scan(
    paths: tuple[str, ...], explained: Path | None, inventory: bool, roster: str, no_ocr: bool, **given: Any
) -> None:
    """Find every place in DICOM files where a patient can be recognised."""
    if explained is not None:
        from auditor.cli.explaining import explain

        explain(explained, roster, given, ocr=not no_ocr)
        return
    if not paths:
        raise click.UsageError("name at least one file, folder or archive, or --explain FILE")
    from auditor import api

    options: dict[str, object] = {"inventory": inventory}
    if roster:
        options["roster"] = str(Path(roster).resolve())
    if no_ocr:
        options["ocr"] = False

    def scan_and_tell(*targets: str, **more: Any) -> Any:
        """Scan, and tell what was met before the findings are shown; on stderr where stdout is for machines."""
        stored = api.scan(*targets, **more)
        if inventory:
            from auditor.cli.inventory import inventory_lines

            for line in inventory_lines(stored):
                click.echo(line, err=given["format_name"] != "text" or given["output"] is not None)
        return stored

    carry_out(scan_and_tell, paths, given, options)

"""`auditor scan`."""

from typing import Any

import click

from auditor.cli.room import carry_out, run_options


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@run_options
def scan(paths: tuple[str, ...], **given: Any) -> None:
    """Find every place in DICOM files where a patient can be recognised."""
    from auditor import api

    carry_out(api.scan, paths, given, {})

"""`auditor trail explain` and `auditor trail disclosures`."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.storage import config_option, write_bytes, write_text
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.trail.investigate import Investigation

_logs = click.argument("logs", nargs=-1, required=True, metavar="LOG...")
_context = click.option(
    "--context", "context_folder", type=click.Path(path_type=Path), help="Folder of context tables."
)
_show = click.option("--show-values", is_flag=True, help="Show users and patients as they are, on a terminal only.")


@click.command(epilog="Example: auditor trail explain logs/ --context hr/ --user jdoe --patient 1234567")
@_logs
@click.option("--user", required=True, help="The user, in any spelling.")
@click.option("--patient", required=True, help="The patient's number, with or without leading zeros.")
@_context
@_show
@config_option
def explain(
    logs: tuple[str, ...],
    user: str,
    patient: str,
    context_folder: Path | None,
    show_values: bool,
    config_file: Path | None,
) -> None:
    """Tell the story of a user and a patient in a page: every access, and why it was right or not."""
    from auditor.trail.story import tell

    show = _shower(show_values)
    with _investigated(logs, context_folder, config_file) as found:
        write_text((line + "\n" for line in tell(found, user, patient, show)), None)


@click.command(
    epilog="Example: auditor trail disclosures logs/ --patient 1234567 --from 2026-01-01 "
    "--to 2026-12-31 --output account.pdf"
)
@_logs
@click.option("--patient", required=True, help="The patient's number.")
@click.option("--from", "first", required=True, type=click.DateTime(["%Y-%m-%d"]), help="First day.")
@click.option("--to", "last", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="account.csv or account.pdf, readable by you alone.",
)
@_context
@config_option
def disclosures(
    logs: tuple[str, ...],
    patient: str,
    first: datetime,
    last: datetime,
    output: Path,
    context_folder: Path | None,
    config_file: Path | None,
) -> None:
    """Account for the disclosures of a patient's data (45 CFR 164.528), as CSV or PDF.

    The account is for the patient and names recipients, so values in it are not masked.
    """
    from auditor.trail import disclosures as accounting

    if output.suffix.lower() not in (".csv", ".pdf"):
        raise UsageError(
            "the account is written as CSV or PDF", where="--output", right="a name that ends in .csv or .pdf"
        )
    if last < first:
        raise UsageError("the account would end before it begins", where="--from, --to", right="--from before --to")
    with _investigated(logs, context_folder, config_file) as found:
        lines = accounting.account(found, patient, first.date(), last.date())
    if output.suffix.lower() == ".csv":
        write_text([accounting.as_csv(lines)], output)
    else:
        from auditor.report.pdf import make_pdf
        from auditor.resources import reports_folder

        page = accounting.as_html(lines, patient, first.date(), last.date())
        write_bytes(make_pdf(page, [reports_folder()], (), datetime.now(UTC)), output)
    click.echo(f"disclosures from {first.date()} to {last.date()}: {len(lines)}", err=True)


@contextmanager
def _investigated(
    logs: tuple[str, ...], context_folder: Path | None, config_file: Path | None
) -> "Iterator[Investigation]":
    from contextlib import ExitStack

    from auditor.config.load import load
    from auditor.trail import investigate

    configuration = load(config_file, environment=os.environ)
    settings, now = configuration.settings.trail, datetime.now(UTC)
    folder = context_folder or (configuration.path(settings.context) if settings.context else None)
    with ExitStack() as stack:
        files = investigate.find_logs(logs, Path.cwd())
        if not files:
            raise UsageError("there is no log there", where="LOG", right="files or folders of audit logs")
        found = investigate.open_investigation(stack, files, settings, folder, now)
        investigate.detect(found, now)
        yield found


def _shower(show_values: bool) -> Callable[[str], str]:
    from auditor.identifiers.protector import mask

    if not show_values:
        return mask
    if not sys.stdout.isatty():
        raise UsageError("raw values are shown on a terminal only", where="--show-values", right="no pipe")
    return _plain


def _plain(value: Any) -> str:
    return str(value)

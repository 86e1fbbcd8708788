"""`auditor trail disclosures`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from auditor.cli.storage import config_option, write_bytes, write_text
from auditor.cli.trail_logs import context_option, end, investigated, logs_argument
from auditor.errors import UsageError

_day = click.DateTime(["%Y-%m-%d"])


@click.command(epilog="Example: auditor trail disclosures logs/ --context hr/ --patient 1234567 --output account.pdf")
@logs_argument
@click.option("--patient", required=True, help="The patient's number.")
@click.option("--from", "first", type=_day, help="First day.  [default: six years before the last]")
@click.option("--to", "last", type=_day, help="Last day.  [default: today]")
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="account.csv or account.pdf, readable by you alone.",
)
@context_option
@config_option
def disclosures(
    logs: tuple[str, ...],
    patient: str,
    first: datetime | None,
    last: datetime | None,
    output: Path,
    context_folder: Path | None,
    config_file: Path | None,
) -> None:
    """Account for the disclosures of a patient's data (45 CFR 164.528), as CSV or PDF.

    The account is for the patient and names recipients, so values in it are not masked. What need not be accounted
    for (164.528(a)(1)) is left out and counted; a request whose accounting is suspended (a column `suspended until`
    of the release requests) too.
    """
    from auditor.trail import accountpage
    from auditor.trail.disclosures import account, six_years_before

    if output.suffix.lower() not in (".csv", ".pdf"):
        raise UsageError(
            "the account is written as CSV or PDF", where="--output", right="a name that ends in .csv or .pdf"
        )
    today = datetime.now(UTC).date()
    until = last.date() if last else today
    since = first.date() if first else six_years_before(until)
    if until < since:
        raise UsageError("the account would end before it begins", where="--from, --to", right="--from before --to")
    with investigated(logs, context_folder, config_file) as (found, settings):
        told = account(found, patient, since, until, today)
    if output.suffix.lower() == ".csv":
        write_text([accountpage.as_csv(told)], output)
    else:
        from auditor.report.pdf import make_pdf
        from auditor.resources import reports_folder

        page = accountpage.as_html(told, settings.site.name, patient, since, until, today)
        write_bytes(make_pdf(page, [reports_folder()], (), datetime.now(UTC)), output)
    for line in [f"disclosures from {since} to {until}: {len(told.lines)}", *accountpage.remarks(told, since, today)]:
        click.echo(line, err=True)
    end(found)

"""`auditor audit`."""

from pathlib import Path
from typing import Any

import click

from auditor.cli.room import configured, perform, plan_options, show


@click.command(epilog="Example: auditor audit --config auditor.toml --output out/")
@plan_options
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Write the report and exports here.")
def audit(output: Path | None, **given: Any) -> None:
    """Audit everything that auditor.toml names, in one run, and keep it in the store.

    With --output, report.pdf (signed as [report] says), report.json and findings.csv say everything, and
    the terminal gets one line a rule.
    """
    from auditor import api
    from auditor.cli.summary import exit_code
    from auditor.cli.text import lines

    configuration = configured(given)
    stored, reveal = perform(api.audit, (), given, configuration)
    for line in lines(stored, reveal, brief=output is not None):
        click.echo(line)
    if output is not None:
        for file in _files(stored, configuration, output):
            click.echo(f"wrote {file}", err=True)
    click.get_current_context().exit(exit_code(stored.run))


def _files(stored: Any, configuration: Any, folder: Path) -> list[Path]:
    from auditor import api
    from auditor.cli.storage import prompt
    from auditor.report.build import write_report

    folder.mkdir(parents=True, exist_ok=True)
    show(stored, "json", folder / "report.json", None)
    show(stored, "csv", folder / "findings.csv", None)
    made = api.report(stored.run.id, configuration=configuration, prompt=prompt)
    return [folder / "report.json", folder / "findings.csv", *write_report(made, folder / "report.pdf")]

"""`auditor report`."""

from pathlib import Path

import click

from auditor.cli.storage import config_option, opened, prompt, store_option

KINDS = ("officer", "technical", "deid-certificate")


@click.command(epilog="Examples: auditor report · auditor report 20260504T09 --kind technical --output technical.pdf")
@click.argument("run", default="latest")
@click.option("--kind", type=click.Choice(KINDS), default="officer", show_default=True, help="Which report to make.")
@click.option("--output", type=click.Path(path_type=Path), help="Where to write it.  [default: KIND-RUN.pdf]")
@click.option("--language", help="Language of the report: en, de, or a catalogue of your own.")
@click.option("--approval", is_flag=True, help="Leave a field in which a second person can approve.")
@config_option
@store_option
def report(
    run: str,
    kind: str,
    output: Path | None,
    language: str | None,
    approval: bool,
    config_file: Path | None,
    store_folder: Path | None,
) -> None:
    """Make the PDF report of RUN (an id, latest or previous), signed as [report] in auditor.toml says."""
    from auditor import api
    from auditor.report.build import write_report

    configuration, store = opened(config_file, store_folder)
    run_id = store.load(run).run.id
    made = api.report(
        run_id,
        configuration=configuration,
        kind=kind,
        language=language or "",
        approval=approval or None,
        prompt=prompt,
    )
    target = output or Path(f"{kind}-{run_id}.pdf")
    for file in write_report(made, target):
        click.echo(str(file))
    click.echo(
        made.remark or (f"signed, PAdES {made.level}" if made.level else "not signed: no [report] signer"), err=True
    )

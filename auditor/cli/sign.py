"""`auditor sign`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from auditor.cli.storage import config_option, prompt


@click.group()
def sign() -> None:
    """Make a development signer, look at the signer in use, approve a report as a second person."""


@sign.command("init-dev-ca")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", default="Development signer", show_default=True, help="The name in the certificate.")
@click.option("--days", type=click.IntRange(1, 825), default=365, show_default=True, help="How long it is valid.")
def init_dev_ca(folder: Path, name: str, days: int) -> None:
    """Make a certificate authority for development in FOLDER, and a signer of it.

    Reports signed with it say in words that nobody has reason to trust the signer.
    """
    from auditor.report import devca

    made = devca.init_dev_ca(folder, datetime.now(UTC), name, days)
    for file in (made.signer, made.passphrase, made.root):
        click.echo(str(file))
    click.echo(
        "For development only. In auditor.toml: [report] signer, passphrase_file, trust = [dev-ca.pem].", err=True
    )


@sign.command()
@config_option
def show(config_file: Path | None) -> None:
    """Show the signer that [report] names, and whether it may sign today; exit 3 when it may not."""
    import os

    from auditor.config.load import load
    from auditor.report.certificates import unfit
    from auditor.report.keys import open_key

    key = open_key(load(config_file, environment=os.environ), prompt=prompt)
    if key is None:
        click.echo("no signer is configured: reports are not signed")
        return
    certificate = key.certificate
    reason = unfit(certificate, datetime.now(UTC))
    click.echo(f"signer   {key.name}")
    click.echo(f"issuer   {certificate.issuer.human_friendly}")
    click.echo(f"valid    {certificate.not_valid_before:%Y-%m-%d} to {certificate.not_valid_after:%Y-%m-%d}")
    click.echo(f"state    {'may not sign: ' + reason if reason else 'may sign'}")
    click.get_current_context().exit(3 if reason else 0)


@sign.command()
@click.argument("pdf", type=click.Path(path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), help="Where to write it.  [default: PDF itself]")
@config_option
def approve(pdf: Path, output: Path | None, config_file: Path | None) -> None:
    """Add the signature of a second person to the report PDF (four eyes), with the key of [report] signer."""
    import os

    from auditor.config.load import load
    from auditor.report.check import approve_file

    configuration = load(config_file, environment=os.environ)
    name = approve_file(pdf, output or pdf, configuration, datetime.now(UTC), prompt)
    click.echo(f"approved by {name}: {output or pdf}")

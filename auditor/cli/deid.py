"""`auditor deid`: de-identify, explain, compare, and the way back."""

import os
from pathlib import Path
from typing import Any

import click

from auditor.cli.room import carry_out, run_options
from auditor.errors import UsageError


class _Direct(click.Group):
    """A group whose first command is meant when none is named: ``auditor deid IN OUT``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` in front of anything that is neither a subcommand nor a call for help."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(cls=_Direct, invoke_without_command=False)
def deid() -> None:
    """De-identify DICOM by PS3.15 Annex E, prove it, and keep a way back for those who hold the key.

    \b
    auditor deid IN OUT --profile tcia
    auditor deid explain hipaa-safe-harbor IN/one.dcm
    auditor deid compare IN OUT
    """


@deid.command(name="run")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--profile", help="A shipped profile, or a file.  [default: basic]")
@click.option("--recipe", "recipes", multiple=True, type=_FILE, help="A recipe of the deid package; repeatable.")
@click.option("--variables", type=_FILE, help="CSV with id and the values that `var:` names.")
@click.option("--functions", type=_FILE, help="Python file with the functions that `func:` names; it is run.")
@click.option("--project-key", type=_FILE, help="Key of the project; the same key gives the same pseudonyms.")
@click.option("--subjects", type=_FILE, help="CSV patient_id,pseudonym; joins the IDs of one patient.")
@click.option("--encrypt-to", "recipients", multiple=True, type=_FILE, help="Certificate that may open the originals.")
@click.option("--crosswalk", type=click.Path(path_type=Path), help="Write an encrypted list of who became whom.")
@click.option("--passphrase-file", type=_FILE, help="Passphrase of the crosswalk.")
@click.option("--ocr/--no-ocr", default=True, show_default=True, help="Read burned-in text.")
@click.option("--executor", type=click.Choice(("serial", "process", "dask")), help="Where files are worked on.")
@click.option("--workers", type=click.IntRange(0, 256), help="How many processes; 0 is one a processor.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; write nothing.")
@click.option("--config", "config_file", type=_FILE, help="The auditor.toml to use.")
@click.option("--store", type=click.Path(), help="The folder that keeps runs.")
def run_command(source: Path, target: Path, **given: Any) -> None:
    """Write a de-identified copy of SOURCE to TARGET (a folder, or a .zip)."""
    from auditor.api import deid as de_identify
    from auditor.audit.deidjob import job_from
    from auditor.cli.deidshow import dry_run, show
    from auditor.cli.progress import TerminalProgress

    configuration = _configuration(given)
    job, notes = job_from(configuration, source, **_wanted(given))
    if given["dry_run"]:
        dry_run(job)
        return
    passphrase = _passphrase(given["passphrase_file"])
    with TerminalProgress() as observer:
        release = de_identify(
            source,
            target,
            configuration=configuration,
            job=job,
            notes=notes,
            crosswalk=given["crosswalk"],
            passphrase=passphrase,
            observer=observer,
        )
    click.get_current_context().exit(show(release, target, notes))


@deid.command()
@click.argument("profile")
@click.argument("file", type=_FILE)
@click.option("--recipe", "recipes", multiple=True, type=_FILE, help="A recipe of the deid package; repeatable.")
@click.option("--config", "config_file", type=_FILE, help="The auditor.toml to use.")
@click.option("--all", "everything", is_flag=True, help="Also show elements that stay as they are.")
def explain(profile: str, file: Path, everything: bool, **given: Any) -> None:
    """Say for each element of FILE what PROFILE would do, and which line of which table says so."""
    from auditor.audit.deidjob import job_from
    from auditor.cli.deidshow import explained

    job, _ = job_from(_configuration(given), file, profile=profile, recipes=given["recipes"])
    explained(job, file, everything)


@deid.command()
@click.argument("source", type=click.Path(exists=True))
@click.argument("copy", type=click.Path(exists=True))
@click.option("--project-key", type=_FILE, help="The key the copy was made with, if this tool made it.")
@run_options
def compare(source: str, copy: str, project_key: Path | None, **given: Any) -> None:
    """Judge the de-identified COPY of SOURCE, whatever tool made it."""
    from auditor.api import deid_compare as judge
    from auditor.config.keyfile import read_key

    pair = f"{Path(source).resolve()}={Path(copy).resolve()}"
    options: dict[str, object] = {"project_key": read_key(project_key)} if project_key else {}
    carry_out(judge, (pair,), given, options)


@deid.command()
@click.argument("file", type=_FILE)
@click.argument("target", required=False, type=click.Path(path_type=Path))
@click.option("--key", "key_file", type=_FILE, help="A recipient's private key (PEM).")
@click.option("--certificate", type=_FILE, help="The certificate of that key, for sealed files.")
@click.option("--passphrase-file", type=_FILE, help="Passphrase of the crosswalk, or of the private key.")
@click.option("--pseudonym", default="", help="Look up one pseudonym in a crosswalk.")
@click.option("--reason", required=True, help="Why the patient must be known; it is recorded.")
@click.option("--log", type=click.Path(path_type=Path), default=Path("reidentification.log"), show_default=True)
def reidentify(file: Path, target: Path | None, **given: Any) -> None:
    """Open the sealed attributes of FILE into TARGET, or look up a pseudonym in the crosswalk FILE."""
    from auditor.audit.deidjob import look_up, restore

    configuration, passphrase = _configuration(given), _passphrase(given["passphrase_file"])
    asked: dict[str, Any] = {
        "reason": given["reason"],
        "log": given["log"],
        "passphrase": passphrase,
        "key_file": given["key_file"],
    }
    if target is None:
        entries = look_up(configuration, file, pseudonym=given["pseudonym"], **asked)
        if not entries:
            raise UsageError("the crosswalk has no such pseudonym", right="a Patient ID as the copies have it")
        for entry in entries:
            click.echo(f"{entry.replacement}\t{entry.original}")
        return
    if given["key_file"] is None or given["certificate"] is None:
        raise click.UsageError("sealed files need --key and --certificate")
    count = restore(configuration, file, target, certificate=given["certificate"], **asked)
    click.echo(f"attributes put back: {count}", err=True)


def _configuration(given: dict[str, Any]) -> Any:
    from auditor.audit.hush import hush
    from auditor.config.load import load

    hush()
    flags = {"audit.executor": given.get("executor"), "audit.workers": given.get("workers")}
    flags["store.path"] = str(Path(given["store"]).resolve()) if given.get("store") else None
    return load(given.get("config_file"), environment=os.environ, flags=flags)


def _wanted(given: dict[str, Any]) -> dict[str, Any]:
    names = ("profile", "recipes", "variables", "functions", "project_key", "subjects", "recipients", "ocr")
    return {name: given[name] for name in names} | {"crosswalk": given["crosswalk"] is not None}


def _passphrase(file: Path | None) -> bytes | None:
    return file.read_bytes().rstrip(b"\r\n") if file else None

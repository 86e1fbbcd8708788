"""`auditor runs`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.storage import config_option, opened, store_option

if TYPE_CHECKING:
    from auditor.store.folder import Store


@click.group()
def runs() -> None:
    """Look at the runs that the store keeps, and prove that nobody changed them."""


@runs.command("list")
@config_option
@store_option
def list_runs(config_file: Path | None, store_folder: Path | None) -> None:
    """List all runs, oldest first."""
    _, store = opened(config_file, store_folder)
    for entry in store.runs():
        state = "deleted" if entry.deleted else "complete" if entry.complete else "INCOMPLETE"
        click.echo(f"{entry.id}  {entry.finished[:16]}  {entry.plan:<16} {entry.fail:>8} fail  {state}")
    for name in store.unfinished():
        click.echo(f"{name}  begun and not sealed: auditor audit --resume {name}")


@runs.command()
@click.argument("run", default="latest")
@config_option
@store_option
def show(run: str, config_file: Path | None, store_folder: Path | None) -> None:
    """Show what RUN looked at, what came of it, and its hashes."""
    from auditor.report.formats import render

    _, store = opened(config_file, store_folder)
    stored = store.load(run)
    click.echo(f"run      {stored.run.id}")
    click.echo(f"sha256   {stored.sha256}")
    click.echo(f"previous {stored.run.previous or '(the first)'}")
    click.echo(f"rules    {stored.run.pack.digest}")
    click.echo(f"parts    {len(stored.run.parts)}\n")
    for piece in render(stored, "markdown"):
        click.echo(piece, nl=False)


@runs.command()
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many of the newest entries.")
@config_option
@store_option
def log(limit: int, config_file: Path | None, store_folder: Path | None) -> None:
    """Show the store's own log: who ran, exported, waived, saw values, re-identified."""
    _, store = opened(config_file, store_folder)
    for entry in list(store.log())[-limit:]:
        proof = f"  sha256:{entry.details['sha256']}" if entry.action == "run deleted" else ""
        click.echo(f"{entry.number:>6}  {entry.at[:19]}  {entry.who:<16} {entry.action:<16} {entry.subject}{proof}")


@runs.command()
@config_option
@store_option
def verify(config_file: Path | None, store_folder: Path | None) -> None:
    """Find any edit, gap or swap in runs, catalogue and logs; exit 1 when there is one."""
    _, store = opened(config_file, store_folder)
    report = store.verify_chain()
    problems = [*report.problems, *_unsigned(store)]
    for problem in problems:
        click.echo(problem)
    click.echo(f"runs: {report.runs} · log entries: {report.entries} · " + ("CHANGED" if problems else "whole"))
    click.get_current_context().exit(1 if problems else 0)


def _unsigned(store: "Store") -> list[str]:
    """Entries of the ledger of waivers whose signature does not fit them."""
    from auditor.errors import StoreError
    from auditor.report.entry import entry_is_signed
    from auditor.store.waivers import signed_bytes

    try:
        entries = [entry for entry in store.log("waivers") if "signature" in entry.details]
    except StoreError as error:
        return [f"{error.what}: {error.where}"]
    found = []
    for entry in entries:
        details = {key: value for key, value in entry.details.items() if key != "signature"}
        if not entry_is_signed(
            signed_bytes(entry.who, entry.action, entry.subject, details), entry.details["signature"]
        ):
            found.append(f"waivers.jsonl: the signature of entry {entry.number} does not fit it.")
    return found


@runs.command()
@click.argument("run")
@click.option("--reason", required=True, help="Why the data is deleted; it stays in the log.")
@config_option
@store_option
def delete(run: str, reason: str, config_file: Path | None, store_folder: Path | None) -> None:
    """Delete the data of RUN and keep the proof that it existed."""
    _, store = opened(config_file, store_folder)
    click.echo(f"deleted; the hash of its header was {store.delete(store.load(run).run.id, reason)}")

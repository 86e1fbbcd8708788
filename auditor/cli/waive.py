"""`auditor waive`."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.storage import config_option, opened, prompt, store_option

if TYPE_CHECKING:
    from auditor.config.settings import Configuration

who_option = click.option("--as", "who", default="", help="Your name, as in [site] people.  [default: your account]")


@click.group()
def waive() -> None:
    """Decide to live with a finding, with four eyes: one person proposes, another approves."""


def _signer(configuration: "Configuration") -> Callable[[bytes], Mapping[str, str]] | None:
    from auditor.report.entry import entry_signer
    from auditor.report.keys import open_key

    key = open_key(configuration, os.environ, prompt)
    return entry_signer(key) if key else None


@waive.command()
@click.argument("rule")
@click.option("--subject", default="*", show_default=True, help="Which subjects, as a pattern over what is displayed.")
@click.option("--reason", required=True)
@click.option("--ticket", required=True)
@click.option("--expires", required=True, help="The last day, at most a year ahead: 2027-01-31.")
@click.option("--fingerprint", default="", help="Only the finding with this fingerprint.")
@who_option
@config_option
@store_option
def propose(
    rule: str,
    subject: str,
    reason: str,
    ticket: str,
    expires: str,
    fingerprint: str,
    who: str,
    config_file: Path | None,
    store_folder: Path | None,
) -> None:
    """Propose a waiver of RULE; it waives nothing before another person approves it."""
    from auditor.config.account import current_account
    from auditor.store.waivers import Proposal
    from auditor.store.waivers import propose as enter

    configuration, store = opened(config_file, store_folder)
    made = Proposal(rule, subject, reason, ticket, expires, fingerprint)
    people = configuration.settings.site.people
    number = enter(store, made, who or current_account(), people, datetime.now(UTC).date(), _signer(configuration))
    click.echo(f"proposed as number {number}; another person runs: auditor waive approve {number}")


@waive.command()
@click.argument("number", type=int)
@who_option
@config_option
@store_option
def approve(number: int, who: str, config_file: Path | None, store_folder: Path | None) -> None:
    """Approve proposal NUMBER and write the waiver into the waivers file of the site."""
    from auditor.config.account import current_account
    from auditor.store.waiverfile import append_waiver
    from auditor.store.waivers import approve as enter

    configuration, store = opened(config_file, store_folder)
    people = configuration.settings.site.people
    file = configuration.path(configuration.settings.audit.waivers)
    done = enter(store, number, who or current_account(), people, datetime.now(UTC).date(), _signer(configuration))
    append_waiver(file, done)
    click.echo(f"approved; {file} holds the waiver through {done.proposal.expires}")


@waive.command("list")
@config_option
@store_option
def list_waivers(config_file: Path | None, store_folder: Path | None) -> None:
    """List proposals and waivers with who proposed and approved them."""
    from auditor.store.waivers import dossiers

    _, store = opened(config_file, store_folder)
    for item in dossiers(store):
        signed = f", {len(item.signatures)} signed" if item.signatures else ""
        people = f"{item.proposer} → {item.approver or '…'}"
        click.echo(
            f"{item.number:>4}  {item.state:<9} {item.proposal.rule:<36} until {item.proposal.expires}  "
            f"{people}  {item.proposal.ticket}{signed}"
        )


@waive.command()
@click.argument("number", type=int)
@who_option
@config_option
@store_option
def expire(number: int, who: str, config_file: Path | None, store_folder: Path | None) -> None:
    """End waiver NUMBER today, or withdraw the proposal; it is taken out of the waivers file."""
    from auditor.config.account import current_account
    from auditor.store.waiverfile import remove_waiver
    from auditor.store.waivers import expire as enter

    configuration, store = opened(config_file, store_folder)
    done = enter(store, number, who or current_account(), _signer(configuration))
    remove_waiver(configuration.path(configuration.settings.audit.waivers), done)
    click.echo(f"waiver {number} is ended")

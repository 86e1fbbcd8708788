"""`auditor trail explain`."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from auditor.cli.storage import config_option, write_text
from auditor.cli.trail_logs import context_option, end, investigated, logs_argument
from auditor.errors import UsageError

_show = click.option("--show-values", is_flag=True, help="Show users and patients as they are, on a terminal only.")


@click.command(epilog="Example: auditor trail explain logs/ --context hr/ --user jdoe --patient 1234567")
@logs_argument
@click.option("--user", required=True, help="The user, in any spelling.")
@click.option("--patient", required=True, help="The patient's number, with or without leading zeros.")
@context_option
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
    from auditor.trail.investigate import detect
    from auditor.trail.story import tell

    show = _shower(show_values)
    with investigated(logs, context_folder, config_file) as (found, _):
        detect(found, datetime.now(UTC))
        write_text((line + "\n" for line in tell(found, user, patient, show)), None)
    end(found)


def _shower(show_values: bool) -> Callable[[str], str]:
    from auditor.identifiers.protector import mask

    if not show_values:
        return mask
    if not sys.stdout.isatty():
        raise UsageError("raw values are shown on a terminal only", where="--show-values", right="no pipe")
    return _plain


def _plain(value: Any) -> str:
    return str(value)

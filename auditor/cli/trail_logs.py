"""What the commands of the trail that look into logs themselves share: their arguments, and an open investigation."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from auditor.cli.failure import INCOMPLETE
from auditor.config.settings import Settings
from auditor.errors import UsageError

if TYPE_CHECKING:
    from auditor.trail.investigate import Investigation

logs_argument = click.argument("logs", nargs=-1, required=True, metavar="LOG...")
context_option = click.option(
    "--context", "context_folder", type=click.Path(path_type=Path), help="Folder of context tables."
)


@contextmanager
def investigated(
    logs: tuple[str, ...], context_folder: Path | None, config_file: Path | None
) -> "Iterator[tuple[Investigation, Settings]]":
    """The logs read and every access explained, with the settings they were read by; raises UsageError where there is
    no log."""
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
        yield investigate.open_investigation(stack, files, settings, folder, now), configuration.settings


def end(found: "Investigation") -> None:
    """Say what of the logs and of the context was not read, and end with the code of what is incomplete."""
    unread = sum(1 for item in found.logs if item.problem or (not item.format and item.size))
    told = [f"{unread} of {len(found.logs)} logs could not be read whole"] * bool(unread)
    if lines := sum(item.tally.rejections for item in found.logs):
        told.append(f"{lines} record{'' if lines == 1 else 's'} could not be used")
    told += found.context.problems
    if told:
        click.echo(f"INCOMPLETE: {'; '.join(told)}. `auditor trail LOG...` says where", err=True)
        raise click.exceptions.Exit(INCOMPLETE)

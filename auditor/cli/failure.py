"""Turns an exception into four lines on stderr and an exit code. No traceback without -vv."""

import traceback as traceback_module
from collections.abc import Sequence

import click

from auditor.errors import AuditorError

USAGE = 2
INCOMPLETE = 3


def report_failure(error: Exception, command: Sequence[str], *, traceback: bool) -> int:
    """Print what a person needs and return the exit code; `command` is what was called, without its arguments.

    An error that is not ours may carry an identifier in its text, so only its type is named.
    """
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.ClickException):
        error.show()
        return USAGE
    if isinstance(error, click.Abort):
        click.echo("interrupted", err=True)
        return INCOMPLETE
    if isinstance(error, AuditorError):
        click.echo(f"auditor: {_whole(error, command)}", err=True)
    elif isinstance(error, BrokenPipeError):
        return INCOMPLETE
    else:
        click.echo(
            f"auditor: internal error ({type(error).__name__})\n"
            "right: this should not happen; the run, if one was begun, is kept and marked incomplete\n"
            "next:  run again with -vv and report the traceback, after checking that it names no patient",
            err=True,
        )
    if traceback:
        click.echo("".join(traceback_module.format_exception(error)), err=True)
    return error.exit_code if isinstance(error, AuditorError) else INCOMPLETE


def _whole(error: AuditorError, command: Sequence[str]) -> AuditorError:
    """The error with all four parts: what nobody below could know, the door does."""
    called = " ".join(("auditor", *command))
    return AuditorError(
        error.what,
        where=error.where or f"what was given to {called}",
        right=error.right or "what its help says",
        next_step=error.next_step or f"{called} --help",
    )

"""What `audit`, `scan`, `endpoints` and `trail` have in common: their options, and how a run is shown."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from auditor.cli.storage import write_text

FORMATS = ("text", "json", "jsonl", "csv", "sarif", "markdown")
_FAIL_ON = ("info", "low", "medium", "high", "critical", "none")
_PURPOSES = ("export", "limited-data-set", "clinical", "pseudonymised")
Command = TypeVar("Command", bound=Callable[..., Any])

_RESULT_OPTIONS = (
    click.option("--format", "format_name", type=click.Choice(FORMATS), default="text", show_default=True),
    click.option("--output", type=click.Path(path_type=Path), help="Write the result to this file, not to stdout."),
)
_PLAN_OPTIONS = (
    click.option("--config", "config_file", type=click.Path(path_type=Path), help="The auditor.toml to use."),
    click.option("--fail-on", type=click.Choice(_FAIL_ON), help="Exit 1 from this severity on.  [default: high]"),
    click.option("--purpose", type=click.Choice(_PURPOSES), help="Why the material is looked at.  [default: export]"),
    click.option("--profile", help="Which rules are on.  [default: default]"),
    click.option("--executor", type=click.Choice(("serial", "process", "dask")), help="Where chunks are worked on."),
    click.option("--workers", type=click.IntRange(0, 256), help="How many processes; 0 is one a processor."),
    click.option("--store", type=click.Path(), help="The folder that keeps runs."),
    click.option("--resume", metavar="RUN", default="", help="Go on with a run that was stopped."),
    click.option("--show-values", is_flag=True, help="Show raw values, on a terminal only; this is recorded."),
)
_FLAGS = {
    "fail_on": "audit.fail_on",
    "purpose": "audit.purpose",
    "profile": "audit.profile",
    "executor": "audit.executor",
    "workers": "audit.workers",
    "store": "store.path",
}


def plan_options(command: Command) -> Command:
    """Decorate a command with the options that say what a run does."""
    for option in reversed(_PLAN_OPTIONS):
        command = option(command)
    return command


def run_options(command: Command) -> Command:
    """Decorate a command with the options every run takes: what it does, and how its result is shown."""
    command = plan_options(command)
    for option in reversed(_RESULT_OPTIONS):
        command = option(command)
    return command


def carry_out(
    function: Callable[..., Any],
    targets: tuple[str, ...],
    given: Mapping[str, Any],
    options: Mapping[str, object] | None = None,
) -> None:
    """Call the public `function` with the given options, show the result, and exit with its code."""
    from auditor.cli.summary import exit_code, summarise

    stored, reveal = perform(function, targets, given, configured(given), options)
    show(stored, given["format_name"], given["output"], reveal)
    if given["output"] or given["format_name"] != "text":
        click.echo(summarise(stored.run).line(), err=True)
    click.get_current_context().exit(exit_code(stored.run))


def configured(given: Mapping[str, Any]) -> Any:
    """The configuration under the given flags."""
    from auditor.config.load import load

    flags = {name: given[key] for key, name in _FLAGS.items()}
    if flags["store.path"]:
        flags["store.path"] = str(Path(flags["store.path"]).resolve())
    return load(given["config_file"], environment=os.environ, flags=flags)


def perform(
    function: Callable[..., Any],
    targets: tuple[str, ...],
    given: Mapping[str, Any],
    configuration: Any,
    options: Mapping[str, object] | None = None,
) -> tuple[Any, Any]:
    """Call `function`; return the stored run, and the way its evidence may be shown."""
    from auditor.api import site_store
    from auditor.audit.hush import hush
    from auditor.audit.run import INTERRUPTED
    from auditor.cli.progress import TerminalProgress
    from auditor.cli.reveal import revealing

    hush()
    adapt, reveal = revealing(wanted=given["show_values"])
    extra = {} if options is None else {"options": options}
    with TerminalProgress() as observer:
        stored = function(
            *targets,
            configuration=configuration,
            observer=observer,
            resume=given["resume"],
            adapt=adapt,
            **extra,
        )
    if any(note.text == INTERRUPTED for note in stored.run.notes):
        click.echo(f"interrupted; the same command with --resume {stored.run.id} goes on", err=True)
    if given["show_values"]:
        site_store(configuration).record("values shown", subject=stored.run.id)
    return stored, reveal


def show(stored: Any, format_name: str, output: Path | None, reveal: Any) -> None:
    """Write the run in one format to `output`, or to stdout."""
    write_text(_render(stored, format_name, reveal), output)


def _render(stored: Any, format_name: str, reveal: Any) -> Iterator[str]:
    if format_name == "text":
        from auditor.cli.text import lines

        return (line + "\n" for line in lines(stored, reveal))
    from auditor.report.formats import render

    pieces: Iterator[str] = render(stored, format_name)
    return pieces

"""The `auditor` command: a table of subcommands, each imported only when it is asked for."""

import importlib
import logging
import sys
from collections.abc import Sequence

import click

from auditor import __version__
from auditor.cli.failure import INCOMPLETE, report_failure

COMMANDS: dict[str, tuple[str, str]] = {
    "audit": ("auditor.cli.audit:audit", "Audit a site by its auditor.toml, all rooms, one run."),
    "scan": ("auditor.cli.scan:scan", "Find every place in DICOM files where a patient can be recognised."),
    "endpoints": ("auditor.cli.endpoints:endpoints", "Check TLS and AE access of ports and configuration files."),
    "deid": ("auditor.cli.deid:deid", "De-identify DICOM files, verified, with a way back; compare copies."),
    "trail": ("auditor.cli.trail:trail", "Find unexplained accesses in audit logs."),
    "rules": ("auditor.cli.rules:rules", "Look at the rules, test them, and write new ones."),
    "report": ("auditor.cli.report:report", "Make the signed PDF report of a run."),
    "verify": ("auditor.cli.verify:verify", "Say what a report is worth: who signed it, and what changed."),
    "runs": ("auditor.cli.runs:runs", "List, show and verify the runs of the store."),
    "export": ("auditor.cli.export:export", "Write a run as JSON, CSV, SARIF, OSCAL, JUnit, OCSF, HDF, Markdown."),
    "compare": ("auditor.cli.compare:compare", "Say what is new, gone or still there between two runs."),
    "waive": ("auditor.cli.waive:waive", "Propose, approve, list and end waivers, with four eyes."),
    "schedule": ("auditor.cli.schedule:schedule", "List, run and install audits that run by themselves."),
    "sign": ("auditor.cli.sign:sign", "Development signer, signer in use, approval by a second person."),
    "init": ("auditor.cli.init:init", "Write auditor.toml, a site key, waivers and an inventory to start from."),
    "config": ("auditor.cli.config:config", "Show every setting and where it came from."),
    "doctor": ("auditor.cli.doctor:doctor", "Check what a run needs on this machine."),
    "locate": ("auditor.cli.locate:locate", "Find the file behind a digest, under the site key."),
    "completion": ("auditor.cli.completion:completion", "Print the shell completion script."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and first lines without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All subcommands, in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the subcommand's module and return its command."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 clean, 1 findings at or above --fail-on, 2 usage or configuration, 3 incomplete.",
)
@click.version_option(__version__, prog_name="auditor")
@click.option("-v", "--verbose", count=True, help="More on stderr; -vv adds tracebacks.")
@click.option("-q", "--quiet", is_flag=True, help="Nothing on stderr but errors.")
def cli(verbose: int, quiet: bool) -> None:
    """Audit medical imaging for HIPAA and security: headers, endpoints, audit trails, exports."""
    level = logging.ERROR if quiet else (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    ours = logging.getLogger("auditor")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    ours.handlers, ours.propagate = [handler], False
    ours.setLevel(level)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line on `arguments` (default: those of the process) and return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = cli.main(args=words, prog_name="auditor", standalone_mode=False)
    except SystemExit:  # click's answer to a reader that went away: the result was not shown whole
        return INCOMPLETE
    except Exception as error:
        return report_failure(error, called(words), traceback=logging.getLogger("auditor").isEnabledFor(logging.DEBUG))
    return code if isinstance(code, int) else 0


def called(words: Sequence[str]) -> list[str]:
    """The names of command and subcommand in `words`, without options and arguments, which may identify."""
    names: list[str] = []
    inner: click.Command | None = cli
    for word in words:
        if isinstance(inner, click.Group) and not word.startswith("-"):
            inner = inner.get_command(click.Context(inner), word)
            names += [word] if inner else []
    return names

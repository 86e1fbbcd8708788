"""`auditor trail`: audit logs searched for accesses that nothing explains, and what goes with it."""

from typing import Any

import click

from auditor.cli.room import carry_out, run_options

_COMMANDS = {
    "explain": "auditor.cli.trail_story:explain",
    "disclosures": "auditor.cli.trail_disclosures:disclosures",
    "dismiss": "auditor.cli.trail_dismiss:dismiss",
    "map": "auditor.cli.trail_map:map_table",
    "receive": "auditor.cli.trail_receive:receive",
}


class TrailGroup(click.Group):
    """A group whose first argument may be a log: then the logs are searched."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The subcommands, in order of use."""
        return ["search", *_COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a subcommand by its name."""
        if cmd_name == "search":
            return search
        if cmd_name not in _COMMANDS:
            return None
        import importlib

        module, name = _COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `search` in front of what is no subcommand and no plea for help."""
        if args and args[0] not in (*_COMMANDS, "search", "--help", "-h"):
            args = ["search", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=TrailGroup,
    epilog="Examples: auditor trail logs/ --context hr/ · auditor trail explain logs/ "
    "--user u1 --patient p1 · auditor trail map export.csv",
)
def trail() -> None:
    """Find the accesses in audit logs that nothing explains (`auditor trail LOG...`), and explain them."""


@click.command()
@click.argument("logs", nargs=-1, required=True, metavar="LOG...")
@click.option(
    "--context", "context_folder", type=click.Path(), help="Folder of context tables (roster, patients, ...)."
)
@run_options
def search(logs: tuple[str, ...], context_folder: str | None, **given: Any) -> None:
    """Search LOG files and folders; each story is one finding."""
    from pathlib import Path

    from auditor import api

    options = {"context": str(Path(context_folder).resolve())} if context_folder else {}
    carry_out(api.trail, logs, given, options)

"""`auditor completion`: the script a shell needs to complete this command."""

import click


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> None:
    """Print the completion script for SHELL.

    For bash: auditor completion bash > ~/.local/share/bash-completion/completions/auditor
    """
    from click.shell_completion import get_completion_class

    from auditor.cli.main import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(kind(cli, {}, "auditor", "_AUDITOR_COMPLETE").source())

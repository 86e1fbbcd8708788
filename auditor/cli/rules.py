"""`auditor rules`: look at the rules, test them, and write new ones."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
_SEVERITIES = ("info", "low", "medium", "high", "critical")
_config = click.option("--config", "config_file", type=click.Path(path_type=Path), help="The auditor.toml to use.")
_format = click.option(
    "--format", "format_name", type=click.Choice(("text", "json")), default="text", show_default=True
)
_profile = click.option("--profile", help="Which rules are on.  [default: audit.profile of auditor.toml]")
_folder = click.option(
    "--rules",
    "more",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="One more folder of rules, laid out <room>/<name>.yaml. May be given again.",
)


def _common(command: Command) -> Command:
    """The options that every subcommand takes."""
    return _folder(_config(_format(command)))


def _print(data: object) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _fail() -> None:
    click.get_current_context().exit(2)


@click.group()
def rules() -> None:
    """Look at the rules, test them, and write new ones.

    \b
    auditor rules list --tag direct-identifier
    auditor rules show headers.patient-name-present
    auditor rules explain endpoints.plaintext --profile urgent
    auditor rules new trail.night-export --fact exports --to my-rules
    """


@rules.command("list")
@_common
@_profile
@click.option("--all", "everything", is_flag=True, help="Also those that are off.")
@click.option("--room", help="Only rules of this room.")
@click.option("--tag", help="Only rules with this tag.")
@click.option("--severity", type=click.Choice(_SEVERITIES), help="Only rules at least this severe.")
def list_rules(
    config_file: Path | None,
    format_name: str,
    more: tuple[Path, ...],
    profile: str | None,
    everything: bool,
    room: str | None,
    tag: str | None,
    severity: str | None,
) -> None:
    """List the rules that are on, worst first."""
    from auditor.cli.rulebook import open_rulebook
    from auditor.cli.ruletext import summary, table
    from auditor.engine.profiles import explain
    from auditor.model.severity import Severity

    book = open_rulebook(config_file, profile, more)
    least = Severity.from_word(severity or "info")
    rows = [
        summary(rule, on=explain(rule, book.profile, book.disabled).on)
        for rule in sorted(book.rules, key=lambda rule: (-rule.severity, rule.id))
        if rule.severity >= least and room in (None, rule.target) and (tag is None or tag in rule.tags)
    ]
    rows = [row for row in rows if everything or row["on"]]
    if format_name == "json":
        _print({"schema_version": 1, "profile": book.profile.id, "rules": rows})
    else:
        click.echo("\n".join([*table(rows), f"{_count(len(rows), 'rule')}, profile {book.profile.id}"]))


@rules.command()
@click.argument("name", metavar="ID")
@_common
def show(name: str, config_file: Path | None, format_name: str, more: tuple[Path, ...]) -> None:
    """Show one rule: what it does, why, what to do, when it is wrong."""
    from auditor.cli.rulebook import open_rulebook
    from auditor.cli.ruletext import page, summary

    book = open_rulebook(config_file, None, more)
    rule = book.rule(name)
    if format_name == "json":
        from auditor.engine.profiles import explain
        from auditor.model.codec import to_data

        _print({**summary(rule, on=explain(rule, book.profile, book.disabled).on), "rule": to_data(rule)})
    else:
        click.echo("\n".join(page(rule, book.frameworks)))


@rules.command()
@click.argument("names", metavar="[ID]...", nargs=-1)
@_common
def test(names: tuple[str, ...], config_file: Path | None, format_name: str, more: tuple[Path, ...]) -> None:
    """Run the rules' own examples, then drop every part of every condition: an example must notice.

    Exits 2 when an example comes out otherwise than it says, or when none notices.
    """
    from auditor.cli.rulebook import open_rulebook
    from auditor.engine.selftest import selftest

    book = open_rulebook(config_file, None, more)
    chosen = book.chosen(names)
    failures = [failure for rule in chosen for failure in selftest(rule, book.catalogues[rule.target])]
    if format_name == "json":
        rows = [{"rule": each.rule, "what": each.what, "right": each.right} for each in failures]
        _print({"schema_version": 1, "rules": len(chosen), "failures": rows})
    else:
        for failure in failures:
            click.echo(f"{failure.rule}: {failure.what}\n  right: {failure.right}")
        click.echo(f"{_count(len(chosen), 'rule')} · {_count(len(failures), 'failure')}")
    if failures:
        _fail()


@rules.command()
@click.argument("names", metavar="[ID]...", nargs=-1)
@_common
def lint(names: tuple[str, ...], config_file: Path | None, format_name: str, more: tuple[Path, ...]) -> None:
    """Say what is missing or badly put in the rules. Exits 2 when an error is among it; advice alone is no error."""
    from auditor.cli.rulebook import open_rulebook
    from auditor.engine.lint import Weight
    from auditor.engine.lint import lint as check

    book = open_rulebook(config_file, None, more)
    chosen = book.chosen(names)
    issues = check(book.rules, chosen)
    if format_name == "json":
        keys = ("rule", "check", "weight", "what", "right", "source")
        _print(
            {
                "schema_version": 1,
                "rules": len(chosen),
                "issues": [{key: getattr(each, key) for key in keys} for each in issues],
            }
        )
    else:
        for each in issues:
            click.echo(f"{each.source}: {each.weight}: {each.what} [{each.check}]\n  right: {each.right}")
        errors = sum(each.weight is Weight.ERROR for each in issues)
        click.echo(f"{_count(len(chosen), 'rule')} · {_count(errors, 'error')} · {len(issues) - errors} advice")
    if any(each.weight is Weight.ERROR for each in issues):
        _fail()


@rules.command()
@click.argument("name", metavar="ID")
@_common
@_profile
def explain(name: str, config_file: Path | None, format_name: str, more: tuple[Path, ...], profile: str | None) -> None:
    """Say whether a rule is on under a profile, and why; and what was changed of it."""
    from auditor.cli.rulebook import open_rulebook
    from auditor.engine.profiles import choose
    from auditor.engine.profiles import explain as weigh

    book = open_rulebook(config_file, profile, more)
    rule = book.rule(name)
    answer = weigh(rule, book.profile, book.disabled)
    selection = choose(book.rules, book.profile, book.disabled, book.params)
    changes = {key: text for key, text in selection.overrides.items() if key.startswith(f"{rule.id}.")}
    if format_name == "json":
        _print(
            {
                "rule": rule.id,
                "profile": book.profile.id,
                "on": answer.on,
                "reasons": answer.reasons,
                "changes": changes,
            }
        )
        return
    click.echo(f"{rule.id} is {'on' if answer.on else 'off'} under profile {book.profile.id}")
    for reason in answer.reasons:
        click.echo(f"  {reason}")
    for key, text in changes.items():
        click.echo(f"  {key.removeprefix(rule.id + '.')} is {text}")


@rules.command()
@click.argument("name", metavar="ID")
@click.option("--fact", help="The fact it is about; `auditor rules facts ROOM` lists them.  [default: the first]")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("rules"),
    show_default=True,
    help="The folder of rules to write into; name it in rules.paths of auditor.toml.",
)
def new(name: str, fact: str | None, folder: Path) -> None:
    """Write a new rule to fill in. It loads and passes its examples; lint says what is still missing."""
    from auditor.audit.rooms import catalogues
    from auditor.config.strictyaml import nearest
    from auditor.engine.author import new_rule
    from auditor.errors import UsageError

    known = catalogues()
    room = name.partition(".")[0]
    if room not in known:
        raise UsageError(f"no room is called {room!r}", right=nearest(room, known))
    file = new_rule(name, known[room], fact or next(iter(known[room])).name, folder)
    click.echo(f"{file}\nnext: fill it in, then  auditor rules lint {name} --rules {folder}")


@rules.command()
@click.argument("room")
@_format
def facts(room: str, format_name: str) -> None:
    """List the facts of a room with their types: what its rules can ask."""
    from auditor.audit.rooms import catalogues
    from auditor.cli.ruletext import fact_lines, fact_row
    from auditor.config.strictyaml import nearest
    from auditor.errors import UsageError

    known = catalogues()
    if room not in known:
        raise UsageError(f"no room is called {room!r}", right=nearest(room, known))
    if format_name == "json":
        _print([fact_row(spec) for spec in known[room]])
    else:
        click.echo("\n".join(fact_lines(known[room])))


@rules.command()
@_format
def operators(format_name: str) -> None:
    """List the operators with the types of fact each takes."""
    from auditor.engine.operators import OPERATORS

    if format_name == "json":
        _print([{"name": each.name, "types": sorted(each.types), "doc": each.doc} for each in OPERATORS.values()])
        return
    for each in OPERATORS.values():
        click.echo(f"{each.name:<12} {each.doc} ({', '.join(sorted(each.types))})")


@rules.command()
def schema() -> None:
    """Print the JSON Schema of a rule file, for editors that check YAML."""
    from auditor.engine.schema import schema_text

    click.echo(schema_text(), nl=False)

"""`auditor compare`."""

import json
from pathlib import Path

import click

from auditor.cli.storage import config_option, opened, store_option, write_text


@click.command(epilog="Example: auditor compare previous latest")
@click.argument("before", default="previous")
@click.argument("after", default="latest")
@click.option("--format", "format_name", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file, not to stdout.")
@config_option
@store_option
def compare(
    before: str,
    after: str,
    format_name: str,
    output: Path | None,
    config_file: Path | None,
    store_folder: Path | None,
) -> None:
    """Say what is new, gone, not looked at again, still there, of other severity or waived since, from BEFORE to AFTER.

    Exit 1 when there are new failures.
    """
    from auditor.cli.text import clean
    from auditor.report.compare import Change
    from auditor.report.compare import compare as compare_runs

    _, store = opened(config_file, store_folder)
    found = compare_runs(store.load(before), store.load(after))
    if format_name == "json":
        rows = [
            {
                "change": row.change.value,
                "rule": row.rule,
                "room": row.room,
                "before": row.before.word if row.before is not None else None,
                "after": row.after.word if row.after is not None else None,
                "count": row.count,
                "example": row.example,
            }
            for row in found.rows
        ]
        data = {
            "before": found.before.id,
            "after": found.after.id,
            "caution": [str(item) for item in found.caution],
            "changes": rows,
        }
        write_text([json.dumps(data, indent=1, ensure_ascii=False) + "\n"], output)
    else:
        lines = [f"from {found.before.id} to {found.after.id}"]
        for row in found.rows:
            known = row.after if row.after is not None else row.before
            word = known.word if known is not None else "info"
            lines.append(f"{row.change.value:<20} {word:<9} {row.count:>8}  {row.rule}  {clean(row.example)[:60]}")
        lines += [f"note: {text}" for text in found.caution]
        lines.append(" · ".join(f"{found.count(change)} {change.value}" for change in Change))
        write_text([line + "\n" for line in lines], output)
    click.get_current_context().exit(1 if found.count(Change.NEW) else 0)

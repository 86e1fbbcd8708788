"""`auditor scan --explain FILE`: place by place, masked, what was looked at and what was made of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from auditor.headers.explain import Explained


def explain(path: Path, roster: str, given: Mapping[str, Any], *, ocr: bool = True) -> None:
    """Print the explanation of one file; `--format json` gives one object a line."""
    from auditor.audit.plan import plan_from
    from auditor.config.load import load
    from auditor.errors import TargetError
    from auditor.headers import explain as explaining
    from auditor.headers.room import starting
    from auditor.model.ports import Context

    if not path.exists():
        raise TargetError("there is nothing at the path of --explain", right="a DICOM file")
    configuration = load(given["config_file"], environment=os.environ)
    plan = plan_from(configuration, (), name="explain")
    options: dict[str, object] = {"roster": str(Path(roster).resolve())} if roster else {}
    options |= {} if ocr else {"ocr": False}
    context = Context(
        datetime.now(UTC), plan.protector, settings=configuration.settings.headers, base=plan.base, options=options
    )
    for number, one in enumerate(explaining.explain(path, context, starting(context))):
        if given["format_name"] in ("json", "jsonl"):
            click.echo(json.dumps(asdict(one), ensure_ascii=False))
        else:
            if number:
                click.echo()
            for line in lines(one):
                click.echo(line)


def lines(one: Explained) -> list[str]:
    """The lines of one place: what it is, then every candidate with a mark for kept or left alone."""
    head = " ".join(part for part in (one.locator, one.vr, one.name) if part)
    found = [f"{head}  [{one.origin}, {one.nature}]  {one.shown}"]
    if one.listed:
        found.append(f"  listed   {one.listed}: on PS3.15 Table E.1-1, or a structure it removes")
    for note in one.considered:
        mark = "found  " if note.kept else "left   "
        found.append(f"  {mark}  {note.shown}  {note.detector}: {note.reason}")
    if not one.considered and not one.listed:
        reason = "" if one.nature in ("no text", "not looked at") else "no detector saw an identifier"
        found += [f"  nothing  {reason}"] if reason else []
    return found

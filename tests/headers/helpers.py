"""Scans folders as a worker does, for the tests of the headers room."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from auditor.audit.rooms import catalogues
from auditor.config.headers import HeadersSettings
from auditor.engine.frameworks import load_frameworks
from auditor.engine.judge import Judge
from auditor.engine.load import load_rules
from auditor.engine.profiles import Selection, select
from auditor.headers.facts import CATALOGUE
from auditor.headers.room import ROOM
from auditor.identifiers.protector import SiteProtector
from auditor.model.finding import Finding
from auditor.model.ports import Context
from auditor.model.run import Request
from auditor.model.target import Reading
from auditor.resources import rules_folder

NOW = datetime(2026, 1, 31, tzinfo=UTC)


def context(purpose: str = "export", *, pseudonyms: str = "", **options: object) -> Context:
    """A context without OCR, unless `ocr=True` is given."""
    settings = HeadersSettings(pseudonyms=pseudonyms)
    return Context(NOW, SiteProtector(b"k" * 32), purpose, settings, Path(), {"ocr": False, **options})


def readings(folder: Path, given: Context | None = None) -> dict[str, Reading]:
    """One reading a file, by its path below `folder`."""
    with_context = given or context()
    found: dict[str, Reading] = {}
    for chunk in ROOM.plan(Request("headers", (str(folder),)), with_context):
        for target, reading in zip(chunk.targets, ROOM.read(chunk, frozenset(), with_context), strict=True):
            found[target.locator] = reading
    return found


def facts(folder: Path, given: Context | None = None) -> dict[str, Mapping[str, Any]]:
    """The facts of each file that was read."""
    return {name: one.facts[0].values for name, one in readings(folder, given).items() if one.facts}


def findings(folder: Path, given: Context | None = None) -> dict[str, list[Finding]]:
    """What all rules of the house say of each file."""
    with_context = given or context()
    judge = Judge(_selection(), CATALOGUE, NOW, with_context.protector)
    return {
        name: [finding for one in reading.facts for finding in judge.judge(one)]
        for name, reading in readings(folder, with_context).items()
    }


@lru_cache(maxsize=1)
def _selection() -> Selection:
    place = rules_folder()
    rules = load_rules((place,), catalogues(), load_frameworks(place / "frameworks"))
    return select(rules, "default", (place,))


def letters(values: Mapping[str, Any], fact: str) -> set[str]:
    """The Safe Harbor letters of the records of one fact."""
    return {record["letter"] for record in values.get(fact, ())}

"""The run as JSON (schema in `reports/schema/run-export.schema.json`), and read back from it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from auditor.errors import UsageError
from auditor.model import codec
from auditor.model.finding import Finding
from auditor.model.header import upgraded
from auditor.model.run import SCHEMA_VERSION, Run
from auditor.model.target import InventoryRow
from auditor.report.formats.stream import array
from auditor.report.source import ReportSource

# lone surrogates, control characters, and marks that turn the direction of writing
_ACTING = re.compile("[\ud800-\udfff\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Export:
    """What a JSON export holds."""

    run: Run
    findings: tuple[Finding, ...]
    inventory: tuple[InventoryRow, ...]


def pieces(source: ReportSource) -> Iterator[str]:
    """One JSON object: `schema_version`, `run`, `run_sha256`, `findings`, `inventory`."""
    yield from _pieces(source.run, source.sha256, source.findings(), source.inventory())


def _pieces(run: Run, sha256: str, findings: Any, inventory: Any) -> Iterator[str]:
    yield f'{{"schema_version": {SCHEMA_VERSION},\n"run_sha256": "{sha256}",\n"run": {_compact(run)},\n"findings": '
    yield from array(findings, _compact)
    yield ',\n"inventory": '
    yield from array(inventory, _compact)
    yield "}\n"


def lines(source: ReportSource) -> Iterator[str]:
    """One finding a line, with the id of its run."""
    for finding in source.findings():
        yield _text({"run": source.run.id, **codec.to_data(finding)}) + "\n"


def read_export(text: str) -> Export:
    """Read a JSON export back; raises UsageError for anything that is not one of this version."""
    try:
        data = json.loads(text)
        return Export(
            codec.from_data(Run, upgraded(data["run"], data["schema_version"])),
            tuple(codec.from_data(Finding, item) for item in data["findings"]),
            tuple(codec.from_data(InventoryRow, item) for item in data["inventory"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(
            f"this is no export of a run: {error}", right="what `auditor export --format json` wrote"
        ) from error


def write_export(export: Export, sha256: str) -> str:
    """The JSON of an export that was read, the same as what it was read from."""
    return "".join(_pieces(export.run, sha256, export.findings, export.inventory))


def _compact(value: object) -> str:
    return _text(codec.to_data(value))


def _text(data: Any) -> str:
    """Compact JSON; what no text can hold or what acts on a terminal becomes an escape, which reads back the same."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

"""A run for other programs: one module a format, one line each in the table; pieces come lazily."""

from collections.abc import Callable, Iterator
from importlib import import_module

from auditor.errors import UsageError
from auditor.report.source import ReportSource

FORMATS: dict[str, tuple[str, str]] = {
    "json": ("json_run", "The whole run: header, findings, inventory; it can be read back without loss."),
    "jsonl": ("json_run:lines", "One finding a line."),
    "csv": ("csv_table", "One finding a row, safe to open in a spreadsheet."),
    "csv-exact": ("csv_table:exact", "One finding a row, cells exactly as recorded."),
    "sarif": ("sarif", "SARIF 2.1.0, for code scanning and review tools."),
    "oscal": ("oscal", "OSCAL 1.1.3 assessment results, for authorisation packages."),
    "junit": ("junit", "JUnit XML, for pipelines: one test case a rule."),
    "ocsf": ("ocsf", "OCSF 1.5.0 compliance findings, for security data lakes."),
    "hdf": ("hdf", "Heimdall data format, for the Heimdall viewer."),
    "markdown": ("markdown", "A summary for a pull request."),
}


def render(source: ReportSource, name: str) -> Iterator[str]:
    """The run in the format `name`, piece by piece; raises UsageError for a format that is not in the table."""
    if name not in FORMATS:
        raise UsageError(f"there is no format {name!r}", where="--format", right="one of " + ", ".join(FORMATS))
    module, _, function = FORMATS[name][0].partition(":")
    make: Callable[[ReportSource], Iterator[str]] = getattr(
        import_module(f"auditor.report.formats.{module}"), function or "pieces"
    )
    return make(source)

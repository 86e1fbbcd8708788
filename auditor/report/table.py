"""All findings as CSV (RFC 4180), written by DuckDB, so that a million rows take seconds and little memory."""

import tempfile
from pathlib import Path

from auditor.report.source import ReportSource

_BAD = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{feff}]"
_PLAIN = ("room", "rule", "rule_version", "severity", "outcome", "subject_kind")
_TEXTS = ("subject", "message", "evidence", "reason", "waiver")
_KEYS = ("subject_digest", "fingerprint")
COLUMNS = (*_PLAIN, *_TEXTS, *_KEYS)


def write_csv(source: ReportSource, file: Path, *, exact: bool = False) -> int:
    """Write every finding to `file` and return how many there are.

    Unless `exact`, a cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    quoted = str(file).replace("'", "''")
    source.query(f"COPY ({_select(exact=exact)}) TO '{quoted}' (FORMAT csv, HEADER, QUOTE '\"', DELIMITER ',')")
    return int(source.query("SELECT count(*) FROM findings")[0][0])


def csv_bytes(source: ReportSource, *, exact: bool = False) -> bytes:
    """The same as `write_csv`, in memory."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "findings.csv"
        write_csv(source, file, exact=exact)
        return file.read_bytes()


def _select(*, exact: bool) -> str:
    words = (
        "CASE severity WHEN 0 THEN 'info' WHEN 1 THEN 'low' WHEN 2 THEN 'medium' WHEN 3 THEN 'high' ELSE 'critical' END"
    )
    evidence = (
        "array_to_string(list_transform(evidence, lambda e: "
        "concat(e.fact, CASE WHEN e.locator = '' THEN '' ELSE ' ' || e.locator END, ': ', e.masked)), '; ')"
    )
    sources = dict.fromkeys(COLUMNS, "") | {name: f'"{name}"' for name in COLUMNS}
    sources |= {"severity": words, "evidence": evidence}
    cells = [f"{_cell(sources[name], exact=exact)} AS {name}" for name in COLUMNS]
    return f"SELECT {', '.join(cells)} FROM findings"  # noqa: S608 - constants


def _cell(expression: str, *, exact: bool) -> str:
    clean = f"regexp_replace(CAST({expression} AS VARCHAR), '{_BAD}', '\N{REPLACEMENT CHARACTER}', 'g')"
    if exact:
        return clean
    return f"CASE WHEN regexp_matches({clean}, '^\\s*[=+@\\t\\r-]') THEN '''' || {clean} ELSE {clean} END"

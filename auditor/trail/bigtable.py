"""Large tables without damage go from file to event table inside DuckDB, in parallel, without a Python row."""

import csv
import io
from pathlib import Path

import pandas as pd

from auditor.trail.mapping import Mapping
from auditor.trail.reading import ReadLog
from auditor.trail.schema import COLUMNS
from auditor.trail.warehouse import Warehouse

_PIECE = 2 << 20


def sample(item: ReadLog) -> pd.DataFrame:
    """Rows from the start, the middle and the end of the table, under staging names."""
    mapping = _mapping(item)
    frames = []
    with Path(item.log.path).open("rb") as stream:
        for place in (0, item.size // 2, max(0, item.size - _PIECE)):
            stream.seek(place)
            text = stream.read(_PIECE).decode("utf-8", "replace")
            body = text.split("\n", 1)[-1].rsplit("\n", 1)[0]
            rows = [
                row
                for row in csv.reader(io.StringIO(body), delimiter=mapping.separator)
                if len(row) == len(mapping.header)
            ]
            frames.append(pd.DataFrame(rows, columns=list(mapping.header), dtype="object"))
    whole = pd.concat(frames)
    return pd.DataFrame({name: whole[mapping.columns[name]] if name in mapping.columns else "" for name in COLUMNS})


def source_sql(item: ReadLog, number: int) -> str:
    """SQL that reads the table under staging names; rows that do not fit are stored as rejects."""
    mapping = _mapping(item)
    columns = ", ".join(
        f'"{mapping.columns[name]}" AS "{name}"' if name in mapping.columns else f'NULL::VARCHAR AS "{name}"'
        for name in COLUMNS
    )
    types = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in mapping.header)
    return f"""SELECT {columns}, {number} AS file, NULL::BIGINT AS line FROM read_csv({_quoted(item.log.path)},
        columns = {{{types}}}, delim = {_quoted(mapping.separator)}, header = true, quote = '"', escape = '"',
        auto_detect = false,
        ignore_errors = true, store_rejects = true, max_line_size = 1048576)"""


def time_sql(item: ReadLog, frame: pd.DataFrame) -> str:
    """Shorter SQL of a moment for a table whose every sampled time is ISO 8601 in UTC; empty when it is not."""
    zoned = frame["time"].str.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?Z")
    if _mapping(item).format or not len(frame) or not bool(zoned.all()):
        return ""
    leap = "try_cast(replace(time, ':60', ':59') AS TIMESTAMP)"
    return f"{{'ts': coalesce(try_cast(time AS TIMESTAMP), {leap}), 'local': false}}"


def count(house: Warehouse, item: ReadLog, number: int) -> None:
    """Fill the log's tally: events, the header as no audit record, and the rows DuckDB refused."""
    tally = item.tally
    tally.events = int(house.value(f"SELECT count(*) FROM event_rows WHERE file = {number}"))
    refused = house.query(
        "SELECT line, min(error_type::VARCHAR) AS reason FROM reject_errors GROUP BY line ORDER BY line"
    )
    for row in refused.itertuples(index=False):
        tally.reject(int(row.line), "columns shifted or missing")
    tally.not_audit = 1
    tally.lines = tally.events + tally.rejections + 1
    house.con.execute("DELETE FROM reject_errors")


def _mapping(item: ReadLog) -> Mapping:
    if item.mapping is None:
        raise ValueError("a large table has a mapping")
    return item.mapping


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

"""The event table: staging rows of all formats become typed, UTC, canonical events in DuckDB."""

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from auditor.trail.schema import COLUMNS

MEMORY = "2500MB"
_IN_BRACKETS = r"[^\[(]+[\[(]([A-Za-z._-]*[0-9][A-Za-z0-9._-]*|[a-z][a-z._-]+)[\])]"
"""A name with its number or account behind it: `Doe, Jane [12345]`, `Doe, Jane (jdoe)`."""
_BARE = (
    "CASE WHEN right({0}, 1) IN (')', ']') "
    f"THEN coalesce(nullif(regexp_extract({{0}}, '^{_IN_BRACKETS}$', 1), ''), {{0}}) ELSE {{0}} END"
)
USER = f"nullif(lower(trim(split_part(split_part({_BARE}, '\\', -1), '@', 1))), '')"
PATIENT = (
    "CASE WHEN {0} IS NULL OR {0} = '' THEN NULL WHEN regexp_full_match({0}, '[1-9][0-9]*') THEN {0} "
    "WHEN regexp_full_match({0}, '0*[1-9][0-9]*') THEN ltrim({0}, '0') "
    f"ELSE coalesce(nullif(ltrim(upper(trim(split_part({_BARE}, '^', 1))), '0'), ''), left(trim({{0}}), 1)) END"
)
"""SQL that makes one spelling of a user or patient: name, domain, case, assigner and leading zeros go."""


class Warehouse:
    """A DuckDB database in memory; what does not fit spills into a private folder, removed on close. No network."""

    def __init__(self, threads: int = 0) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="auditor-trail-"))
        self.con = duckdb.connect()
        self.con.execute(
            f"SET memory_limit='{MEMORY}'; SET preserve_insertion_order=true; SET enable_progress_bar=false"
        )
        self.con.execute("SET temp_directory = '" + str(self._folder / "spill").replace("'", "''") + "'")
        if threads:
            self.con.execute(f"SET threads={threads}")
        self.steps: list[tuple[datetime, int]] = []
        columns = ", ".join(f'"{name}" VARCHAR' for name in COLUMNS)
        self.con.execute(f"CREATE TABLE staging ({columns}, file INTEGER, line BIGINT)")

    def __enter__(self) -> "Warehouse":
        return self

    def __exit__(self, *_: object) -> None:
        self.con.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def stage(self, tables: Iterable[pa.Table]) -> None:
        """Take staging rows."""
        for table in tables:
            if table.num_rows:
                self.con.register("incoming", table)
                self.con.execute("INSERT INTO staging SELECT * FROM incoming")
                self.con.unregister("incoming")

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """Run a query whose result is small; a frame."""
        return self.con.execute(sql, list(parameters)).df()

    def register(self, name: str, frame: pd.DataFrame) -> None:
        """Keep a frame as the table `name`."""
        self.con.register("_frame", frame)
        self.con.execute(f'CREATE OR REPLACE TABLE "{name}" AS SELECT * FROM _frame')
        self.con.unregister("_frame")

    def value(self, sql: str) -> Any:
        """The one value a query gives."""
        return self.con.execute(sql).fetchall()[0][0]

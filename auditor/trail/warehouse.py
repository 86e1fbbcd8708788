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
USER = (
    "nullif(lower(trim(CASE WHEN contains({0}, '\\') THEN split_part({0}, '\\', -1) "
    "WHEN contains({0}, '@') THEN split_part({0}, '@', 1) ELSE {0} END)), '')"
)
PATIENT = (
    "CASE WHEN {0} IS NULL OR {0} = '' THEN NULL WHEN regexp_full_match({0}, '[1-9][0-9]*') THEN {0} "
    "WHEN regexp_full_match({0}, '0*[1-9][0-9]*') THEN ltrim({0}, '0') "
    "ELSE coalesce(nullif(ltrim(upper(trim(split_part({0}, '^', 1))), '0'), ''), left(trim({0}), 1)) END"
)
"""SQL that makes one spelling of a user or patient: domain, case, assigner and leading zeros go."""


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

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
USUAL = ("read", "query", "retrieve", "store", "login", "logout", "begin", "network", "record", "import", "other")
"""Classes of the many events; what has another class stands in `rare` too."""
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

    def drop_repeated(self) -> int:
        """Take out records that stand in another file word for word (a rotated file read twice); how many there
        were."""
        self.con.execute(
            """CREATE OR REPLACE TEMP TABLE repeated AS SELECT ev FROM (
            SELECT e.ev, e.file, min(e.file) OVER w AS first, row_number() OVER (w ORDER BY e.ev) AS n FROM odd_rows e
            JOIN (SELECT source, seq FROM odd_rows GROUP BY source, seq HAVING min(file) <> max(file)) d
              ON d.source = e.source AND d.seq = e.seq
            WINDOW w AS (PARTITION BY e.source, e.seq, e.ts, e.usr, e.pat, e.class, e.ip, e.study)) WHERE n > 1 AND
            file <> first"""
        )
        count = int(self.value("SELECT count(*) FROM repeated"))
        if count:
            self.con.execute("DELETE FROM event_rows WHERE rowid IN (SELECT ev FROM repeated)")
            self.con.execute("DELETE FROM odd_rows WHERE ev IN (SELECT ev FROM repeated)")
        return count

    def survey(self) -> None:
        """Make what detectors sift by: `odd` (stretches of 32 numbers where one is missing, twice or out of time),
        `activity` (what each user did on each day) and `rare` (events of the classes that are few). Sources whose
        numbers run through others too are not sifted."""
        self.con.execute(
            """CREATE TABLE stretches AS SELECT source, bucket, count(*) AS n, sum(seq & 31) AS total, min(ts) AS t0,
            max(ts) AS t1,
            min(seq) AS s0, max(seq) AS s1 FROM events WHERE seq IS NOT NULL GROUP BY source, bucket"""
        )
        self.con.execute(
            """CREATE TABLE odd AS WITH s AS (SELECT *, max(t1) OVER (PARTITION BY source ORDER BY bucket ROWS BETWEEN
            UNBOUNDED PRECEDING
            AND 1 PRECEDING) AS before, lag(bucket) OVER (PARTITION BY source ORDER BY bucket) AS previous,
            row_number() OVER (PARTITION BY source ORDER BY bucket) AS place FROM stretches),
            o AS (SELECT source, place FROM s WHERE n <> 32 OR total <> 496 OR before > t0 + INTERVAL 10 MINUTE
            OR t1 - t0 > INTERVAL 10 MINUTE OR previous IS DISTINCT FROM bucket - 1),
            thin AS (SELECT source FROM stretches GROUP BY source HAVING sum(n) > 500000 AND sum(n) < 0.7 * (max(s1) -
            min(s0) + 1))
            SELECT s.source, s.bucket, s.place FROM s SEMI JOIN (SELECT source, place + d AS place FROM o,
            (VALUES (-1), (0), (1)) v(d)) n ON n.source = s.source AND n.place = s.place
            WHERE s.source NOT IN (SELECT source FROM thin)"""
        )
        self.con.execute(
            """CREATE TABLE odd_rows AS SELECT ev, source, bucket, seq, ts, lts, file, line, usr, pat, class, ip,
            study FROM events
            JOIN odd USING (source, bucket)"""
        )
        self.con.execute(
            "CREATE TABLE sources AS SELECT source, count(*) AS n, count(seq) AS numbered FROM events GROUP BY source"
        )
        self.con.execute(
            """CREATE TABLE activity AS SELECT usr, date_trunc('day', lts) AS day, min(ts) AS t0, max(ts) AS t1,
            count(*) AS n,
            min(ip) AS ip0, max(ip) AS ip1, count(*) FILTER (class = 'query') AS queries, count(*) FILTER (class =
            'retrieve') AS retrieves
            FROM events WHERE usr IS NOT NULL AND ok GROUP BY usr, date_trunc('day', lts)"""
        )
        usual = ", ".join(f"'{name}'" for name in USUAL)
        self.con.execute(f"CREATE TABLE rare AS SELECT * FROM events WHERE class NOT IN ({usual})")

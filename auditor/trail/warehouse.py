"""The event table: staging rows of all formats become typed, UTC, canonical events in DuckDB."""

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from auditor.trail import classes, moments
from auditor.trail.reading import ReadLog
from auditor.trail.schema import COLUMNS

MEMORY = "2500MB"
_HAS_ZONE = r"(?:[zZ]|UTC|[+-]\d{2}:?\d{2})$"
USER = (
    "nullif(lower(trim(CASE WHEN contains({0}, '\\') THEN split_part({0}, '\\', -1) "
    "WHEN contains({0}, '@') THEN split_part({0}, '@', 1) ELSE {0} END)), '')"
)
PATIENT = "nullif(coalesce(nullif(ltrim(upper(trim(split_part({0}, '^', 1))), '0'), ''), left(trim({0}), 1)), '')"
"""SQL that makes one spelling of a user or patient: domain, case, assigner and leading zeros go."""


class Warehouse:
    """A DuckDB database in a private temporary folder, removed on close. One writer, no network."""

    def __init__(self, threads: int = 0) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="auditor-trail-"))
        self.con = duckdb.connect(str(self._folder / "events.duckdb"))
        self.con.execute(
            f"SET memory_limit='{MEMORY}'; SET preserve_insertion_order=true; SET enable_progress_bar=false"
        )
        self.con.execute("SET temp_directory = '" + str(self._folder / "spill").replace("'", "''") + "'")
        if threads:
            self.con.execute(f"SET threads={threads}")
        columns = ", ".join(f'"{name}" VARCHAR' for name in COLUMNS)
        self.con.execute(f"CREATE TABLE staging ({columns}, file INTEGER, line BIGINT)")

    def __enter__(self) -> "Warehouse":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
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

    def build(self, items: Sequence[ReadLog], zones: dict[str, str], site_zone: str, now: datetime) -> None:
        """Make `events` out of `staging`: what has no readable time is taken out and counted as rejected."""
        self._classes()
        zone = self._zones(items, zones, site_zone)
        self.con.execute(
            f"""CREATE TABLE timed AS SELECT s.* EXCLUDE (clean, wall), CASE WHEN zoned
                THEN try_cast(clean AS TIMESTAMPTZ) AT TIME ZONE 'UTC' ELSE {zone} END AS ts, NOT zoned AS local
                FROM (SELECT *, CASE WHEN zoned THEN NULL ELSE try_cast(clean AS TIMESTAMP) END AS wall FROM
                (SELECT *, regexp_matches(time, '{_HAS_ZONE}') AS zoned,
                 regexp_replace(replace(time, ',', '.'), ':60(\\.|Z|\\+|-|$)', ':59\\1') AS clean FROM staging)) s"""
        )
        self._reject(items, "ts IS NULL", "time cannot be read")
        self.con.execute("DROP TABLE staging")
        self._events(site_zone)
        self.con.execute("DROP TABLE timed")
        self.con.execute("CREATE TABLE limits AS SELECT ? AS now", [now.astimezone(UTC).replace(tzinfo=None)])

    def _classes(self) -> None:
        combos = self.query(
            "SELECT DISTINCT coalesce(code,'') AS code, coalesce(type,'') AS type, coalesce(action,'') AS action,"
            " coalesce(outcome,'') AS outcome, coalesce(override,'') AS override FROM staging"
        )
        rows = []
        for row in combos.itertuples(index=False):
            name, code, kind = classes.classify(row.code, row.type, row.action)
            ok = classes.succeeded(row.outcome, row.code, row.type)
            rows.append((*row, name, code, kind, ok, classes.yes(row.override) or name == "override"))
        names = ["code", "type", "action", "outcome", "override", "class", "dcm", "dcm_type", "ok", "btg"]
        self.register("combos", pd.DataFrame(rows, columns=names).astype({"ok": bool, "btg": bool}))

    def _zones(self, items: Sequence[ReadLog], zones: dict[str, str], site_zone: str) -> str:
        """SQL of UTC for local times: the table's zone, else the source's, else the site's."""
        span = self.query("SELECT min(left(time, 4)) AS a, max(left(time, 4)) AS b FROM staging WHERE time IS NOT NULL")
        years = [int(year) for year in (span["a"][0], span["b"][0]) if isinstance(year, str) and year.isdigit()]
        first = datetime(max(1971, min(years, default=2000)), 1, 1, tzinfo=UTC)
        last = datetime(min(2100, max(years, default=2030)) + 1, 1, 1, tzinfo=UTC)
        if last.year - first.year > 40:
            first = datetime(last.year - 40, 1, 1, tzinfo=UTC)

        def sql(name: str) -> str:
            return moments.utc_sql("wall", moments.offsets(name, first, last))

        cases = [
            f"WHEN file = {number} THEN {sql(item.mapping.zone)}"
            for number, item in enumerate(items)
            if item.mapping and item.mapping.zone
        ]
        cases += [
            "WHEN lower(source) = '" + source.lower().replace("'", "''") + f"' THEN {sql(name)}"
            for source, name in zones.items()
            if moments.zone(name) and name != site_zone
        ]
        return f"CASE {' '.join(cases)} ELSE {sql(site_zone)} END" if cases else sql(site_zone)

    def _reject(self, items: Sequence[ReadLog], condition: str, reason: str) -> None:
        lost = self.query(f"SELECT file, line FROM timed WHERE {condition} ORDER BY file, line")
        for row in lost.itertuples(index=False):
            tally = items[int(row.file)].tally
            tally.events -= 1
            tally.reject(int(row.line), reason)
        if len(lost):
            self.con.execute(f"DELETE FROM timed WHERE {condition}")

    def _events(self, site_zone: str) -> None:
        span = self.query("SELECT min(ts) AS a, max(ts) AS b FROM timed")
        bounds = [
            moment.to_pydatetime().replace(tzinfo=UTC) for moment in (span["a"][0], span["b"][0]) if pd.notna(moment)
        ]
        steps = moments.offsets(site_zone, *bounds) if bounds else [(datetime(2000, 1, 1, tzinfo=UTC), 0)]
        user, patient = USER.format('"user"'), PATIENT.format("patient")
        self.con.execute(
            f"""CREATE TABLE events AS SELECT row_number() OVER () AS ev, ts, {moments.local_sql("ts", steps)} AS lts, coalesce(nullif(trim(source), ''), '?') AS source,
            try_cast(seq AS BIGINT) AS seq, c.class, c.dcm AS code, c.dcm_type AS type, c.ok, c.action,
            CASE WHEN c.btg THEN true ELSE false END AS btg,
            {user} AS usr, nullif(trim(ip), '') AS ip, nullif(trim(src_ae), '') AS src_ae, nullif(trim(dst_ae), '') AS dst_ae,
            {patient} AS pat, study, accession, greatest(coalesce(try_cast(instances AS BIGINT), 0), 0) AS instances,
            query, c.class = 'query' AND coalesce(regexp_matches(query, '(?i)(name|family|given|date|birth)[^=;&]*=[^;&]*'), false)
             AND NOT coalesce(regexp_matches(query, '(?i)(patientid|accession|uid)=[^*;&]+'), false) AS wide, media, purpose, received, local, file, line
            FROM timed t JOIN combos c ON coalesce(t.code,'') = c.code AND coalesce(t.type,'') = c.type
             AND coalesce(t.action,'') = c.action AND coalesce(t.outcome,'') = c.outcome AND coalesce(t.override,'') = c.override"""
        )

    def drop_repeated(self) -> int:
        """Take out records that stand in another file word for word (a rotated file read twice); how many there were."""
        before = self.con.execute("SELECT count(*) FROM events").fetchall()
        self.con.execute(
            """DELETE FROM events WHERE ev IN (SELECT ev FROM (SELECT ev, file, min(file) OVER w AS first, row_number() OVER (w ORDER BY ev) AS n FROM events
            WHERE seq IS NOT NULL AND (source, seq) IN (SELECT (source, seq) FROM events WHERE seq IS NOT NULL GROUP BY source, seq HAVING count(*) > 1)
            WINDOW w AS (PARTITION BY source, seq, ts, usr, pat, class, ip, study)) WHERE n > 1 AND file <> first)"""
        )
        after = self.con.execute("SELECT count(*) FROM events").fetchall()
        return int(before[0][0]) - int(after[0][0])

"""Makes `events` out of staging rows and of large tables: one SELECT, typed, UTC, canonical."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd

from auditor.trail import bigtable, classes, moments
from auditor.trail.reading import ReadLog
from auditor.trail.resources import table
from auditor.trail.slab import COMBO as _COMBO
from auditor.trail.slab import Slabs
from auditor.trail.twice import settle
from auditor.trail.warehouse import PATIENT, USER, Warehouse

_HAS_ZONE = r"(?:[zZ]|UTC|[+-]\d{2}:?\d{2}|:\d{2}(?:[.,]\d+)? ?[+-]\d{2})$"
_EVENT_ROWS = (
    "ts TIMESTAMP, local BOOLEAN, source VARCHAR, seq BIGINT, class event_class, ok BOOLEAN, btg BOOLEAN, usr VARCHAR,"
    " ip VARCHAR, src_ae VARCHAR, dst_ae VARCHAR, pat VARCHAR, study VARCHAR, accession VARCHAR, instances BIGINT,"
    " query VARCHAR, wide BOOLEAN, media VARCHAR, purpose VARCHAR, file INTEGER, line BIGINT"
)
_TEXT = r"regexp_replace(replace(time, ',', '.'), ':60(\.|Z|\+|-|$)', ':59\1')"
_TEXT = rf"regexp_replace({_TEXT}, ' ([+-]\d{{2}}:?\d{{0,2}}|Z)$', '\1')"
_NO_TIME = "(ts IS NULL OR ts NOT BETWEEN TIMESTAMP '0001-01-03' AND TIMESTAMP '9999-12-31')"
_WIDE = r"(?i)(name|family|given|date|birth)[^=;&]*=[^;&]*"
_EXACT = r"(?i)(patientid|accession|uid)=[^*;&]+"


def build(house: Warehouse, items: Sequence[ReadLog], zones: dict[str, str], site_zone: str, now: datetime) -> None:
    """Make `events`: what has no readable time is taken out and counted as rejected."""
    names = sorted({line[3] for line in table("codes")["classes"]} | {"other"})
    house.con.execute(f"CREATE TYPE event_class AS ENUM ({', '.join(repr(name) for name in names)})")
    house.con.execute(f"CREATE TABLE event_rows ({_EVENT_ROWS})")
    large = [(number, item) for number, item in enumerate(items) if item.large]
    span = _span(house, [year for _, item in large for year in bigtable.years(item)], now)
    house.steps = steps = moments.offsets(site_zone, *span)
    for number, item in large:
        _large(house, item, number, _clock(items, zones, site_zone, span, number=number))
    _combos(house)
    time = f"""CASE WHEN regexp_matches(time, '{_HAS_ZONE}')
        THEN {{'ts': try_cast({_TEXT} AS TIMESTAMPTZ) AT TIME ZONE 'UTC', 'local': false}}
        ELSE {{'ts': {_clock(items, zones, site_zone, span)}, 'local': true}} END"""
    house.con.execute(_typed(time))
    house.con.execute("DROP TABLE staging")
    lts = moments.local_sql("ts", steps)
    house.con.execute(f"CREATE VIEW events AS SELECT rowid AS ev, seq >> 5 AS bucket, {lts} AS lts, * FROM event_rows")
    _reject(house, items)
    settle(house, steps)
    house.con.execute("CREATE TABLE limits AS SELECT ?::TIMESTAMP AS now", [now.astimezone(UTC).replace(tzinfo=None)])


def _typed(time: str) -> str:
    """Fills event rows from staging. `time` is SQL for a STRUCT(ts, local)."""
    keys = " AND ".join(f"coalesce(t.{name}, '') = c.{name}" for name in _COMBO)
    return f"""INSERT INTO event_rows SELECT mo.ts, mo.local, coalesce(nullif(source, ''), '?'),
        try_cast(seq AS BIGINT), c.class, c.ok, {_emergency("c.btg")}, {USER.format('"user"')}, nullif(ip, ''),
        nullif(src_ae, ''), nullif(dst_ae, ''), {PATIENT.format("patient")}, study, accession,
        greatest(coalesce(try_cast(instances AS BIGINT), 0), 0), query, {_wide("c.class")}, media, purpose, file, line
        FROM (SELECT *, {time} AS mo FROM staging) t JOIN combos c ON {keys}"""


def _large(house: Warehouse, item: ReadLog, number: int, utc: str) -> None:
    """Fills event rows from a large table. `utc` is SQL that makes UTC of the local moment `ts`."""
    slabs = Slabs.of(item.mapping) if item.mapping else None
    if slabs is None:
        raise ValueError("a large table has a mapping that slabs can follow")
    big = bigtable.BigTable(item, number, slabs)
    house.con.register("slabs", big.reader())
    house.con.execute(
        f"""INSERT INTO event_rows SELECT CASE WHEN local THEN {utc} ELSE ts END, local, coalesce(source, '?'), seq,
        class, ok, {_emergency("btg")}, CASE WHEN "user" IS NULL THEN usr ELSE {USER.format('"user"')} END, ip, src_ae,
        dst_ae, CASE WHEN patient IS NULL THEN pat ELSE {PATIENT.format("patient")} END, study, accession,
        greatest(coalesce(instances, 0), 0), query, {_wide("class")}, media, purpose, {number}, line FROM slabs"""
    )
    house.con.unregister("slabs")
    house.stage(big.left)


def _emergency(flag: str) -> str:
    return f"{flag} OR coalesce(lower(purpose) IN ('btg', 'etreat'), false)"


def _wide(name: str) -> str:
    """SQL: a query over names or dates, and for no patient, study or order in particular."""
    return f"""CASE WHEN {name} = 'query' THEN coalesce(regexp_matches(query, '{_WIDE}'), false)
        AND NOT coalesce(regexp_matches(query, '{_EXACT}'), false) ELSE false END"""


def _clock(
    items: Sequence[ReadLog],
    zones: dict[str, str],
    site_zone: str,
    span: tuple[datetime, datetime],
    number: int | None = None,
) -> str:
    """SQL that makes UTC of a time without offset: the table's, the source's or the site's zone counts. Of `time` in
    staging, or of the moment `ts` in the slabs of the table `number`."""
    wall = f"try_cast({_TEXT} AS TIMESTAMP)" if number is None else "ts"

    def sql(name: str) -> str:
        return moments.utc_sql(wall, moments.offsets(name, *span))

    own = {place: item.mapping.zone for place, item in enumerate(items) if item.mapping and item.mapping.zone}
    if number is not None and number in own:
        return sql(own[number])
    cases = [f"WHEN file = {place} THEN {sql(zone)}" for place, zone in own.items() if number is None]
    cases += [
        "WHEN lower(source) = '" + source.lower().replace("'", "''") + f"' THEN {sql(name)}"
        for source, name in zones.items()
        if moments.zone(name) and name != site_zone
    ]
    return f"CASE {' '.join(cases)} ELSE {sql(site_zone)} END" if cases else sql(site_zone)


def _span(house: Warehouse, sampled: Sequence[int], now: datetime) -> tuple[datetime, datetime]:
    """First day of the first year and of the year after the last; at most forty years back, and not beyond the next."""
    row = house.query("SELECT min(left(time, 4)) AS a, max(left(time, 4)) AS b FROM staging WHERE time IS NOT NULL")
    years = [int(text) for text in (row["a"][0], row["b"][0]) if isinstance(text, str) and text.isdecimal()]
    years += sampled
    last = min(now.year + 1, max(years, default=now.year))
    first = min(last, max(1971, min(years, default=now.year), last - 40))
    return datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)


def _combos(house: Warehouse) -> None:
    """Judge every combination of codes in staging once."""
    listed = ", ".join(f"coalesce({name}, '') AS {name}" for name in _COMBO)
    found = house.query(f"SELECT DISTINCT {listed} FROM staging")
    judged = [classes.judge(*(str(value) for value in row)) for row in found.itertuples(index=False)]
    frame = found.astype(dict.fromkeys(_COMBO, "object")).assign(
        name=pd.Series([each.name for each in judged], dtype="object"),
        ok=pd.Series([each.ok for each in judged], dtype=bool),
        btg=pd.Series([each.override for each in judged], dtype=bool),
    )
    house.register("combos_text", frame)
    texts = ", ".join(f"{name}::VARCHAR AS {name}" for name in _COMBO)
    house.con.execute(
        f"CREATE TABLE combos AS SELECT {texts}, name::VARCHAR::event_class AS class, ok, btg FROM combos_text"
    )


def _reject(house: Warehouse, items: Sequence[ReadLog]) -> None:
    """Times that are none, or that no calendar of four-digit years can hold in every zone."""
    lost = house.query(f"SELECT file, line FROM event_rows WHERE {_NO_TIME} ORDER BY file, line")
    for row in lost.itertuples(index=False):
        tally = items[int(row.file)].tally
        tally.events -= 1
        tally.reject(int(row.line), "time cannot be read")
    if len(lost):
        house.con.execute(f"DELETE FROM event_rows WHERE {_NO_TIME}")

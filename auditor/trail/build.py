"""Makes `events` out of staging rows and of large tables: one SELECT, typed, UTC, canonical."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd

from auditor.trail import bigtable, classes, moments
from auditor.trail.reading import ReadLog
from auditor.trail.resources import table
from auditor.trail.twice import settle
from auditor.trail.warehouse import PATIENT, USER, Warehouse

_HAS_ZONE = r"(?:[zZ]|UTC|[+-]\d{2}:?\d{2})$"
_COMBO = ("code", "type", "action", "outcome", "override")
_CLOCK = r"regexp_replace(replace(time, ',', '.'), ':60(\.|Z|\+|-|$)', ':59\1')"
_WIDE = r"(?i)(name|family|given|date|birth)[^=;&]*=[^;&]*"
_EXACT = r"(?i)(patientid|accession|uid)=[^*;&]+"


def build(house: Warehouse, items: Sequence[ReadLog], zones: dict[str, str], site_zone: str, now: datetime) -> None:
    """Make `events`: what has no readable time is taken out and counted as rejected."""
    large = [(number, item) for number, item in enumerate(items) if item.large]
    samples = [bigtable.sample(item) for _, item in large]
    names = sorted({line[3] for line in table("codes")["classes"]} | {"other"})
    house.con.execute(f"CREATE TYPE event_class AS ENUM ({', '.join(repr(name) for name in names)})")
    _combos(house, samples)
    span = _span(house, samples)
    house.steps = steps = moments.offsets(site_zone, *span)
    house.con.execute(_select("SELECT * FROM staging", _time(items, zones, site_zone, span), steps, create=True))
    lines = []
    for (number, item), frame in zip(large, samples, strict=True):
        time = _time([item], {}, item.mapping.zone if item.mapping and item.mapping.zone else site_zone, span)
        fast = bigtable.time_sql(item, frame) or time
        base = int(house.value("SELECT coalesce(max(rowid), -1) FROM event_rows"))
        lines.append(f"WHEN {number} THEN rowid - {base} + 1")
        house.con.execute(_select(bigtable.source_sql(item, number), fast, steps, create=False))
        bigtable.count(house, item, number)
    house.con.execute("DROP TABLE staging")
    line = f"CASE file {' '.join(lines)} ELSE line END AS line" if lines else "line"
    house.con.execute(
        f"CREATE VIEW events AS SELECT rowid AS ev, seq >> 8 AS bucket, * EXCLUDE (line), {line} FROM event_rows"
    )
    _late_combos(house)
    _reject(house, items)
    settle(house, steps)
    house.con.execute("CREATE TABLE limits AS SELECT ?::TIMESTAMP AS now", [now.astimezone(UTC).replace(tzinfo=None)])


def _select(source: str, time: str, steps: list[tuple[datetime, int]], *, create: bool) -> str:
    """The SELECT that types staging columns. `time` is SQL for a STRUCT(ts, local)."""
    user, patient = USER.format('"user"'), PATIENT.format("patient")
    keys = " AND ".join(f"coalesce(t.{name}, '') = c.{name}" for name in _COMBO)
    verb = "CREATE TABLE event_rows AS" if create else "INSERT INTO event_rows"
    return f"""{verb} SELECT mo.ts AS ts, {moments.local_sql("mo.ts", steps)} AS lts,
        coalesce(nullif(source, ''), '?') AS source, try_cast(seq AS BIGINT) AS seq, c.class AS class,
        coalesce(c.dcm, t.code) AS code, coalesce(c.dcm_type, t.type) AS type, coalesce(c.ok, true) AS ok,
        CASE WHEN c.class IS NULL THEN t.action END AS action, CASE WHEN c.class IS NULL THEN t.outcome END AS
        outcome, coalesce(c.btg, false)
        OR coalesce(lower(purpose) IN ('btg', 'etreat'), false) AS btg, {user} AS usr, nullif(ip, '') AS ip,
        nullif(src_ae, '') AS src_ae, nullif(dst_ae, '') AS dst_ae, {patient} AS pat, study, accession,
        greatest(coalesce(try_cast(instances AS BIGINT), 0), 0) AS instances, query,
        c.class = 'query' AND coalesce(regexp_matches(query, '{_WIDE}'), false)
          AND NOT coalesce(regexp_matches(query, '{_EXACT}'), false) AS wide,
        media, purpose, received, mo.local AS local, file, line
        FROM (SELECT *, {time} AS mo FROM ({source})) t LEFT JOIN combos c ON {keys}"""


def _time(items: Sequence[ReadLog], zones: dict[str, str], site_zone: str, span: tuple[datetime, datetime]) -> str:
    """SQL of a moment: with an offset it is what it says; without, the table's, the source's or the
    site's zone counts."""
    wall = f"try_cast({_CLOCK} AS TIMESTAMP)"

    def sql(name: str) -> str:
        return moments.utc_sql(wall, moments.offsets(name, *span))

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
    local = f"CASE {' '.join(cases)} ELSE {sql(site_zone)} END" if cases else sql(site_zone)
    return f"""CASE WHEN regexp_matches(time, '{_HAS_ZONE}')
        THEN {{'ts': try_cast({_CLOCK} AS TIMESTAMPTZ) AT TIME ZONE 'UTC', 'local': false}}
        ELSE {{'ts': {local}, 'local': true}} END"""


def _span(house: Warehouse, samples: Sequence[pd.DataFrame]) -> tuple[datetime, datetime]:
    """First day of the first year and of the year after the last, between 1971 and 2100."""
    row = house.query("SELECT min(left(time, 4)) AS a, max(left(time, 4)) AS b FROM staging WHERE time IS NOT NULL")
    texts = [row["a"][0], row["b"][0], *(str(time)[:4] for frame in samples for time in frame["time"].iloc[[0, -1]])]
    years = [int(text) for text in texts if isinstance(text, str) and text.isdigit()]
    last = min(2099, max(years, default=2030))
    first = max(1971, min(years, default=2000), last - 40)
    return datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)


def _combos(house: Warehouse, samples: Sequence[pd.DataFrame]) -> None:
    listed = ", ".join(f"coalesce({name}, '') AS {name}" for name in _COMBO)
    found = [house.query(f"SELECT DISTINCT {listed} FROM staging")]
    found += [frame[list(_COMBO)].fillna("").drop_duplicates() for frame in samples]
    rows = [_classified(row) for row in pd.concat(found).drop_duplicates().itertuples(index=False)]
    names = [*_COMBO, "class", "dcm", "dcm_type", "ok", "btg"]
    texts = dict.fromkeys(names[:8], "object")
    house.register("combos_text", pd.DataFrame(rows, columns=names).astype({**texts, "ok": bool, "btg": bool}))
    house.con.execute("CREATE TABLE combos AS SELECT * REPLACE (class::event_class AS class) FROM combos_text")
    if not rows:
        house.con.execute(
            "CREATE OR REPLACE TABLE combos AS SELECT "
            + ", ".join(f"'' AS {n}" for n in names[:8])
            + ", true AS ok, false AS btg WHERE false"
        )


def _classified(row: object) -> tuple[object, ...]:
    code, kind, action, outcome, override = (str(value) for value in row)  # type: ignore[attr-defined]
    name, dcm, dcm_type = classes.classify(code, kind, action)
    ok = classes.succeeded(outcome, code, kind)
    return code, kind, action, outcome, override, name, dcm, dcm_type, ok, classes.yes(override) or name == "override"


def _late_combos(house: Warehouse) -> None:
    """Classify what no sample held."""
    late = house.query(
        "SELECT DISTINCT coalesce(code, '') AS code, coalesce(type, '') AS type, coalesce(action, '') AS action,"
        " coalesce(outcome, '') AS outcome, '' AS override FROM events WHERE class IS NULL"
    )
    for row in late.itertuples(index=False):
        known = _classified(row)
        house.con.execute(
            "UPDATE event_rows SET class = ?, code = ?, type = ?, ok = ?, wide = false "
            "WHERE class IS NULL AND coalesce(code, '') = ?"
            " AND coalesce(type, '') = ? AND coalesce(action, '') = ? AND coalesce(outcome, '') = ?",
            [known[5], known[6], known[7], known[8], *known[:4]],
        )


def _reject(house: Warehouse, items: Sequence[ReadLog]) -> None:
    lost = house.query("SELECT file, line FROM events WHERE ts IS NULL ORDER BY file, line LIMIT 1000000")
    for row in lost.itertuples(index=False):
        tally = items[int(row.file)].tally
        tally.events -= 1
        tally.reject(int(row.line), "time cannot be read")
    if len(lost):
        house.con.execute("DELETE FROM event_rows WHERE ts IS NULL")

"""Sifts events: stretches of numbers to look at closely, records that stand in two files, what each user did when."""

from auditor.trail.warehouse import Warehouse

USUAL = ("read", "query", "retrieve", "store", "login", "logout", "begin", "network", "record", "import", "other")
"""Classes of the many events; what has another class stands in `rare` too."""
_SAME = "source, seq, ts, usr, pat, class, ip, study"


def sift(house: Warehouse) -> None:
    """Make `stretches` of 32 numbers of a source, `odd` (those in which one is missing, twice or out of time, and their
    neighbours) and `odd_rows`, their events. Sources whose numbers run through others too are not sifted."""
    house.con.execute(
        """CREATE TABLE stretches AS SELECT source, bucket, count(*) AS n, sum(seq & 31) AS total, min(ts) AS t0,
        max(ts) AS t1,
        min(seq) AS s0, max(seq) AS s1 FROM events WHERE seq IS NOT NULL GROUP BY source, bucket"""
    )
    house.con.execute(
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
    house.con.execute(
        """CREATE TABLE odd_rows AS SELECT ev, source, bucket, seq, ts, lts, file, line, usr, pat, class, ip,
        study FROM events
        JOIN odd USING (source, bucket)"""
    )


def drop_repeated(house: Warehouse) -> dict[int, tuple[int, int]]:
    """Take out records that stand in another file word for word (a rotated file read twice): how many of each file,
    and the line of the first. Records without numbers are held against each other only where files overlap."""
    house.con.execute("CREATE OR REPLACE TEMP TABLE repeated (ev BIGINT, file INTEGER, line BIGINT)")
    _repeated(house, "odd_rows", "source, seq")
    if int(house.value("SELECT count(DISTINCT file) FROM events WHERE seq IS NULL")) > 1:
        _repeated(house, "(SELECT * FROM events WHERE seq IS NULL)", "source, ts")
    found = house.query("SELECT file, count(*) AS n, min(line) AS line FROM repeated GROUP BY file")
    if len(found):
        house.con.execute("DELETE FROM event_rows WHERE rowid IN (SELECT ev FROM repeated)")
        house.con.execute("DELETE FROM odd_rows WHERE ev IN (SELECT ev FROM repeated)")
    return {int(row.file): (int(row.n), int(row.line)) for row in found.itertuples(index=False)}


def _repeated(house: Warehouse, rows: str, key: str) -> None:
    """Of the rows that are the same but for their place, those that stand in a later file than the first of them."""
    house.con.execute(
        f"""INSERT INTO repeated SELECT ev, file, line FROM (
        SELECT e.ev, e.file, e.line, min(e.file) OVER w AS first FROM {rows} e
        SEMI JOIN (SELECT {key} FROM {rows} GROUP BY {key} HAVING min(file) <> max(file)) d USING ({key})
        WINDOW w AS (PARTITION BY {_SAME})) WHERE file <> first"""
    )


def survey(house: Warehouse) -> None:
    """Make `sources`, `activity` (what each user did on each day) and `rare` (events of the classes that are few)."""
    house.con.execute(
        "CREATE TABLE sources AS SELECT source, count(*) AS n, count(seq) AS numbered FROM events GROUP BY source"
    )
    house.con.execute(
        """CREATE TABLE activity AS SELECT usr, date_trunc('day', lts) AS day, min(ts) AS t0, max(ts) AS t1,
        count(*) AS n,
        min(ip) AS ip0, max(ip) AS ip1, count(*) FILTER (class = 'query') AS queries, count(*) FILTER (class =
        'retrieve') AS retrieves
        FROM events WHERE usr IS NOT NULL AND ok GROUP BY usr, date_trunc('day', lts)"""
    )
    usual = ", ".join(f"'{name}'" for name in USUAL)
    house.con.execute(f"CREATE TABLE rare AS SELECT * FROM events WHERE class NOT IN ({usual})")

"""Why an access was right: explicit joins over the context, each with its strength and the row that proves it."""

from auditor.trail import circles, excuses
from auditor.trail.moments import local_sql
from auditor.trail.resources import table
from auditor.trail.warehouse import Warehouse

ENOUGH = 0.5
"""Strength from which an access counts as explained."""
MARKED = f"""(strength < {ENOUGH}
 AND (usr NOT IN (SELECT usr FROM uncovered) OR name_searches > 0 OR btg > 0))"""
"""SQL: a touch to look at; of users whose work the context does not know, only searches by name and emergencies."""
WORK_TOUCHES, WORK_DAYS, UNCOVERED = 30, 5, 0.6
JOB_TOUCHES, COVERED = 100, 0.6
LEARNT, COLLEAGUES = 0.85, 0.75
FOUND_WITHIN = 3
"""Minutes in which a record is opened that a search by name has found."""


def explain(house: Warehouse, *, whole: bool, known: bool) -> None:
    """Make `touches` (one row a user, patient and local day), `reasons` (all that hold) and `explained` (the best).

    `whole` asks for all touches, `known` says that tables are there that say who treats whom. Of users whose work
    these do not know the circles are learnt, from all touches. Learnt reasons are judged after the joins, and can only
    lean on accesses that a join explained.
    """
    _touches(house, whole=whole)
    excuses.weigh(house)
    house.con.execute("CREATE OR REPLACE TABLE reasons (id BIGINT, reason VARCHAR, strength DOUBLE, proof VARCHAR)")
    _judge(house, "joined")
    _uncovered(house, known=known)
    circles.learn(house, "uncovered" if known and house.value("SELECT count(*) FROM stays") else "people")
    _judge(house, "circle")
    _judge(house, "learnt")
    kind = "TABLE" if house.value("SELECT count(*) FROM reasons") else "VIEW"
    house.con.execute(f"CREATE OR REPLACE {kind} unexplained AS SELECT * FROM judged WHERE strength < {ENOUGH}")
    _cover(house)


def _judge(house: Warehouse, kind: str) -> None:
    """Find all reasons of one kind, and then the best reason of each touch."""
    for name, spec in table("reasons").items():
        if spec.get("kind", "joined") == kind:
            house.con.execute(
                f"INSERT INTO reasons SELECT id, '{name}', {float(spec['strength'])}, min(proof) "
                f"FROM ({spec['sql']}) GROUP BY id"
            )
    house.con.execute(
        "CREATE OR REPLACE TABLE explained AS SELECT id, max(strength) AS strength, "
        "arg_max(reason, strength) AS reason,"
        " arg_max(proof, strength) AS proof, count(*) AS reasons FROM reasons GROUP BY id"
    )
    house.con.execute(
        """CREATE OR REPLACE VIEW judged AS SELECT t.*, coalesce(x.strength, 0) AS strength FROM touches t
        LEFT JOIN explained x USING (id)"""
    )


def _uncovered(house: Warehouse, *, known: bool) -> None:
    """`uncovered`: users most of whose work nothing explains, day after day: the context does not know their job.

    Where it explains less than that of all the work of a job, it knows none of those who have it, and where it does
    not say who treats whom, it knows nobody.
    That nothing explains one more of their accesses says little, so detectors ask for more where a user is in it.
    """
    house.con.execute(
        f"""CREATE OR REPLACE TABLE uncovered AS WITH work AS (SELECT usr, day, count(*) AS n,
        count(*) FILTER (strength >= {ENOUGH}) AS good FROM judged WHERE {known} AND reads + searches > 0
        GROUP BY usr, day)
        SELECT usr FROM people WHERE {not known}
        UNION SELECT usr FROM work GROUP BY usr HAVING sum(n) >= {WORK_TOUCHES} AND count(*) >= {WORK_DAYS}
        AND count(*) FILTER (2 * good < n) > {UNCOVERED} * count(*)
        UNION SELECT p.usr FROM people p SEMI JOIN (SELECT job FROM work JOIN people USING (usr) WHERE job <> ''
        GROUP BY job HAVING sum(n) >= {JOB_TOUCHES} AND count(DISTINCT usr) > 1 AND sum(good) < {COVERED} * sum(n)) j
        USING (job)"""
    )


def _cover(house: Warehouse) -> None:
    """Take out of `uncovered` the users nearly all of whose work their circle explains, day after day; and those of
    whose work it explains half, in a job most of whose people it knows: what is left of theirs is their own."""
    house.con.execute(
        f"""DELETE FROM uncovered WHERE usr IN (WITH work AS (SELECT usr, day, count(*) AS n,
        count(*) FILTER (strength >= {ENOUGH}) AS good FROM judged JOIN circles USING (id) GROUP BY usr, day),
        users AS (SELECT usr, job, sum(n) AS n, sum(good) AS good,
          count(*) FILTER (good >= {LEARNT} * n) >= {UNCOVERED} * count(*) AS sure
          FROM work JOIN people USING (usr) GROUP BY usr, job)
        SELECT usr FROM (SELECT *, avg(sure::INTEGER) OVER (PARTITION BY job) AS colleagues FROM users)
        WHERE sure OR (job <> '' AND colleagues >= {COLLEAGUES} AND 2 * good >= n))"""
    )


def _touches(house: Warehouse, *, whole: bool) -> None:
    """All touches, or, where nothing can explain any, those of days on which a user searched by name or broke the
    glass."""
    house.con.execute(
        "CREATE OR REPLACE TEMP TABLE curious AS SELECT DISTINCT usr, date_trunc('day', lts) AS day FROM events "
        "WHERE (wide OR btg) AND usr IS NOT NULL"
    )
    _blind(house)
    sift = "" if whole else " SEMI JOIN curious c ON c.usr = e.usr AND c.day = date_trunc('day', e.lts)"
    house.con.execute(
        f"""CREATE OR REPLACE TABLE touch_rows AS SELECT row_number() OVER () AS id, * FROM (
        SELECT e.usr, e.pat, date_trunc('day', lts) AS day, min(ts) AS ts0, max(ts) AS ts1, count(*) AS n,
        count(*) FILTER (class = 'read') AS reads, count(*) FILTER (class = 'query') AS searches,
        count(*) FILTER (wide) + coalesce(any_value(b.n), 0) AS name_searches, count(*) FILTER (btg) AS btg
        FROM events e{sift} LEFT JOIN (SELECT usr, pat, day, count(*) AS n FROM blind GROUP BY ALL) b
        ON b.usr = e.usr AND b.pat = e.pat AND b.day = date_trunc('day', e.lts)
        WHERE e.usr IS NOT NULL AND e.pat IS NOT NULL AND class IN
        ('read','query','retrieve','export','delete','override','store')
        GROUP BY e.usr, e.pat, date_trunc('day', lts))"""
    )
    first, last = local_sql("ts0", house.steps), local_sql("ts1", house.steps)
    house.con.execute(f"CREATE OR REPLACE VIEW touches AS SELECT *, {first} AS first, {last} AS last FROM touch_rows")


def _blind(house: Warehouse) -> None:
    """`blind`: searches by name that are logged without a patient, with the record that was opened next.

    A worklist is asked for by date or station, so it is none; what led to no record is left to other detectors.
    """
    house.con.execute(
        f"""CREATE OR REPLACE TABLE blind AS WITH asked AS (SELECT ev, usr, source, ts FROM events
        WHERE wide AND pat IS NULL AND usr IS NOT NULL AND regexp_matches(query, '(?i)(name|family|given)[^=;&]*=')
        AND NOT regexp_matches(query, '(?i)MWL|Scheduled'))
        SELECT a.ev, a.usr, r.pat, date_trunc('day', r.lts) AS day FROM asked a
        ASOF JOIN (SELECT usr, source, ts, lts, pat FROM events SEMI JOIN asked USING (usr, source)
        WHERE class = 'read' AND pat IS NOT NULL) r
        ON r.usr = a.usr AND r.source = a.source AND r.ts >= a.ts
        WHERE r.ts <= a.ts + INTERVAL {FOUND_WITHIN} MINUTE"""
    )


def sentence(reason: str) -> str:
    """What a reason says, in words."""
    return str(table("reasons")[reason]["says"])

"""Circles: with whom a user shares cases, learnt from the log alone, for users whose work the context does not know."""

from auditor.trail.warehouse import Warehouse

AROUND, MEETINGS = 3, 3
"""Days before and after in which two who open a record share a case, and days on which they must have met."""
CROWD = 60
"""A record that more people open within a few days is everybody's: nobody's circle shows in it."""
LEAST = 20
"""Touches below which a user's circle is not known."""
MOST = 3_000_000
"""Accesses above which a log is too long to learn from within a run."""


def learnable(house: Warehouse) -> bool:
    """Whether the log is short enough to learn from it though no context asks for every access."""
    return bool(
        house.value(
            f"SELECT count(*) <= {MOST} FROM events WHERE pat IS NOT NULL AND usr IS NOT NULL AND class <> 'store'"
        )
    )


def learn(house: Warehouse, among: str) -> None:
    """Make `circles`: of each touch of the users of the table `among`, how many of the user's circle were on the case,
    and their `share`: 1 is the middle of the user's own touches.

    Each of the circle weighs as much as the share of a day's patients that both open, on the average of the user's
    other days, so that one day out of the ordinary makes no circle of its own. Users who work alone, so that the
    middle is nothing, are not in it, and nobody is where there is too much to learn from.
    """
    if house.value("SELECT count(*) FROM touch_rows") > MOST:
        among = "(SELECT usr FROM people WHERE false)"
    house.con.execute(
        f"""CREATE OR REPLACE TEMP TABLE met AS WITH open AS (SELECT id, usr, pat, day,
        date_diff('day', DATE '2000-01-01', day) // {AROUND + 1} AS span FROM touch_rows
        WHERE usr NOT IN (SELECT usr FROM people WHERE job IN ('service', 'training'))
        AND pat NOT IN (SELECT pat FROM touch_rows GROUP BY pat, date_trunc('week', day)
          HAVING count(DISTINCT usr) > {CROWD})),
        near AS (SELECT usr, pat, day, span + d AS span FROM open, (VALUES (-1), (0), (1)) v(d))
        SELECT DISTINCT a.id, a.usr, a.pat, a.day, b.usr AS other FROM open a SEMI JOIN {among} w USING (usr)
        JOIN near b ON b.pat = a.pat AND b.span = a.span AND b.usr <> a.usr
        WHERE b.day BETWEEN a.day - INTERVAL {AROUND} DAY AND a.day + INTERVAL {AROUND} DAY"""
    )
    house.con.execute(
        f"""CREATE OR REPLACE TABLE circles AS WITH days AS (SELECT usr, day, count(*) AS n,
          count(*) OVER (PARTITION BY usr) AS days, sum(count(*)) OVER (PARTITION BY usr) AS touches
          FROM touch_rows SEMI JOIN {among} USING (usr) GROUP BY usr, day),
        together AS (SELECT m.usr, m.other, m.day, count(*) / any_value(d.n) AS part, any_value(d.days) AS days
          FROM met m JOIN days d USING (usr, day) WHERE d.touches >= {LEAST} GROUP BY m.usr, m.other, m.day),
        circle AS (SELECT usr, other, day, (sum(part) OVER w - part) / greatest(1, days - 1) AS weight,
          count(*) OVER w AS meetings FROM together WINDOW w AS (PARTITION BY usr, other)),
        sums AS (SELECT m.id, count(*) AS people, sum(c.weight) AS weight FROM met m
          JOIN circle c USING (usr, other, day) WHERE c.meetings >= {MEETINGS} GROUP BY m.id),
        whole AS (SELECT t.id, coalesce(s.people, 0) AS people, coalesce(s.weight, 0) AS weight,
          median(coalesce(s.weight, 0)) OVER (PARTITION BY t.usr) AS middle FROM touch_rows t
          SEMI JOIN (SELECT usr FROM days WHERE touches >= {LEAST}) d USING (usr) LEFT JOIN sums s USING (id))
        SELECT id, people, weight / middle AS share FROM whole WHERE middle > 0"""
    )
    house.con.execute("DROP TABLE met")

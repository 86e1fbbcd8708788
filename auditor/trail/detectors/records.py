"""The records themselves: numbers that are missing, used twice with other contents, and clocks that jump."""

from datetime import timedelta

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import episodes, moment, numbers
from auditor.trail.incident import Incident

SILENCE = timedelta(minutes=75)
BACK = 600.0


def find(scene: Scene) -> list[Incident]:
    """Missing, altered, and clocks, by source; planned maintenance explains silence."""
    return [*_missing(scene), *_altered(scene), *_silent(scene), *_clock(scene)]


def _missing(scene: Scene) -> list[Incident]:
    """Gaps in the numbers of a source that begins to number at one place and goes on."""
    rows = scene.house.query(
        """WITH s AS (SELECT source, seq, min(ts) AS ts, min(lts) AS lts FROM events WHERE seq IS NOT NULL GROUP BY source, seq),
        g AS (SELECT source, seq, ts, lts, lag(seq) OVER w AS seq0, lag(ts) OVER w AS ts0, count(*) OVER (PARTITION BY source) AS total
        FROM s WINDOW w AS (PARTITION BY source ORDER BY seq))
        SELECT * FROM g e WHERE seq - seq0 > 1 AND total >= 100 AND seq - seq0 < total ORDER BY source, seq"""
    )
    found = []
    planned = scene.house.query('SELECT lower(source) AS source, start, "end" FROM c_maintenance')
    for source, gaps in rows.groupby("source"):
        if len(gaps) > 0.02 * gaps["total"].iloc[0]:
            continue
        for row in gaps.itertuples(index=False):
            lost = int(row.seq - row.seq0 - 1)
            start, end = sorted((moment(row.ts0), moment(row.ts)))
            inside = planned[
                (planned["source"] == str(source).lower())
                & (planned["start"] <= row.lts)
                & (planned["end"] >= row.lts - (row.ts - row.ts0))
            ]
            if len(inside):
                continue
            kind = "audit_gap" if end - start >= SILENCE else "rows_deleted"
            minutes = (end - start).total_seconds() / 60
            why = (f"{lost} record numbers are missing", f"nothing was recorded for {round(minutes)} minutes")
            found.append(
                Incident(
                    kind,
                    (str(source),),
                    start,
                    end,
                    lost,
                    0,
                    (),
                    (),
                    min(90.0, 60 + lost / 5),
                    why,
                    measures={"minutes": minutes},
                    story=f"missing|{source}|{int(row.seq0)}",
                )
            )
    return found


def _altered(scene: Scene) -> list[Incident]:
    rows = episodes(
        scene.house,
        """SELECT e.ev, e.ts, e.pat, e.source, e.seq FROM events e JOIN (SELECT source, seq FROM events WHERE seq IS NOT NULL
        GROUP BY source, seq HAVING count(DISTINCT (coalesce(usr,''), coalesce(pat,''), class, coalesce(ip,''), coalesce(study,''), ts)) > 1) d
        ON d.source = e.source AND d.seq = e.seq""",
        "source",
        180,
        "count(DISTINCT seq) AS seqs",
    )
    return [
        Incident(
            "record_altered_duplicate_id",
            (row.source,),
            moment(row.t0),
            moment(row.t1),
            int(row.seqs),
            int(row.n),
            numbers(row.evs),
            (),
            80.0,
            (f"{row.seqs} record numbers stand twice with different contents",),
        )
        for row in rows.itertuples(index=False)
    ]


def _silent(scene: Scene) -> list[Incident]:
    """Silence of sources that do not number their records, against what is usual at that time of day."""
    rows = scene.house.query(
        """WITH u AS (SELECT source FROM events GROUP BY source HAVING count(seq) < 0.5 * count(*) AND count(*) >= 500),
        g AS (SELECT e.source, e.ts, e.lts, lag(e.ts) OVER (PARTITION BY e.source ORDER BY e.ts) AS ts0 FROM events e JOIN u USING (source)),
        d AS (SELECT *, date_diff('second', ts0, ts) AS gap FROM g WHERE ts0 IS NOT NULL),
        q AS (SELECT source, quantile_cont(gap, 0.995) AS usual FROM d GROUP BY source)
        SELECT d.* , q.usual FROM d JOIN q USING (source) WHERE gap > greatest(5400, 12 * usual) ORDER BY gap DESC LIMIT 20"""
    )
    return [
        Incident(
            "audit_gap",
            (row.source,),
            moment(row.ts0),
            moment(row.ts),
            row.gap / 60,
            0,
            (),
            (),
            50.0,
            (f"nothing was recorded for {round(row.gap / 60)} minutes, far longer than usual",),
            measures={"minutes": row.gap / 60},
        )
        for row in rows.itertuples(index=False)
    ]


def _clock(scene: Scene) -> list[Incident]:
    """Time that runs backwards while numbers run on: a clock set back, and set right again later."""
    jumps = scene.house.query(
        f"""WITH s AS (SELECT ev, source, seq, ts, file, line FROM events WHERE seq IS NOT NULL),
        d AS (SELECT *, date_diff('millisecond', lag(ts) OVER w, ts) / 1000.0 AS step, lag(ts) OVER w AS ts0,
        row_number() OVER w AS place FROM s WINDOW w AS (PARTITION BY source ORDER BY seq, ts)),
        b AS (SELECT * FROM d WHERE step < -{BACK}) SELECT * FROM b ORDER BY source, seq"""
    )
    found = []
    for source, steps in jumps.groupby("source"):
        if len(steps) > 10:
            continue
        for row in steps.itertuples(index=False):
            back = -float(row.step)
            end = _righted(scene, str(source), int(row.seq), back)
            start, stop = moment(row.ts), moment(end) if end is not None else moment(row.ts) + timedelta(hours=12)
            why = (f"the clock went back by {round(back / 60)} minutes while records went on",)
            found.append(
                Incident(
                    "clock_skew",
                    (str(source),),
                    start,
                    max(start, stop),
                    back / 60,
                    0,
                    (),
                    (),
                    60.0,
                    why,
                    story=f"clock|{source}|{int(row.seq)}",
                )
            )
    return found + _early_jobs(scene, {incident.entities[0] for incident in found})


def _righted(scene: Scene, source: str, seq: int, back: float) -> object | None:
    """The last moment before the clock jumps forward again by about what it lost."""
    rows = scene.house.query(
        """WITH d AS (SELECT seq, lag(ts) OVER (ORDER BY seq, ts) AS ts0, date_diff('millisecond', lag(ts) OVER (ORDER BY seq, ts), ts) / 1000.0 AS step
        FROM events WHERE source = ? AND seq >= ?) SELECT ts0, step FROM d WHERE step > ? ORDER BY seq LIMIT 1""",
        [source, seq, back * 0.8],
    )
    return None if rows.empty else rows["ts0"][0]


def _early_jobs(scene: Scene, told: set[str]) -> list[Incident]:
    """A nightly job that is logged far off the minute at which it always starts."""
    rows = scene.house.query(
        """SELECT e.source, e.usr, date_trunc('day', e.lts + INTERVAL 6 HOUR) AS day, min(e.ts) AS ts, max(e.ts) AS t1,
        date_diff('second', date_trunc('day', min(e.lts) + INTERVAL 6 HOUR), min(e.lts) + INTERVAL 6 HOUR) AS second FROM events e JOIN people p ON p.usr = e.usr AND p.job = 'service'
        WHERE e.class IN ('store','retrieve') GROUP BY ALL HAVING count(*) >= 10"""
    )
    found = []
    for (source, _), days in rows.groupby(["source", "usr"]):
        if len(days) < 10:
            continue
        middle = days["second"].median()
        spread = (days["second"] - middle).abs().median()
        for row in days.itertuples(index=False):
            off = row.second - middle
            if abs(off) > max(1800.0, 8 * spread) and spread < 900:
                why = (
                    f"a nightly job is logged {round(abs(off) / 60)} minutes {'before' if off < 0 else 'after'} its usual time",
                )
                found.append(
                    Incident(
                        "clock_skew",
                        (str(source),),
                        moment(row.ts),
                        moment(row.t1),
                        abs(off) / 60,
                        0,
                        (),
                        (),
                        45.0,
                        why,
                    )
                )
    return found

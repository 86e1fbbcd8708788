"""The records themselves: numbers that are missing, used twice with other contents, and clocks that jump."""

from bisect import bisect_left
from datetime import timedelta
from typing import Any

import pandas as pd

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import episodes, moment, numbers
from auditor.trail.incident import Incident

SILENCE = pd.Timedelta(minutes=75)
TOGETHER = pd.Timedelta(hours=2)
BACK, AHEAD = 600.0, 1.5
"""Seconds that a clock must go back, and how many times as far it may have jumped ahead before."""
EXPECTED = 14.0
PAUSE, LONGER = 40, 1.5
"""Minutes of silence worth a look, and how many times the pauses of other days it must last."""
BESIDE, LEAST_BESIDE, OFTEN = 28, 3, 0.1
"""Days before and after to compare with, how many are enough, and the share of them that may be silent too."""


def find(scene: Scene) -> list[Incident]:
    """Missing, altered, and clocks, by source; planned maintenance explains silence."""
    return [*_missing(scene), *_altered(scene), *_silent(scene), *_clock(scene)]


def _missing(scene: Scene) -> list[Incident]:
    """Gaps in the numbers of a source, rejected lines between and planned maintenance left out."""
    rows = scene.house.query(
        """WITH s AS (SELECT source, seq, min(ts) AS ts, min(lts) AS lts, min(file) AS file, min(line) AS line
          FROM odd_rows GROUP BY source, seq),
        totals AS (SELECT source, sum(n) AS total FROM stretches GROUP BY source),
        g AS (SELECT *, lag(seq) OVER w AS seq0, lag(ts) OVER w AS ts0, lag(lts) OVER w AS lts0, lag(file) OVER w AS
        file0,
          lag(line) OVER w AS line0, total, lag(place) OVER w AS place0
          FROM s JOIN totals USING (source) JOIN odd b ON b.source = s.source AND b.bucket = s.seq >> 5 WINDOW w AS
          (PARTITION BY s.source ORDER BY seq))
        SELECT * FROM g e WHERE seq - seq0 > 1 AND place - place0 <= 1 AND total >= 100 AND seq - seq0 < total
          AND NOT EXISTS (SELECT 1 FROM c_maintenance m WHERE lower(m.source) = lower(e.source)
            AND m.start <= e.lts AND m."end" >= e.lts0) ORDER BY source, seq"""
    )
    found = []
    for source, gaps in rows.groupby("source"):
        if len(gaps) > max(20, 0.02 * gaps["total"].iloc[0]):
            continue
        found += _gaps(scene, str(source), gaps)
    return found


def _gaps(scene: Scene, source: str, gaps: pd.DataFrame) -> list[Incident]:
    """Holes close to each other are one story: records that were picked out leave many."""
    lost = gaps.assign(lost=[int(row.seq - row.seq0 - 1) - _rejected(scene, row) for row in gaps.itertuples()])
    real = lost[lost["lost"] > 0].sort_values("seq")
    story = (real["ts0"] - real["ts"].shift() > TOGETHER).cumsum()
    return [_gap(source, part) for _, part in real.groupby(story)]


def _gap(source: str, part: pd.DataFrame) -> Incident:
    lost, first = int(part["lost"].sum()), part.iloc[0]
    start, end = sorted((moment(part[["ts", "ts0"]].min().min()), moment(part[["ts", "ts0"]].max().max())))
    longest = (part["ts"] - part["ts0"]).max()
    minutes = (end - start).total_seconds() / 60
    kind = "audit_gap" if longest >= SILENCE else "rows_deleted"
    silent = f"nothing was recorded for {round(longest.total_seconds() / 60)} minutes"
    why = (f"{lost} record numbers are missing", silent if len(part) == 1 else f"in {len(part)} places")
    return Incident(
        kind,
        (source,),
        start,
        end,
        lost,
        0,
        (),
        (),
        min(90.0, 60 + lost / 5),
        why,
        story=f"missing|{source}|{int(first['seq0'])}",
        measures={"minutes": minutes, "places": float(len(part))},
    )


def _rejected(scene: Scene, row: Any) -> int:
    """How many rejected lines lie between two records, whose numbers are therefore not missing."""
    one, two = scene.rejected.get(int(row.file0), ()), scene.rejected.get(int(row.file), ())
    if row.file == row.file0:
        return max(0, bisect_left(one, int(row.line)) - bisect_left(one, int(row.line0)))
    return len(one) - bisect_left(one, int(row.line0)) + bisect_left(two, int(row.line))


def _altered(scene: Scene) -> list[Incident]:
    rows = episodes(
        scene.house,
        """SELECT e.ev, e.ts, e.pat, e.source, e.seq FROM odd_rows e JOIN (SELECT source, seq FROM odd_rows
        GROUP BY source, seq HAVING count(DISTINCT (coalesce(usr,''), coalesce(pat,''), class, coalesce(ip,''),
        coalesce(study,''), ts)) > 1) d
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
    """Silence of sources that do not number their records, where it is much longer than on other days."""
    counts = scene.house.query(
        """WITH u AS (SELECT source FROM sources WHERE numbered < 0.5 * n AND n >= 300)
        SELECT e.source, date_trunc('hour', e.lts) AS hour, count(*) AS n FROM events e JOIN u USING (source) GROUP BY
        ALL"""
    )
    found = []
    for source, hours in counts.groupby("source"):
        rate = _usual_rate(hours.set_index("hour")["n"])
        pauses = scene.house.query(
            f"""SELECT *, EXISTS (SELECT 1 FROM c_maintenance m WHERE lower(m.source) = lower(?) AND m.start <= e.lts
            AND m."end" >= e.lts0) AS planned FROM (SELECT ts, lts, lag(ts) OVER w AS ts0, lag(lts) OVER w AS lts0
            FROM events WHERE source = ? WINDOW w AS (ORDER BY ts)) e
            WHERE ts - ts0 > INTERVAL {int(PAUSE / LONGER)} MINUTE""",
            [source, source],
        )
        known = hours["hour"].min(), hours["hour"].max() + pd.Timedelta(hours=1)
        long = pauses["ts"] - pauses["ts0"] > pd.Timedelta(minutes=PAUSE)
        for row in pauses[long & ~pauses["planned"].astype(bool)].itertuples(index=False):
            expected = _expected(rate, row.lts0, row.lts)
            if expected < EXPECTED or _usual_pause(pauses, row.lts0, row.lts, known):
                continue
            minutes = (row.ts - row.ts0).total_seconds() / 60
            why = (
                f"nothing was recorded for {round(minutes)} minutes, where about {round(expected)} records are usual",
            )
            found.append(
                Incident("audit_gap", (str(source),), moment(row.ts0), moment(row.ts), minutes, 0, (), (), 55.0, why)
            )
    return found


def _usual_rate(counts: "pd.Series[float]") -> "pd.Series[float]":
    """Median records an hour, by (weekend, hour of day)."""
    full = counts.reindex(pd.date_range(counts.index.min(), counts.index.max(), freq="h"), fill_value=0)
    return full.groupby([full.index.day_of_week >= 5, full.index.hour]).median()


def _usual_pause(pauses: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, known: tuple[Any, Any]) -> bool:
    """Whether pauses nearly as long meet the same hours of other days of the kind, or there are too few days to tell.

    Log-ins come in bursts and archives work at night: a mean rate alone takes their pauses for silence. What lasts a
    day or more is held against the same day of the week.
    """
    length, alike = end - start, []
    near = pauses[(pauses["lts"] - pauses["lts0"]) * LONGER > length]
    for days in (pd.Timedelta(days=number) for number in range(-BESIDE, BESIDE + 1)):
        begin, over = start + days, end + days
        kind = (
            days.days % 7 == 0 if length >= pd.Timedelta(days=1) else (begin.day_of_week > 4) == (start.day_of_week > 4)
        )
        if kind and begin >= known[0] and over <= known[1] and (over <= start or begin >= end):
            alike.append(bool(((near["lts0"] < over) & (near["lts"] > begin) & (near["lts0"] != start)).any()))
    return len(alike) < LEAST_BESIDE or sum(alike) > OFTEN * len(alike)


def _expected(rate: "pd.Series[float]", start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Records to be expected between two local moments."""
    total, moment_ = 0.0, start
    while moment_ < end and total < 10 * EXPECTED:
        following = min(end, moment_.floor("h") + pd.Timedelta(hours=1))
        usual = rate.get((moment_.day_of_week >= 5, moment_.hour), 0.0)
        total += float(usual) * (following - moment_).total_seconds() / 3600
        moment_ = following
    return total


def _clock(scene: Scene) -> list[Incident]:
    """Time that runs backwards while numbers run on: a clock set back, and set right again later."""
    jumps = scene.house.query(
        f"""WITH s AS (SELECT ev, source, seq, ts, file, line FROM odd_rows),
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
            ahead = _ahead(scene, str(source), int(row.seq), back)
            if ahead is not None and moment(row.ts0) - moment(ahead) < stop - start:
                start, stop = moment(ahead), moment(row.ts0)
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
        """WITH d AS (SELECT seq, lag(ts) OVER (ORDER BY seq, ts) AS ts0, date_diff('millisecond', lag(ts) OVER (ORDER
        BY seq, ts), ts) / 1000.0 AS step
        FROM events WHERE source = ? AND seq >= ?) SELECT ts0, step FROM d WHERE step > ? ORDER BY seq LIMIT 1""",
        [source, seq, back * 0.8],
    )
    return None if rows.empty else rows["ts0"][0]


def _ahead(scene: Scene, source: str, seq: int, back: float) -> object | None:
    """The last moment of the day before at which the clock had jumped ahead by about what it went back: what is set
    right then is a clock that ran ahead."""
    rows = scene.house.query(
        """WITH d AS (SELECT seq, ts, date_diff('millisecond', lag(ts) OVER (ORDER BY seq, ts), ts) / 1000.0 AS step
        FROM events WHERE source = ? AND seq < ? AND seq > ? - 20000)
        SELECT ts FROM d WHERE step BETWEEN ? AND ? AND ts > (SELECT max(ts) FROM d) - INTERVAL 1 DAY
        ORDER BY seq DESC LIMIT 1""",
        [source, seq, seq, back, back * AHEAD],
    )
    return None if rows.empty else rows["ts"][0]


def _early_jobs(scene: Scene, told: set[str]) -> list[Incident]:
    """A nightly job that is logged far off the minute at which it always starts."""
    rows = scene.house.query(
        """SELECT e.source, e.usr, date_trunc('day', e.lts + INTERVAL 6 HOUR) AS day, min(e.ts) AS ts, max(e.ts) AS t1,
        date_diff('second', date_trunc('day', min(e.lts) + INTERVAL 6 HOUR), min(e.lts) + INTERVAL 6 HOUR) AS second
        FROM events e JOIN people p ON p.usr = e.usr AND p.job = 'service'
        WHERE e.class IN ('store','retrieve') GROUP BY ALL HAVING count(*) >= 10"""
    )
    found = []
    for (source, _), days in rows.groupby(["source", "usr"]):
        if len(days) < 10:
            continue
        middle = days["second"].median()
        spread = (days["second"] - middle).abs().median()
        ordered = days.sort_values("ts")
        following = ordered["ts"].shift(-1)
        for place, row in enumerate(ordered.itertuples(index=False)):
            off = row.second - middle
            if abs(off) > max(1800.0, 8 * spread) and spread < 900:
                right = following.iloc[place]
                until = right if pd.notna(right) and right - row.ts < pd.Timedelta(hours=30) else row.t1
                why = (
                    f"a nightly job is logged {round(abs(off) / 60)} minutes {'before' if off < 0 else 'after'} "
                    "its usual time",
                )
                found.append(
                    Incident(
                        "clock_skew",
                        (str(source),),
                        moment(row.ts),
                        moment(until),
                        abs(off) / 60,
                        0,
                        (),
                        (),
                        45.0,
                        why,
                    )
                )
    return found

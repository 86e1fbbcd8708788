"""Tables for the report: when is looked, who and which department on which days, and who most without a reason.

Numbers and protected names only. An access counts as marked when it belongs to an incident, and, where there is a
context to explain accesses by, when nothing in it does though it knows the user's work.
"""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from auditor.model.ports import Protector
from auditor.model.views import Cell, Label, View, ViewKind
from auditor.trail.investigate import EXPLAINING, Investigation
from auditor.trail.reasons import MARKED

MOST = 20
DAYS, WEEKS = 62, 60
_SERVICES = "(SELECT usr FROM people WHERE job = 'service')"
_COUNTED = f"""sum(n)::BIGINT AS n, coalesce(sum(n) FILTER ({MARKED} OR (usr, pat, day) IN
 (SELECT usr, pat, day FROM told)), 0)::BIGINT AS odd"""
CROWD = 3
"""A department of at least so many people is shown by its name: it stands for nobody."""


def views(found: Investigation, protector: Protector) -> tuple[View, ...]:
    """All tables that have anything in them, in the order of `ViewKind`."""
    reasoned = bool(found.context.frames.keys() & EXPLAINING)
    _tell(found)
    days = _days(found, reasoned=reasoned)
    days = days[days["day"] <= found.house.value("SELECT now + INTERVAL 1 DAY FROM limits")]
    made = [_hours(found, reasoned=reasoned)]
    if len(days):
        people = found.house.query("SELECT usr, dept, job FROM people")
        whole = days.merge(people, on="usr", how="left")
        whole = whole[whole["job"] != "service"]
        spans = _spans(whole["day"])
        made.append(_by_day(ViewKind.USERS_BY_DAY, whole.assign(key=whole["usr"]), spans, found.zone, protector, {}))
        in_departments = whole[whole["dept"].fillna("") != ""]
        if len(in_departments):
            plain = _plain(people)
            keyed = in_departments.assign(key=in_departments["dept"])
            made.append(_by_day(ViewKind.DEPARTMENTS_BY_DAY, keyed, spans, found.zone, protector, plain))
        made.append(_worst(whole, found.zone, protector))
    return tuple(view for view in made if view.cells)


def _tell(found: Investigation) -> None:
    """Make `told`: the events of the incidents, each with user, patient and local day."""
    events = sorted({event for incident in found.incidents for event in incident.events})
    found.house.con.execute(
        """CREATE OR REPLACE TEMP TABLE told AS SELECT ev, usr, pat, date_trunc('day', lts) AS day FROM events
        WHERE ev IN (SELECT unnest(?::BIGINT[]))""",
        [events],
    )


def _days(found: Investigation, *, reasoned: bool) -> pd.DataFrame:
    """One row a user and local day: accesses `n`, and how many of them need a look, `odd`."""
    if reasoned:
        return found.house.query(f"SELECT usr, day, {_COUNTED} FROM judged GROUP BY usr, day")
    return found.house.query(
        """SELECT a.usr, a.day, a.n, coalesce(o.odd, 0) AS odd FROM activity a
        LEFT JOIN (SELECT usr, day, count(*) AS odd FROM told GROUP BY ALL) o ON o.usr = a.usr AND o.day = a.day"""
    )


def _hours(found: Investigation, *, reasoned: bool) -> View:
    """Accesses of people by weekday and hour of local time."""
    if reasoned:
        sql = f"""SELECT isodow(first) AS d, hour(first) AS h, {_COUNTED} FROM judged
        WHERE usr NOT IN {_SERVICES} GROUP BY ALL ORDER BY ALL"""
    else:
        sql = f"""SELECT isodow(lts) AS d, hour(lts) AS h, count(*) AS n,
        count(*) FILTER (ev IN (SELECT ev FROM told)) AS odd FROM events
        WHERE pat IS NOT NULL AND usr IS NOT NULL AND usr NOT IN {_SERVICES} GROUP BY ALL ORDER BY ALL"""
    rows = found.house.query(sql)
    cells = tuple(Cell(int(r.d) - 1, int(r.h), int(r.n), int(r.odd)) for r in rows.itertuples(index=False))
    weekdays = tuple(Label(str(number)) for number in range(1, 8))
    return View(ViewKind.ACCESS_HOURS, found.zone, weekdays, tuple(Label(f"{h:02d}") for h in range(24)), cells)


def _spans(days: "pd.Series[pd.Timestamp]") -> list[str]:
    """Every day from the first to the last, or every week when there are many; stray dates years away are left out."""
    last = days.quantile(0.999, interpolation="lower")
    first = days[days >= last - pd.Timedelta(weeks=WEEKS)].min()
    last = days[days <= last + pd.Timedelta(days=DAYS)].max()
    count = (last - first).days + 1
    every = [(first + pd.Timedelta(days=number)).date() for number in range(count)]
    return list(dict.fromkeys(_span(day, weeks=count > DAYS) for day in every))


def _span(day: date, *, weeks: bool) -> str:
    if not weeks:
        return day.isoformat()
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _by_day(
    kind: ViewKind, rows: pd.DataFrame, spans: Sequence[str], zone: str, protector: Protector, plain: dict[str, str]
) -> View:
    ranked = _ranked(rows)
    shown = list(ranked.index[:MOST])
    place, column = {key: n for n, key in enumerate(shown)}, {span: n for n, span in enumerate(spans)}
    kept = rows[rows["key"].isin(shown)]
    weeks = "W" in spans[0]
    kept = kept.assign(span=[_span(day.date(), weeks=weeks) for day in kept["day"]])
    sums = kept[kept["span"].isin(column)].groupby(["key", "span"])[["n", "odd"]].sum()
    cells = [Cell(place[key], column[span], int(row["n"]), int(row["odd"])) for (key, span), row in sums.iterrows()]
    labels = tuple(_label(key, protector, plain) for key in shown)
    ordered = tuple(sorted(cells, key=lambda cell: (cell.row, cell.column)))
    return View(kind, zone, labels, tuple(Label(span) for span in spans), ordered, len(ranked) - len(shown))


def _worst(rows: pd.DataFrame, zone: str, protector: Protector) -> View:
    ranked = _ranked(rows.assign(key=rows["usr"]))
    odd = ranked[ranked["odd"] > 0]
    shown = odd.head(MOST)
    labels = tuple(_label(str(key), protector, {}) for key in shown.index)
    cells = tuple(Cell(n, 0, int(row["n"]), int(row["odd"])) for n, (_, row) in enumerate(shown.iterrows()))
    return View(ViewKind.TOP_UNEXPLAINED, zone, labels, (Label("accesses"),), cells, len(odd) - len(shown))


def _ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """Most unexplained first, then most accesses, then by name."""
    sums = rows.groupby("key")[["n", "odd"]].sum().reset_index()
    return sums.sort_values(["odd", "n", "key"], ascending=[False, False, True]).set_index("key")


def _plain(people: pd.DataFrame) -> dict[str, str]:
    sizes = people.groupby("dept")["usr"].nunique()
    return {str(name): str(name) for name in sizes.index[sizes >= CROWD] if name}


def _label(key: str, protector: Protector, plain: dict[str, str]) -> Label:
    """A crowd by its name; anybody else masked, with the digest, whose beginning tells equal masks apart."""
    if key in plain:
        return Label(plain[key])
    digest = protector.digest(key)
    return Label(f"{protector.mask(key)} {digest[:6]}", digest)

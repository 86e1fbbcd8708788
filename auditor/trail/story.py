"""The story of one user and one patient, or of one user: every access, its best explanation and the rows that prove
it."""

from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

from auditor.trail.investigate import NEEDS_ALL, Investigation
from auditor.trail.moments import zone
from auditor.trail.reasons import ENOUGH, explain, sentence
from auditor.trail.resources import table
from auditor.trail.warehouse import PATIENT, USER

Show = Callable[[str], str]
SHOWN, RECORDS = 20, 8


def tell(found: Investigation, user: str, patient: str, show: Show) -> Iterator[str]:
    """The page, line by line; `show` displays a value (masked or raw). Says so when there is nothing to tell."""
    house = found.house
    if not found.context.frames.keys() & NEEDS_ALL:
        explain(house, whole=True, known=False)
    usr, pat = canonical(found, user, USER), canonical(found, patient, PATIENT)
    person = house.query("SELECT role, dept, job, known FROM people WHERE usr = ?", [usr])
    yield f"User {show(user)} and patient {show(patient)}"
    if len(person) and bool(person["known"][0]):
        yield f"  roster: {person['role'][0] or 'no role'} in {person['dept'][0] or 'no department'}"
    else:
        yield "  roster: this user is not in it"
    touches = house.query(
        "SELECT id, day, first, last, ts0, ts1, n, reads, searches, name_searches, btg FROM "
        "touches WHERE usr = ? AND pat = ? ORDER BY day",
        [usr, pat],
    )
    if touches.empty:
        yield "  There is no access of this user to this patient in the logs."
        return
    for row in touches.itertuples(index=False):
        yield ""
        yield (
            f"  {row.day:%a %Y-%m-%d} {row.first:%H:%M} to {row.last:%H:%M} ({found.zone}): "
            f"{counted(row.n, 'event')}, {row.reads} opened, "
            f"{row.searches} searched{', by name' if row.name_searches else ''}"
            f"{', emergency access' if row.btg else ''}"
        )
        yield from _duty(found, usr, row)
        yield from _reasons(found, int(row.id))
        yield from _records(found, usr, pat, row, show)
    yield ""
    yield from _around(found, usr, pat, show)
    used, missing = ", ".join(sorted(found.context.frames)), ", ".join(found.context.missing)
    yield f"  Context used: {used or 'none'}; missing: {missing or 'none'}."


def counted(number: int, word: str) -> str:
    """A number and its word, in the plural where it takes one."""
    return f"{number} {word}" + ("" if number == 1 else "s")


def _duty(found: Investigation, usr: str, row: Any) -> Iterator[str]:
    """Whether the user was on duty then, as far as shifts are known."""
    duties = found.house.query(
        "SELECT dept, on_call, begins, ends FROM duty WHERE usr = ? AND day BETWEEN ?::TIMESTAMP - INTERVAL 1 DAY "
        "AND ? ORDER BY on_call, begins",
        [usr, row.day, row.day],
    )
    if found.house.query("SELECT count(*) AS n FROM duty WHERE usr = ?", [usr])["n"][0] == 0:
        return
    there = [duty for duty in duties.itertuples(index=False) if duty.begins <= row.first <= duty.ends]
    if there:
        ward = f" in {there[0].dept}" if isinstance(there[0].dept, str) else ""
        call = "on call" if there[0].on_call else "on duty"
        yield f"    {call}{ward}, {there[0].begins:%a %H:%M} to {there[0].ends:%a %H:%M}"
    else:
        yield "    off duty, by the duty roster"


def _records(found: Investigation, usr: str, pat: str, row: Any, show: Show) -> Iterator[str]:
    """Where the records of the access stand, the first of them."""
    rows = found.house.query(
        "SELECT lts, source, seq, class AS what, file, line FROM events WHERE usr = ? AND pat = ? "
        "AND ts BETWEEN ? AND ? ORDER BY ts, ev",
        [usr, pat, row.ts0, row.ts1],
    )
    for event in rows.head(RECORDS).itertuples(index=False):
        number = f"{event.source}:{int(event.seq)}" if event.seq == event.seq else event.source
        name = show(found.logs[int(event.file)].log.name)
        where = f"{name}:{int(event.line)}" if event.line == event.line else name
        yield f"      {event.lts:%H:%M:%S}  {event.what:<10} {number}  {where}"
    if len(rows) > RECORDS:
        yield f"      and {len(rows) - RECORDS} more"


def canonical(found: Investigation, text: str, sql: str) -> str:
    """A user or patient in the spelling of the event table."""
    rows = found.house.con.execute(f"SELECT {sql.format('t')} FROM (SELECT ?::VARCHAR AS t)", [text]).fetchall()
    return str(rows[0][0] or "")


def _reasons(found: Investigation, touch: int) -> Iterator[str]:
    rows = found.house.query(
        "SELECT reason, strength, proof FROM reasons WHERE id = ? ORDER BY strength DESC, reason", [touch]
    )
    if not found.context.frames.keys() & NEEDS_ALL:
        yield "    no context was given that could explain it"
    elif rows.empty or float(rows["strength"][0]) < ENOUGH:
        yield "    nothing explains it enough"
    for row in rows.itertuples(index=False):
        word = "fully" if row.strength >= 0.9 else "well" if row.strength >= ENOUGH else "weakly"
        yield f"    {word}: {sentence(row.reason)} ({row.proof})"


def _around(found: Investigation, usr: str, pat: str, show: Show) -> Iterator[str]:
    """What else is known: incidents of the user, and how many others opened the patient."""
    others = found.house.query(
        "SELECT count(DISTINCT usr) AS users, count(DISTINCT usr) FILTER (id IN "
        "(SELECT id FROM unexplained)) AS odd FROM touches WHERE pat = ? AND usr "
        "<> ?",
        [pat, usr],
    )
    users, odd = others["users"][0], others["odd"][0]
    yield f"  The patient was opened by {counted(users, 'other user')}, {odd} of them without a reason that is known."
    mine = [incident for incident in found.incidents if usr in incident.entities]
    for incident in mine[:SHOWN]:
        about = pat in incident.patients
        kind, when = incident.kind.replace("_", " "), incident.start.astimezone(zone(found.zone) or UTC)
        yield f"  Incident{' about this patient' if about else ''}: {kind}, {when:%a %Y-%m-%d %H:%M}"
        if about:
            yield from (f"    why: {sentence}" for sentence in incident.why)
            yield from (f"    would explain it: {sentence}" for sentence in table("kinds").get(incident.kind, ()))
        else:
            yield f"    {'; '.join(incident.why)}"
    if not mine:
        yield f"  No incident is about {show(usr)}."

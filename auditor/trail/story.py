"""The story of one user and one patient, or of one user: every access, its best explanation and the rows that prove
it."""

from collections.abc import Callable, Iterator

from auditor.trail.investigate import NEEDS_ALL, Investigation
from auditor.trail.reasons import ENOUGH, explain, sentence
from auditor.trail.warehouse import PATIENT, USER

Show = Callable[[str], str]
SHOWN = 60


def tell(found: Investigation, user: str, patient: str, show: Show) -> Iterator[str]:
    """The page, line by line; `show` displays a value (masked or raw). Says so when there is nothing to tell."""
    house = found.house
    if not found.context.frames.keys() & NEEDS_ALL:
        explain(house, reasoned=True)
    usr, pat = canonical(found, user, USER), canonical(found, patient, PATIENT)
    person = house.query("SELECT role, dept, job, known FROM people WHERE usr = ?", [usr])
    yield f"User {show(user)} and patient {show(patient)}"
    if len(person) and bool(person["known"][0]):
        yield f"  roster: {person['role'][0] or 'no role'} in {person['dept'][0] or 'no department'}"
    else:
        yield "  roster: this user is not in it"
    touches = house.query(
        "SELECT id, day, first, last, n, reads, searches, name_searches, btg FROM "
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
            f"{row.n} events, {row.reads} opened, "
            f"{row.searches} searched{', by name' if row.name_searches else ''}"
            f"{', emergency access' if row.btg else ''}"
        )
        yield from _reasons(found, int(row.id))
    yield ""
    yield from _around(found, usr, pat, show)
    used, missing = ", ".join(sorted(found.context.frames)), ", ".join(found.context.missing)
    yield f"  Context used: {used or 'none'}; missing: {missing or 'none'}."


def canonical(found: Investigation, text: str, sql: str) -> str:
    """A user or patient in the spelling of the event table."""
    rows = found.house.con.execute(f"SELECT {sql.format('t')} FROM (SELECT ?::VARCHAR AS t)", [text]).fetchall()
    return str(rows[0][0] or "")


def _reasons(found: Investigation, touch: int) -> Iterator[str]:
    rows = found.house.query(
        "SELECT reason, strength, proof FROM reasons WHERE id = ? ORDER BY strength DESC, reason", [touch]
    )
    if rows.empty or float(rows["strength"][0]) < ENOUGH:
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
    yield f"  The patient was opened by {users} other users, {odd} of them without a reason that is known."
    mine = [incident for incident in found.incidents if usr in incident.entities]
    for incident in mine[:SHOWN]:
        about = " about this patient" if pat in incident.patients else ""
        kind, when = incident.kind.replace("_", " "), f"{incident.start:%Y-%m-%d %H:%M} UTC"
        yield f"  Incident{about}: {kind}, {when}: {'; '.join(incident.why)}"
    if not mine:
        yield f"  No incident is about {show(usr)}."

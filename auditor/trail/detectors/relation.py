"""Who the patient is to the user: self, family, former spouse, neighbour, co-worker; and VIPs and the deceased."""

import pandas as pd

from auditor.trail.detectors.context import Scene
from auditor.trail.detectors.episodes import moment, texts
from auditor.trail.detectors.touching import FAINT, REVIEWERS, events_of, material
from auditor.trail.incident import Incident
from auditor.trail.reasons import ENOUGH

KINDS = {
    "self": ("self_access", "the patient is the user"),
    "family": ("family_access", "the patient is of the user's family"),
    "former_spouse": ("former_spouse_access", "the patient lives where the user used to live"),
    "coworker": ("coworker_access", "the patient works in the same house"),
    "vip": ("vip_snoop", "the patient is a protected person"),
    "deceased": ("deceased_access", "the patient had died before"),
    "neighbour": ("neighbour_access", "the patient lives next door to the user"),
    "colleague": ("coworker_access", "the patient works in another part of the house"),
}
_CLOSE = ("self", "family", "former_spouse", "coworker", "colleague", "vip")
WARD = 0.7
"""A search by name for somebody close needs more than a reason that half the house has, where tables could give one:
the ward or the patient."""
RELATIVES, LODGERS = 5, 8
"""A contact's name that more patients give, or a staff member shares, and a house in which more patients live, prove no
family by themselves: then the record must have been searched for by name."""
EVIDENT, LIKELY = 10.0, 4.0
"""How many times oftener a relation must be met among accesses that nothing explains than among the others: for a
single look to tell a story, and for a second one where no context says who treats whom."""
ENOUGH_TO_COMPARE, PAUSE = 200, 14
"""Accesses with a reason that are enough to compare with, and days without a look that end a story."""
_NAME = "strip_accents(lower({0}.{1}family)) || '^' || strip_accents(lower({0}.{1}given))"
_SAME_PERSON = (
    "lower(strip_accents({0}.family)) = lower(strip_accents({1}.family)) AND {0}.dob = {1}.dob"
    " AND lower(strip_accents({0}.given)) = lower(strip_accents({1}.given))"
)
_HOME = (
    "strip_accents(lower({0}.street)) = strip_accents(lower({1}.street)) AND coalesce({0}.zip, '') = "
    "coalesce({1}.zip, '')"
)


def find(scene: Scene) -> list[Incident]:
    """Each unexplained touch gets the closest relation; a story is a user's relation without a pause of two
    weeks, a VIP's is one."""
    if not scene.has & {"roster", "patients"}:
        return []
    scene.house.register("related", _relations(scene))
    touches = material(scene, weak=True, among="t.id IN (SELECT id FROM related)")
    if touches.empty:
        return []
    related = scene.house.query("SELECT * FROM related").merge(touches, on="id")
    close = related["relation"].isin(_CLOSE) & (related["name_searches"] > 0)
    bold = scene.known & (related["strength"] < WARD) | (related["relation"] == "self") & (related["strength"] < 1)
    related = related[(related["strength"] < ENOUGH) | close & bold]
    related = related[related["sure"] & (related["share"] < FAINT) | (related["name_searches"] > 0)]
    if "approvals" not in scene.has:
        related = related[~(related["job"].isin(REVIEWERS) & related["relation"].isin(("vip", "deceased")))]
    related = related[related["covered"] | (related["relation"] == "self") | (related["name_searches"] > 0)]
    odds = _odds(scene)
    found: list[Incident] = []
    taken: set[int] = set()
    for relation in KINDS:
        part = related[(related["relation"] == relation) & ~related["id"].isin(taken)]
        for incident, ids in _stories(scene, relation, part, odds.get(relation, LIKELY)):
            found.append(incident)
            taken |= ids
    scene.claim(sorted(taken))
    return found


def _relations(scene: Scene) -> pd.DataFrame:
    same, name, contact = _SAME_PERSON.format("p", "r"), _NAME.format("r", ""), _NAME.format("p", "contact_")
    return scene.house.query(
        f"""WITH suspects AS (SELECT id, usr, pat, first FROM touches),
        homes AS (SELECT r."user" AS usr, p.patient AS pat, {_words("r.previous_address")} AS old_r,
          {_words("p.previous_address")} AS old_p, r.street AS street_r, r.house AS house_r, r.zip AS zip_r,
          p.street AS street_p, p.house AS house_p, p.zip AS zip_p
          FROM (SELECT DISTINCT usr, pat FROM suspects) s JOIN c_roster r ON r."user" = s.usr
          JOIN c_patients p ON p.patient = s.pat
          WHERE (r.previous_address IS NOT NULL AND p.street IS NOT NULL)
          OR (p.previous_address IS NOT NULL AND r.street IS NOT NULL)),
        staff AS (SELECT r."user" AS usr, {name} AS name, count(*) OVER (PARTITION BY {name}) AS namesakes
          FROM c_roster r),
        kin AS (SELECT p.patient AS pat, {contact} AS name, count(*) OVER (PARTITION BY {contact}) AS relatives
          FROM c_patients p),
        lodgers AS (SELECT *, count(*) OVER (PARTITION BY lower(house), lower(street), zip) AS n FROM c_patients)
        SELECT DISTINCT s.id, x.relation, x.sure FROM suspects s JOIN (
        SELECT r."user" AS usr, r.own_patient AS pat, 'self' AS relation, true AS sure FROM c_roster r
          WHERE r.own_patient IS NOT NULL
        UNION ALL SELECT r."user", p.patient, 'self', true FROM c_roster r JOIN c_patients p ON {same}
        UNION ALL SELECT r.usr, p.pat, 'family', namesakes = 1 AND relatives <= {RELATIVES}
          FROM staff r JOIN kin p USING (name)
        UNION ALL SELECT r."user", p.patient, 'family', p.n <= {LODGERS} FROM c_roster r JOIN lodgers p
          ON p.house = r.house AND {_HOME.format("p", "r")}
        UNION ALL SELECT usr, pat, 'former_spouse', true FROM homes WHERE street_p IS NOT NULL AND {_previous("r", "p")}
        UNION ALL SELECT usr, pat, 'former_spouse', true FROM homes WHERE street_r IS NOT NULL AND {_previous("p", "r")}
        UNION ALL SELECT r."user", p.patient, 'neighbour', true FROM c_roster r JOIN c_patients p
          ON {_HOME.format("p", "r")} AND abs(try_cast(regexp_extract(p.house, '\\d+') AS INT)
          - try_cast(regexp_extract(r.house, '\\d+') AS INT)) BETWEEN 1 AND 10
        ) x ON x.usr = s.usr AND x.pat = s.pat
        UNION SELECT s.id, {_nearness("o")}, true FROM suspects s JOIN people u ON u.usr = s.usr JOIN c_roster o ON
        o.own_patient = s.pat AND o."user" <> s.usr
        UNION SELECT s.id, {_nearness("r")}, true FROM suspects s JOIN people u ON u.usr = s.usr JOIN c_patients p ON
        p.patient = s.pat
          JOIN c_roster r ON {same} AND r."user" <> s.usr
        UNION SELECT s.id, 'vip', true FROM suspects s JOIN c_patients p ON p.patient = s.pat WHERE p.vip = '1'
        UNION SELECT s.id, 'deceased', true FROM suspects s JOIN c_patients p ON p.patient = s.pat WHERE p.deceased <
        s.first - INTERVAL 3 DAY"""
    )


def _nearness(other: str) -> str:
    """SQL: a co-worker is of the same department; a colleague of another one is farther than a neighbour."""
    return f"CASE WHEN lower(u.dept) = lower({other}.department) THEN 'coworker' ELSE 'colleague' END"


def _previous(owner: str, other: str) -> str:
    """SQL over `homes`: the other's address stands in the owner's former one, number and street in either order.

    Where the former address names a postcode of five digits or more, the other's must be among its words too.
    """
    address = f"old_{owner}"
    street, house = _words(f"street_{other}"), f"' ' || lower(coalesce(house_{other}, '')) || ' '"
    before, after = f"replace({house} || {street}, '  ', ' ')", f"replace({street} || {house}, '  ', ' ')"
    postcode = f"(zip_{other} IS NULL OR NOT regexp_matches({address}, ' [0-9]{{5,}} ') OR "
    postcode += f"contains({address}, ' ' || lower(zip_{other}) || ' '))"
    return f"(contains({address}, {before}) OR contains({address}, {after})) AND {postcode}"


def _words(text: str) -> str:
    """SQL: words in lower case without accents and signs, a blank before and after each."""
    plain = f"strip_accents(lower({text}))"
    return f"(' ' || trim(regexp_replace({plain}, '[^a-z0-9]+', ' ', 'g')) || ' ')"


def _odds(scene: Scene) -> dict[str, float]:
    """How many times oftener each relation is met among accesses that nothing explains than among the others, where
    there are enough of these to compare."""
    rows = scene.house.query(
        f"""WITH t AS (SELECT id, strength < {ENOUGH} AS odd FROM judged WHERE reads > 0
        AND usr NOT IN (SELECT usr FROM uncovered)
        AND usr NOT IN (SELECT usr FROM people WHERE job IN ('service', 'training'))),
        whole AS (SELECT count(*) FILTER (odd) AS odd, count(*) AS n FROM t)
        SELECT relation, count(*) FILTER (t.odd) / any_value(whole.odd) * any_value(whole.n - whole.odd)
        / (1 + count(*) FILTER (NOT t.odd)) AS odds FROM related JOIN t USING (id), whole GROUP BY relation
        HAVING any_value(whole.n - whole.odd) >= {ENOUGH_TO_COMPARE}"""
    )
    return dict(zip(rows["relation"], rows["odds"].fillna(0.0), strict=True))


def _stories(scene: Scene, relation: str, part: pd.DataFrame, odds: float) -> list[tuple[Incident, set[int]]]:
    kind, says = KINDS[relation]
    key = "pat" if relation in ("vip",) else "usr"
    stories = []
    for owner, rows in part.sort_values("first").groupby(key):
        pause = pd.Timedelta(days=400 if relation == "vip" else PAUSE)
        for _, story in rows.groupby((rows["first"].diff() > pause).cumsum()):
            if _weak(relation, story, odds, known="encounters" in scene.has):
                continue
            events = events_of(scene, story)
            users = tuple(story["usr"].drop_duplicates())
            why = (says, "nothing in the context explains the access", *_extras(story))
            score = min(
                95.0, 55 + 2.0 * int(story["n"].sum()) + (10 if story["name_searches"].sum() else 0) + 5 * len(users)
            )
            incident = Incident(
                kind,
                users,
                moment(story["ts0"].min()),
                moment(story["ts1"].max()),
                int(story["n"].sum()),
                len(events),
                events,
                texts(story["pat"].unique()),
                score,
                why,
                relation=relation,
                story=f"{kind}|{owner}|{'' if relation == 'vip' else story['day'].iloc[0].date()}",
            )
            stories.append((incident, set(story["id"])))
    return stories


def _weak(relation: str, story: pd.DataFrame, odds: float, *, known: bool) -> bool:
    """A single look without a search is what any doctor's day holds; it needs a closer relation to tell a story, or
    one that is hardly ever met where accesses have a reason."""
    if relation in ("self", "family", "former_spouse") or story["name_searches"].sum() > 0:
        return False
    single = int(story["n"].sum()) < 2 and story["usr"].nunique() < 2
    return odds < (EVIDENT if single else 0.0 if known else LIKELY)


def _extras(story: pd.DataFrame) -> tuple[str, ...]:
    return ("the record was searched for by name",) if story["name_searches"].sum() else ()

"""What was written as the reason of an emergency access, and whether it says anything."""

from auditor.trail.resources import table
from auditor.trail.warehouse import Warehouse

SHORTEST = 4
"""Letters below which a text gives no reason."""
COPIES, LEAST = 4, 10
"""Patients for whom one and the same text says nothing of any, where so many texts and more are each their own."""
_TEXT = "regexp_full_match(coalesce(purpose, ''), '[A-Z_]{2,10}') IS FALSE"


def weigh(house: Warehouse) -> None:
    """Make `hollow`: emergency accesses (user, patient, local day) of which a reason was asked and none was given.

    A reason is asked where most emergencies of a source have a text that is no code. None is given by an empty text, a
    few letters, one of the words in `data/excuses.yaml`, or, where people write texts of their own, by the same text
    for many patients.
    """
    words = ", ".join(f"'{word}'" for word in table("excuses")["words"])
    house.con.execute(
        f"""CREATE OR REPLACE TABLE hollow AS WITH said AS (SELECT source, usr, pat, date_trunc('day', lts) AS day,
        lower(trim(coalesce(purpose, ''))) AS text FROM events
        WHERE btg AND usr IS NOT NULL AND pat IS NOT NULL AND {_TEXT}),
        asking AS (SELECT source, count(DISTINCT text) >= 0.5 * count(DISTINCT pat) AND count(*) >= {LEAST} AS freely
          FROM said GROUP BY source HAVING count(*) FILTER (text <> '') > 0.5 * count(*)),
        copied AS (SELECT source, text FROM said GROUP BY source, text HAVING count(DISTINCT pat) >= {COPIES})
        SELECT s.usr, s.pat, s.day FROM said s JOIN asking a USING (source) LEFT JOIN copied c USING (source, text)
        GROUP BY s.usr, s.pat, s.day HAVING bool_and(length(regexp_replace(s.text, '[^\\pL]', '', 'g')) < {SHORTEST}
          OR s.text IN ({words}) OR len(list_distinct(string_split(s.text, ''))) < 3
          OR (a.freely AND c.text IS NOT NULL))"""
    )

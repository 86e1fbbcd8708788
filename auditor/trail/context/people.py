"""Who the users are: what their roles and accounts are for."""

import re

import pandas as pd

from auditor.trail.mapping import folded
from auditor.trail.resources import table
from auditor.trail.warehouse import Warehouse


def shelve(house: Warehouse) -> None:
    """`people`: one row a user with a job class; of those in no roster, only the name of the account tells."""
    known = house.query(
        """SELECT "user" AS usr, coalesce(role, '') AS role, coalesce(department, '') AS dept,
        coalesce(account_type, '') AS account FROM c_roster WHERE "user" IS NOT NULL"""
    )
    seen = house.query(
        "SELECT DISTINCT usr FROM events WHERE usr IS NOT NULL AND usr NOT IN (SELECT "
        "coalesce(\"user\",'') FROM c_roster)"
    )
    rows = [(r.usr, r.role, r.dept, job(r.role, r.account, r.usr), True) for r in known.itertuples(index=False)]
    rows += [(usr, "", "", job("", "", usr), False) for usr in seen["usr"]]
    frame = pd.DataFrame(rows, columns=["usr", "role", "dept", "job", "known"]).astype(
        {"usr": str, "role": str, "dept": str, "job": str, "known": bool}
    )
    house.register("people", frame.drop_duplicates("usr"))


def job(role: str, account: str, usr: str) -> str:
    """What a user is there for, by the words of role and kind of account, and else by the account's name."""
    kind, text = _plain(account), _plain(role)
    kinds, names = table("accounts")["kinds"], table("accounts")["names"]
    for name in ("service", "training"):
        said = re.search(kinds[name], kind) or re.fullmatch(kinds[name], text)
        if said or (not (text or re.search(kinds["person"], kind)) and re.match(names[name], usr)):
            return name
    if re.match(names["service"], usr) and not re.search(kinds["person"], kind):
        return "service"
    return next((found for found, words in table("roles").items() if text and re.search(words, text)), "")


def _plain(text: str) -> str:
    """Lower case without accents."""
    return "".join(sign for sign in folded(text) if sign.isascii()).replace("_", " ").strip()

"""Puts context tables beside the events: always there, perhaps empty, users and patients in one spelling."""

import ipaddress
import re
from typing import Any

import pandas as pd

from auditor.trail.context import people
from auditor.trail.context.loading import TABLES, Loaded, known_columns
from auditor.trail.mapping import plain
from auditor.trail.moments import local_sql
from auditor.trail.resources import table
from auditor.trail.warehouse import PATIENT, USER, Warehouse

_MOMENTS = frozenset({"start", "end", "hired", "left", "since", "deceased", "date", "dob", "suspended"})
_USERS = frozenset({"user", "ordering", "performing", "reading"})
_PATIENTS = frozenset({"patient", "own_patient"})
_FLAGS = frozenset({"vip", "on_call", "approved", "external"})


def shelve(house: Warehouse, loaded: Loaded) -> None:
    """Create `c_<table>` for every table of the catalogue, then the tables derived from them."""
    for name in TABLES:
        columns = list(known_columns(name))
        frame = loaded.frames.get(name)
        if frame is None:
            frame = pd.DataFrame({column: pd.Series(dtype="object") for column in columns})
        for column in set(columns) - set(frame.columns):
            frame = frame.assign(**{column: None})
        flags = {column: frame[column].map(_flag).astype("object") for column in _FLAGS & set(columns)}
        house.register("_context", frame[columns].assign(**flags))
        listed = ", ".join(_columns(house, name, columns, loaded))
        house.con.execute(f"CREATE OR REPLACE TABLE c_{name} AS SELECT {listed} FROM _context")
    house.con.execute("DROP TABLE _context")
    people.shelve(house)
    _departments(house)
    _stays(house)
    _networks(house)
    _shifts(house)


def _columns(house: Warehouse, table_name: str, columns: list[str], loaded: Loaded) -> list[str]:
    """SQL of each column; what came with an offset becomes local time like all the rest."""
    return [
        f"{local_sql(f'try_cast({quoted} AS TIMESTAMP)', house.steps)} AS {quoted}"
        if (table_name, column) in loaded.zoned
        else _column(column)
        for column in columns
        for quoted in (f'"{column}"',)
    ]


def _flag(cell: object) -> str | None:
    """A cell of a column that says yes or no as 1 or 0; None where it says nothing."""
    if not isinstance(cell, str) or not cell.strip():
        return None
    return "0" if plain(cell) in {*table("words")["no"], *table("words")["refused"]} else "1"


def _column(name: str) -> str:
    quoted = f'"{name}"'
    if name in _MOMENTS:
        return f"try_cast({quoted} AS TIMESTAMP) AS {quoted}"
    text = f"{quoted}::VARCHAR"
    if name in _USERS:
        return f"{USER.format(text)} AS {quoted}"
    if name in _PATIENTS:
        return f"{PATIENT.format(text)} AS {quoted}"
    return f"nullif({text}, '') AS {quoted}"


def _departments(house: Warehouse) -> None:
    """`memberships`: from when until when a user belonged to a department, moves taken into account."""
    house.con.execute(
        """CREATE OR REPLACE TABLE memberships AS
        SELECT p.usr, p.dept, TIMESTAMP '1900-01-01' AS since, TIMESTAMP '2200-01-01' AS until FROM people p
        WHERE p.dept <> '' AND NOT EXISTS (SELECT 1 FROM c_moves m WHERE m."user" = p.usr)
        UNION ALL SELECT m."user", m."from", TIMESTAMP '1900-01-01', m.start FROM c_moves m WHERE m."from" IS NOT NULL
        UNION ALL SELECT m."user", m."to", m.start, TIMESTAMP '2200-01-01' FROM c_moves m WHERE m."to" IS NOT NULL"""
    )


def _stays(house: Warehouse) -> None:
    """`stays`: where a patient was treated, by specialty and by ward where an encounter names both."""
    house.con.execute(
        """CREATE OR REPLACE VIEW stays AS SELECT patient, department AS place, start, "end" FROM c_encounters
        UNION ALL SELECT patient, ward, start, "end" FROM c_encounters
        WHERE ward IS NOT NULL AND lower(ward) IS DISTINCT FROM lower(department)"""
    )


def _networks(house: Warehouse) -> None:
    """`hosts`: for each address, its site, the site's distance in km (-1: anywhere), and whether it is outside."""
    networks = []
    for row in house.query("SELECT network, site, distance FROM c_sites").itertuples(index=False):
        try:
            networks.append((ipaddress.ip_network(row.network, strict=False), row.site or row.network, row.distance))
        except ValueError:
            continue
    networks.sort(key=lambda item: -item[0].prefixlen)
    rows = []
    for address in house.query("SELECT DISTINCT ip FROM events WHERE ip IS NOT NULL")["ip"]:
        rows.append((address, *_place(address, networks)))
    frame = pd.DataFrame(rows, columns=["ip", "site", "km", "outside", "net"])
    house.register("hosts", frame.astype({"ip": str, "site": str, "km": float, "outside": bool, "net": str}))


def _place(address: str, networks: list[tuple[Any, Any, Any]]) -> tuple[str, float, bool, str]:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "", 0.0, False, address
    width = 24 if parsed.version == 4 else 64
    net = str(ipaddress.ip_network(f"{address}/{width}", strict=False))
    for network, site, distance in networks:
        if parsed in network:
            try:
                km = float(distance or 0)
            except ValueError:
                km = 0.0
            return site, km, False, net
    outside = parsed.is_global or address.startswith(("198.51.100.", "203.0.113.", "192.0.2."))
    return ("outside" if outside else ""), -2.0 if outside else 0.0, outside, net


def _shifts(house: Warehouse) -> None:
    """`duty`: local hours a user was on duty, an hour of grace on both sides; on call is kept apart. `watches`: the
    same for each day that a duty may reach into."""
    hours = table("words")["shift_hours"]
    rows = house.query("SELECT DISTINCT lower(coalesce(shift, '')) AS shift FROM c_shifts")
    known = [(word, *_hours(word, hours)) for word in rows["shift"]]
    frame = pd.DataFrame(known, columns=["shift", "h0", "h1"]).astype({"shift": str, "h0": int, "h1": int})
    house.register("shift_hours", frame)
    house.con.execute(
        """CREATE OR REPLACE TABLE duty AS SELECT s."user" AS usr, date_trunc('day', s.date) AS day, s.department AS
        dept,
        coalesce(s.on_call, '0') = '1' AS on_call,
        coalesce(CASE WHEN s.start >= s.date THEN s.start END, date_trunc('day', s.date) + INTERVAL (h.h0) HOUR) AS
        begins,
        coalesce(CASE WHEN s."end" >= s.date THEN s."end" END, date_trunc('day', s.date)
            + INTERVAL (CASE WHEN h.h1 <= h.h0 THEN h.h1 + 24 ELSE h.h1 END) HOUR) AS ends
        FROM c_shifts s LEFT JOIN shift_hours h ON lower(coalesce(s.shift, '')) = h.shift
        WHERE s."user" IS NOT NULL AND s.date IS NOT NULL"""
    )
    house.con.execute(
        """CREATE OR REPLACE VIEW watches AS SELECT *, day + to_days(n) AS covers FROM duty, (VALUES (0), (1)) v(n)"""
    )


def _hours(word: str, hours: dict[str, list[str]]) -> tuple[int, int]:
    """First and last hour of a shift: as its word says (`07-19`, `19:30-07:30`), as words usually mean, or all day."""
    written = re.search(r"(\d{1,2})(?:[:.h]?\d\d)?\s*(?:-|\u2013|to|bis|/)\s*(\d{1,2})(?:([:.h]?)(\d\d))?", word)
    if written and int(written[1]) <= 24 and int(written[2]) <= 24:
        return int(written[1]) % 24, int(written[2]) + (1 if written[4] and written[4] != "00" else 0)
    name = plain(word)
    exact = hours.get(name)
    if exact is None:
        exact = next((span for known, span in hours.items() if len(known) > 2 and known in name), None)
    return (int(exact[0]), int(exact[1])) if exact else (0, 24)

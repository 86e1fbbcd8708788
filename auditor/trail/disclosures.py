"""Accounting of disclosures (45 CFR 164.528): when, to whom, what and why a patient's data left the house."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from auditor.trail.investigate import Investigation
from auditor.trail.mapping import plain
from auditor.trail.resources import table
from auditor.trail.story import canonical
from auditor.trail.warehouse import PATIENT

YEARS = 6
"""How far back from the request an account has to reach (164.528(a)(1))."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One line of the account (164.528(b)(2)): date, recipient and, where it is known, the address, a brief description
    and the purpose or basis; and who made it and the record that proves it."""

    date: str
    recipient: str
    address: str
    what: str
    purpose: str
    by: str
    record: str


@dataclass(frozen=True, slots=True)
class Account:
    """What has to be accounted for; and what was left out: by basis, as 164.528(a)(1) provides; what is suspended, with
    the last day of it (164.528(a)(2)); transfers that nothing tells the place of. `begins` is the first day the logs
    hold anything of, None when they hold nothing; `zone` is that of all times."""

    lines: tuple[Disclosure, ...]
    zone: str
    begins: date | None
    left_out: Mapping[str, int] = field(default_factory=dict)
    suspended: int = 0
    suspended_until: date | None = None
    unjudged: int = 0


def account(found: Investigation, patient: str, first: date, last: date, today: date) -> Account:
    """Every export, print and transfer to an outside or unknown place of the patient's data between two local days.

    What was sent to places inside is no disclosure. A request or approval covers a disclosure when it names neither
    another study nor another destination; of several the best counts, the same one every time: one for that very
    study or destination before one for any, then the latest before the disclosure; equal ones by their numbers.
    """
    pat = canonical(found, patient, PATIENT)
    rows = found.house.query(
        """WITH e AS (SELECT e.*, i.external, i.department AS owner, i.ip AS node, i.title FROM events e
          LEFT JOIN c_inventory i ON upper(i.title) = upper(e.dst_ae)
          WHERE e.pat = $1 AND e.lts >= $2 AND e.lts < $3::DATE + INTERVAL 1 DAY AND e.ok
          AND (e.class = 'export' OR (e.class = 'retrieve' AND e.dst_ae IS NOT NULL
          AND (i.external = '1' OR i.title IS NULL)))
          QUALIFY row_number() OVER (PARTITION BY e.ev ORDER BY i.title) = 1),
        r AS (SELECT e.ev, r.request, r.kind, r.destination, r.address, r.suspended FROM e
          JOIN c_releases r ON r.patient = e.pat
          AND e.lts BETWEEN r.start - INTERVAL 1 DAY AND r.start + INTERVAL 21 DAY
          AND coalesce(r.accession = e.accession, true) AND (e.class = 'export'
          OR r.destination IS NULL OR upper(r.destination) IN (upper(e.dst_ae), coalesce(upper(e.owner), '')))
          QUALIFY row_number() OVER (PARTITION BY e.ev ORDER BY r.accession IS NULL, r.start > e.lts, r.start DESC,
            r.request) = 1),
        a AS (SELECT e.ev, a.approval, a.kind FROM e JOIN c_approvals a ON a."user" = e.usr
          AND coalesce(a.patient, e.pat) = e.pat
          AND (e.class = 'export' OR coalesce(upper(a.destination) = upper(e.dst_ae), true))
          AND e.lts BETWEEN a.start AND coalesce(a."end", a.start) + INTERVAL 1 DAY
          QUALIFY row_number() OVER (PARTITION BY e.ev ORDER BY a.destination IS NULL, a.start DESC, a.approval) = 1)
        SELECT e.lts, e.source, e.seq, e.usr, e.class::VARCHAR AS class, e.dst_ae, e.external, e.owner, e.node,
        e.title, e.study, e.accession, e.instances, e.media, e.purpose, r.request, r.kind, r.destination, r.address,
        r.suspended, a.approval, a.kind AS approved
        FROM e LEFT JOIN r USING (ev) LEFT JOIN a USING (ev) ORDER BY e.lts, e.source, e.seq, e.ev""",
        [pat, first, last],
    )
    judged = found.house.value("SELECT count(*) FROM c_inventory") > 0
    lines, left, until, unjudged = list[Disclosure](), Counter[str](), list[date](), 0
    for row in rows.to_dict("records"):
        get = {str(name): None if value is None or value != value else value for name, value in row.items()}
        basis = exempt(get["purpose"] or get["kind"] or get["approved"])
        if get["class"] == "retrieve" and not judged:
            unjudged += 1
        elif get["suspended"] and get["suspended"].date() >= today:
            until.append(get["suspended"].date())
        elif basis:
            left[basis] += 1
        else:
            lines.append(_line(get))
    begins = found.house.value("SELECT min(lts)::DATE FROM events")
    return Account(tuple(lines), found.zone, begins, dict(left), len(until), max(until, default=None), unjudged)


def six_years_before(day: date) -> date:
    """The first day that an account up to this day has to reach."""
    return date(day.year - YEARS, day.month, 1) + timedelta(days=day.day - 1)


def exempt(word: str | None) -> str:
    """The basis on which a disclosure of this purpose or kind need not be accounted for; empty when there is none."""
    return _bases().get(plain(word or ""), "")


@lru_cache(maxsize=1)
def _bases() -> dict[str, str]:
    return {plain(word): name for name, basis in table("bases").items() for word in basis["words"]}


def _line(get: dict[str, Any]) -> Disclosure:
    recipient, address = _recipient(get)
    number = f"{get['source']}:{int(get['seq'])}" if get["seq"] is not None else str(get["source"])
    label, images = get["accession"] or get["study"], int(get["instances"] or 0)
    what = [
        f"study {label}" if label else "imaging data",
        f"{images} image{'' if images == 1 else 's'}" if images else "",
        f"on {get['media']}" if get["media"] else "",
    ]
    said = ", ".join(word for word in what if word)
    return Disclosure(f"{get['lts']:%Y-%m-%d %H:%M}", recipient, address, said, _purpose(get), get["usr"] or "", number)


def _recipient(get: dict[str, Any]) -> tuple[str, str]:
    """Name and address: of a transfer the node and whose it is, of anything else who asked for it."""
    if get["class"] == "retrieve" or (get["external"] == "1" and not get["destination"]):
        owner = get["owner"] if get["title"] else "not in the inventory"
        return f"{get['dst_ae']} ({owner})" if owner else str(get["dst_ae"]), str(get["address"] or get["node"] or "")
    return str(get["destination"] or "not recorded"), str(get["address"] or "")


def _purpose(get: dict[str, Any]) -> str:
    for name, number, kind in (
        ("request", get["request"], get["kind"]),
        ("approval", get["approval"], get["approved"]),
    ):
        if number:
            return f"{name} {number}" + (f" ({kind})" if kind else "")
    code = str(get["purpose"] or "")
    said = table("purposes").get(plain(code))
    return (f"{said} ({code})" if said else code) or "not known: no request or approval was found"

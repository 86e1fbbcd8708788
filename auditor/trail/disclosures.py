"""Accounting of disclosures (45 CFR 164.528): when, to whom, what and why a patient's data left the house."""

import csv
import html
import io
from dataclasses import dataclass
from datetime import date

from auditor.trail.investigate import Investigation
from auditor.trail.story import canonical
from auditor.trail.warehouse import PATIENT

COLUMNS = ("date", "recipient", "what", "purpose", "by", "record")


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One line of the account (164.528(b)(2)): date, recipient, brief description, purpose or basis."""

    date: str
    recipient: str
    what: str
    purpose: str
    by: str
    record: str


def account(found: Investigation, patient: str, first: date, last: date) -> tuple[Disclosure, ...]:
    """Every export, print and transfer to an outside or unknown place of the patient's data between two local days.

    What was sent to places inside for treatment, payment or operations is exempt (164.528(a)(1)(i)) and left out.
    Where several requests or approvals would cover one disclosure, the best counts, the same one every time: a request
    for that very study before one for the patient, then the latest before the disclosure; an approval for that
    destination before one for any, then the one that began last; equal ones by their numbers. One that names another
    study or destination comes last.
    """
    pat = canonical(found, patient, PATIENT)
    rows = found.house.query(
        """WITH e AS (SELECT e.* FROM events e LEFT JOIN c_inventory i ON upper(i.title) = upper(e.dst_ae)
          WHERE e.pat = $1 AND e.lts >= $2 AND e.lts < $3::DATE + INTERVAL 1 DAY AND e.ok AND (e.class = 'export' OR
          (e.class = 'retrieve' AND e.dst_ae IS NOT NULL AND (i.external = '1'
          OR (i.title IS NULL AND (SELECT count(*) FROM c_inventory) > 0))))
          QUALIFY row_number() OVER (PARTITION BY e.ev ORDER BY i.title) = 1),
        r AS (SELECT e.ev, r.request, r.kind, r.destination FROM e JOIN c_releases r ON r.patient = e.pat
          AND e.lts BETWEEN r.start - INTERVAL 1 DAY AND r.start + INTERVAL 21 DAY
          QUALIFY row_number() OVER (PARTITION BY e.ev ORDER BY coalesce((r.accession <> e.accession)::INT, 0.5),
            r.start > e.lts, r.start DESC, r.request) = 1),
        a AS (SELECT e.ev, a.approval, a.kind FROM e JOIN c_approvals a ON a."user" = e.usr
          AND coalesce(a.patient, e.pat) = e.pat
          AND e.lts BETWEEN a.start AND coalesce(a."end", a.start) + INTERVAL 1 DAY
          QUALIFY row_number() OVER (PARTITION BY e.ev ORDER BY
            coalesce((upper(a.destination) <> upper(e.dst_ae))::INT, 0.5), a.start DESC, a.approval) = 1)
        SELECT e.lts, e.source, e.seq, e.usr, coalesce(r.destination, e.dst_ae, e.media, '?') AS recipient, e.study,
        e.accession, e.instances, e.media, e.purpose, r.request, r.kind, a.approval, a.kind AS approved
        FROM e LEFT JOIN r USING (ev) LEFT JOIN a USING (ev) ORDER BY e.lts, e.source, e.seq, e.ev""",
        [pat, first, last],
    )
    return tuple(_line(row) for row in rows.itertuples(index=False))


def _line(row: object) -> Disclosure:
    get = {name: ("" if value is None or value != value else value) for name, value in row._asdict().items()}  # type: ignore[attr-defined]
    purpose = _purpose(get)
    number = f"{get['source']}:{int(get['seq'])}" if get["seq"] != "" else str(get["source"])
    label = get["accession"] or get["study"]
    what = f"study {label}, {int(get['instances'] or 0)} images" + (f", on {get['media']}" if get["media"] else "")
    return Disclosure(f"{get['lts']:%Y-%m-%d %H:%M}", str(get["recipient"]), what, purpose, str(get["usr"]), number)


def _purpose(get: dict[str, object]) -> str:
    if get["request"]:
        return f"request {get['request']} ({get['kind']})"
    if get["approval"]:
        return f"approval {get['approval']} ({get['approved']})"
    return str(get["purpose"] or "not known: no request or approval was found")


def as_csv(lines: tuple[Disclosure, ...]) -> str:
    """The account as CSV with a header; cells that a spreadsheet would take for formulas are quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow([_safe(str(getattr(line, name))) for name in COLUMNS])
    return out.getvalue()


def as_html(lines: tuple[Disclosure, ...], patient: str, first: date, last: date) -> str:
    """The account as a page to print."""
    head = "".join(f"<th>{name}</th>" for name in COLUMNS)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(getattr(line, name)))}</td>" for name in COLUMNS) + "</tr>"
        for line in lines
    )
    none = "" if lines else "<p>No disclosures that must be accounted for were found in the logs.</p>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Accounting of disclosures</title><style>'
        "@page{size:A4 landscape;margin:18mm}body{font-family:sans-serif;font-size:9pt}"
        "table{border-collapse:collapse;width:100%}"
        "th,td{text-align:left;vertical-align:top;border-bottom:0.5pt solid #999;padding:2mm}</style></head><body>"
        f"<h1>Accounting of disclosures</h1><p>Patient {html.escape(patient)}, {first} to {last} (45 CFR 164.528)</p>"
        f"{none}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></body></html>"
    )


def _safe(text: str) -> str:
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text

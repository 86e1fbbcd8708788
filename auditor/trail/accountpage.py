"""The account of disclosures as a table for the officer and as a page for the patient."""

import csv
import html
import io
from collections.abc import Iterator
from dataclasses import fields
from datetime import date

from auditor.trail.disclosures import YEARS, Account, Disclosure, six_years_before
from auditor.trail.resources import table

COLUMNS = tuple(field.name for field in fields(Disclosure))
HEADINGS = {
    "date": "Date",
    "recipient": "Recipient",
    "address": "Address",
    "what": "What was disclosed",
    "purpose": "Purpose or basis",
    "record": "Record",
}
"""What the patient is shown; who in the house did it is not asked for (164.528(b)(2))."""
_STYLE = """@page{size:A4 landscape;margin:18mm;@bottom-right{content:counter(page) " / " counter(pages);
font:8pt sans-serif}}
body{font-family:sans-serif;font-size:9pt}table{border-collapse:collapse;width:100%}thead{display:table-header-group}
tr{break-inside:avoid}th,td{text-align:left;vertical-align:top;border-bottom:0.5pt solid #999;padding:2mm;
overflow-wrap:anywhere}td:first-child{white-space:nowrap}.note{color:#333;font-size:8pt;margin-top:5mm}"""


def as_csv(told: Account) -> str:
    """The account as CSV with a header; cells that a spreadsheet would take for formulas are quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in told.lines:
        writer.writerow([_safe(str(getattr(line, name))) for name in COLUMNS])
    return out.getvalue()


def as_html(told: Account, house: str, patient: str, first: date, last: date, today: date) -> str:
    """The account as a page to print."""
    head = "".join(f"<th>{heading}</th>" for heading in HEADINGS.values())
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(getattr(line, name)) or '-')}</td>" for name in HEADINGS) + "</tr>"
        for line in told.lines
    )
    lines = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    none = "<p>No disclosures that must be accounted for were found in the logs.</p>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Accounting of disclosures</title>'
        f"<style>{_STYLE}</style></head><body><h1>Accounting of disclosures</h1><p>{html.escape(house)}<br>"
        f"Patient {html.escape(patient)}, {first} to {last} (45 CFR 164.528). Made on {today}; "
        f"times are those of {html.escape(told.zone)}.</p>{lines if told.lines else none}"
        f'<p class="note">{html.escape(" ".join(_notes(told, first)))}</p></body></html>'
    )


def _notes(told: Account, first: date) -> list[str]:
    """What the reader has to know of the limits of the account."""
    notes = [
        "Not listed, as 45 CFR 164.528(a)(1) provides, are disclosures for treatment, payment and health care "
        "operations, to the patient, to persons involved in the patient's care, on the patient's authorization and as "
        f"part of a limited data set. The right to an account covers the {YEARS} years before the request."
    ]
    if told.begins and told.begins > first:
        notes.append(f"The records it was made from begin on {told.begins}.")
    return notes


def remarks(told: Account, first: date, today: date) -> Iterator[str]:
    """What the officer has to know of what was left out, and of what the logs cannot tell."""
    for name, count in told.left_out.items():
        basis = table("bases")[name]
        yield f"left out as {basis['citation']} provides, {basis['says']}: {count}"
    if told.suspended:
        yield f"left out while suspended (164.528(a)(2)), until {told.suspended_until}: {told.suspended}"
    if told.unjudged:
        yield f"not judged, for want of an inventory of AE titles that tells what is outside: {told.unjudged} transfers"
    if told.begins is None or told.begins > first:
        yield f"the logs hold nothing before {told.begins or 'the end'}; what was disclosed before is missing"
    if first < six_years_before(today):
        yield f"the account reaches back more than the {YEARS} years that 164.528(a)(1) asks for"


def _safe(text: str) -> str:
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text

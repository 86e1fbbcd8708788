"""Draws a report from a run and what was told of it: the first time, and again from what is inside a report."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC
from hashlib import sha256
from pathlib import Path
from typing import Any

from auditor.model import codec
from auditor.model.header import read_header
from auditor.model.run import Run
from auditor.report.language import load_language
from auditor.report.pdf import Attached, make_pdf, renderer
from auditor.report.templates import environment, render
from auditor.report.told import NAME, AttachedView, Told
from auditor.report.view import CERTIFICATE, view
from auditor.resources import reports_folder

TABLE = "findings.csv"
PEM = "signer.pem"
WHAT = {
    "run.json": ("The run: who, when, rules, tallies, hashes of all parts", "Source"),
    NAME: ("What the report says beyond the run, so that it can be drawn again", "Source"),
    TABLE: ("Every finding, one a row, values masked", "Data"),
    PEM: ("The public certificate of the signer", "Supplement"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a report looks: language, and a site's own templates, styles and logo."""

    language: str = "en"
    templates: Path | None = None
    logo: Path | None = None


def attachment(name: str, content: bytes) -> Attached:
    """One of the files that belong to a report, with its description and relationship."""
    description, relationship = WHAT[name]
    return Attached(name, description, content, relationship)


def compose(run: Run, digest: str, told: Told, inside: Sequence[Attached], look: Look) -> bytes:
    """The unsigned PDF of a report; the same arguments give the same bytes."""
    attached = tuple(
        AttachedView(item.name, item.description, len(item.content), item.sha256, beside=False) for item in inside
    )
    made = view(run, digest, told, attached=(*attached, *told.beside), extra=certificate_data(run))
    variables = {item.name: getattr(made, item.name) for item in fields(made)}
    engine = environment(load_language(told.language, look.templates), look.templates)
    variables |= {"logo": _logo(look), "site_styles": _styles(look)}
    html = render(engine, f"{told.kind}/body.html.j2", variables)
    return make_pdf(html, folders(look), inside, run.finished.astimezone(UTC))


def redraw(files: Mapping[str, bytes], look: Look) -> bytes:
    """Draw a report again from the files inside it.

    Raises CodecError when run or report cannot be read, KeyError when one of them is missing.
    """
    raw = files["run.json"]
    told = codec.load(Told, files[NAME])
    inside = [attachment(name, files[name]) for name in WHAT if name in files]
    return compose(read_header(raw), sha256(raw).hexdigest(), told, inside, look)


def drawn_with(look: Look) -> str:
    """What the bytes of a report depend on besides its data: templates, styles, fonts, and the drawing library."""
    digest = sha256(renderer().encode("utf-8"))
    for folder in folders(look):
        for file in sorted(item for item in folder.rglob("*") if item.suffix in _DRAWN and item.is_file()):
            digest.update(f"{file.relative_to(folder)}\0".encode("utf-8", "surrogateescape"))
            digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()


_DRAWN = frozenset((".j2", ".css", ".po", ".woff", ".woff2", ".ttf", ".otf", ".png", ".svg", ".jpg", ".jpeg"))


def folders(look: Look) -> list[Path]:
    """The folders a report may load from: the shipped one first, then the site's."""
    own = [look.templates] if look.templates else []
    return [reports_folder(), *own, *([look.logo.parent] if look.logo else [])]


def certificate_data(run: Run) -> Mapping[str, object]:
    """What a de-identification run says of itself, in its note for the certificate; empty for other runs."""
    for note in run.notes:
        if note.room == CERTIFICATE:
            data: Any = json.loads(note.text)
            return data if isinstance(data, dict) else {}
    return {}


def _logo(look: Look) -> str:
    return look.logo.resolve().as_uri() if look.logo else ""


def _styles(look: Look) -> list[str]:
    sheet = look.templates / "site.css" if look.templates else None
    return [sheet.resolve().as_uri()] if sheet and sheet.is_file() else []

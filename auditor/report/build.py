"""Makes a report: view, template, PDF, signature. The same run gives the same bytes before signing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auditor.config.private import replaced
from auditor.config.settings import Configuration
from auditor.errors import ConfigError, VerificationError
from auditor.model import codec
from auditor.report.certificates import refuse_unfit
from auditor.report.devca import TRUST_SENTENCE
from auditor.report.keys import Prompt, open_key
from auditor.report.past import NOTHING, Past
from auditor.report.pdf import Attached
from auditor.report.redraw import PEM, TABLE, Look, attachment, compose, drawn_with, folders
from auditor.report.sign import Signed, Signing, sign
from auditor.report.source import ReportSource
from auditor.report.table import csv_bytes
from auditor.report.told import NAME, AttachedView, tell
from auditor.report.trust import load_certificates, load_crls

KINDS = ("officer", "technical", "deid-certificate")
ATTACH_AT_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Report:
    """A finished report: the PDF, the level of its signature (empty when unsigned), and the files beside it."""

    content: bytes
    level: str
    remark: str
    beside: tuple[Attached, ...]


def draw(
    source: ReportSource,
    kind: str = "officer",
    *,
    look: Look | None = None,
    past: Past = NOTHING,
    signer: str = "",
    trust: str = "",
    certificate: bytes = b"",
) -> tuple[bytes, tuple[Attached, ...]]:
    """Draw the unsigned PDF and return it with the files that are too large to be inside it."""
    look = look or Look()
    if kind not in KINDS:
        raise ConfigError(f"there is no report of the kind {kind!r}", right="one of " + ", ".join(KINDS))
    problems = source.problems()
    if problems:
        raise VerificationError(
            f"the run is not what was recorded: {problems[0]}",
            where=str(source.folder),
            right="a run that nobody changed",
            next_step="auditor runs verify",
        )
    table = attachment(TABLE, csv_bytes(source))
    large = sum(part.findings for part in source.run.parts) > ATTACH_AT_MOST
    beside = (table,) if large else ()
    told = tell(
        source,
        kind,
        language=look.language,
        drawn_with=drawn_with(look),
        past=past,
        beside=tuple(AttachedView(one.name, one.description, len(one.content), one.sha256, True) for one in beside),
        signer=signer,
        trust=trust,
    )
    contents = {"run.json": source.header, NAME: codec.dump(told)}
    contents |= ({} if large else {TABLE: table.content}) | ({PEM: certificate} if certificate else {})
    inside = [attachment(name, content) for name, content in contents.items()]
    return compose(source.run, source.sha256, told, inside, look), beside


def build_report(
    source: ReportSource,
    kind: str = "officer",
    *,
    look: Look | None = None,
    signing: Signing | None = None,
    now: datetime | None = None,
    past: Past = NOTHING,
) -> Report:
    """Draw a report and sign it with `signing`, or leave it unsigned, which the report then says."""
    look = look or Look()
    now = now or datetime.now(UTC)
    key = signing.key if signing else None
    if key:
        refuse_unfit(key.certificate, now)  # before the work of drawing
    content, beside = draw(
        source,
        kind,
        look=look,
        past=past,
        signer=key.name if key else "",
        trust=TRUST_SENTENCE if key and key.development else "",
        certificate=key.pem() if key else b"",
    )
    if signing is None:
        return Report(content, "", "", beside)
    reason = f"Report on run {source.run.id}"
    signed: Signed = sign(content, signing, now, reason=reason, folders=folders(look))
    return Report(signed.content, signed.level, signed.remark, beside)


def report_by_configuration(
    source: ReportSource,
    configuration: Configuration,
    kind: str = "officer",
    *,
    past: Past = NOTHING,
    environment: Mapping[str, str] | None = None,
    prompt: Prompt | None = None,
    language: str = "",
    approval: bool | None = None,
) -> Report:
    """Build a report as `[report]` of `auditor.toml` says."""
    look = look_of(configuration, language)
    signing = signing_of(configuration, environment, prompt)
    if signing and approval is not None:
        signing = replace(signing, approval=approval)
    return build_report(source, kind, look=look, signing=signing, past=past)


def officer_pdf(stored: ReportSource, configuration: Configuration, kind: str = "officer") -> bytes:
    """The final bytes of a report of `stored`, signed when `[report] signer` is set."""
    return report_by_configuration(stored, configuration, kind).content


def look_of(configuration: Configuration, language: str = "") -> Look:
    """Language, templates and logo as configured."""
    settings = configuration.settings.report
    return Look(
        language or settings.language,
        configuration.path(settings.templates) if settings.templates else None,
        configuration.path(settings.logo) if settings.logo else None,
    )


def signing_of(
    configuration: Configuration, environment: Mapping[str, str] | None = None, prompt: Prompt | None = None
) -> Signing | None:
    """Key, level and timestamp authority as configured; None when no signer is."""
    settings = configuration.settings.report
    key = open_key(configuration, environment, prompt)
    if key is None:
        return None
    timestamper: Any = None
    if settings.timestamp_url and settings.level != "B-B":
        from pyhanko.sign.timestamps import HTTPTimeStamper

        timestamper = HTTPTimeStamper(settings.timestamp_url, timeout=10)
    return Signing(
        key,
        settings.level,
        timestamper,
        settings.timestamp_fallback,
        settings.approval,
        tuple(load_certificates([configuration.path(item) for item in settings.trust])),
        load_crls([configuration.path(item) for item in settings.crls]),
    )


def write_report(report: Report, file: Path) -> list[Path]:
    """Write the PDF and what lies beside it, 0600 and whole or not at all; returns all paths."""
    written = []
    for target, content in [
        (file, report.content),
        *((file.parent / item.name, item.content) for item in report.beside),
    ]:
        try:
            with replaced(target) as stream:
                stream.write(content)
        except OSError as error:
            raise ConfigError(
                f"the report cannot be written: {error.strerror}",
                where=str(target),
                right="a folder with room that this user may write to",
                next_step="auditor report RUN --output FILE",
            ) from error
        written.append(target)
    return written


__all__ = ["KINDS", "Look", "Report", "build_report", "draw", "folders", "report_by_configuration"]

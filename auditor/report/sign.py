"""Signs a report: PAdES B-B to B-LTA, certifying, so that nothing may change but what was announced."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from auditor.errors import SigningError
from auditor.report.certificates import refuse_unfit
from auditor.report.contents import look
from auditor.report.field import APPROVAL, SIGNATURE, add_field
from auditor.report.keys import SignerKey
from auditor.report.revocation import collect, embed
from auditor.report.stamp import language_of, stamp_style, stamp_words

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")


@dataclass(frozen=True, slots=True)
class Signing:
    """How a report is signed. `timestamper` is pyHanko's; `fallback` allows B-B when the authority does not answer."""

    key: SignerKey
    level: str = "B-B"
    timestamper: Any = None
    fallback: bool = False
    approval: bool = False
    roots: tuple[Any, ...] = ()
    crls: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed PDF, the level that was reached, and what to say when that is less than was asked for."""

    content: bytes
    level: str
    remark: str = ""


def sign(pdf: bytes, signing: Signing, now: datetime, *, reason: str, folders: Sequence[Path]) -> Signed:
    """Sign `pdf` and certify it; with `approval`, a second person may sign one empty field, and nothing else.

    Raises SigningError when the certificate may not sign, is revoked, or the authority does not answer.
    """
    refuse_unfit(signing.key.certificate, now)
    level, remark, timestamper = _reachable(signing)
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import MDPPerm

    content = pdf
    if level in ("B-LT", "B-LTA"):
        content = embed(content, collect(signing.key, signing.roots, signing.crls, timestamper, now))
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    language = language_of(writer.root, folders)
    words = " ".join(stamp_words(signing.key.name, SIGNATURE, language))
    add_field(writer, SIGNATURE, language.gettext("Signature of the auditor"), words, 0)
    if signing.approval:
        second = language.gettext("Signature of the person who approves")
        words = " ".join(stamp_words(language.gettext("another person"), APPROVAL, language))
        add_field(writer, APPROVAL, second, words, 1)
    permission = MDPPerm.FILL_FORMS if signing.approval else MDPPerm.NO_CHANGES
    content = _apply(writer, signing.key, SIGNATURE, reason, timestamper, folders, certify=permission)
    if level == "B-LTA":
        content = _document_timestamp(content, timestamper)
    return Signed(content, level, remark)


def approve(
    pdf: bytes,
    key: SignerKey,
    now: datetime,
    *,
    reason: str,
    folders: Sequence[Path],
    timestamper: Any = None,
    lasting: tuple[Sequence[Any], Sequence[bytes]] | None = None,
) -> bytes:
    """Add the second signature to a report that was certified with an approval field (four eyes).

    `lasting` are trusted roots and revocation lists: what proves the state of the approver's certificate is then
    embedded too. Raises SigningError when there is no such empty field, the approver is the signer, or revoked.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.reader import PdfFileReader

    refuse_unfit(key.certificate, now)
    reader = PdfFileReader(io.BytesIO(pdf))
    signatures = {item.field_name: item for item in reader.embedded_signatures}
    first = signatures.get(SIGNATURE)
    fields = [look(item, "/T") for item in look(look(reader.root, "/AcroForm"), "/Fields") or ()]
    if first is None or APPROVAL in signatures or APPROVAL not in fields:
        raise SigningError(
            "the report cannot be approved: "
            + ("it carries no signature" if first is None else "it is approved already")
            if first is None or APPROVAL in signatures
            else "the report cannot be approved: its signature forbids every change",
            where="the PDF",
            right="a report that was signed with [report] approval = true",
            next_step="auditor report --approval",
        )
    if first.signer_cert.dump() == key.certificate.dump() or first.signer_cert.public_key == key.certificate.public_key:
        raise SigningError(
            "the report cannot be approved by the person who signed it",
            where="the PDF",
            right="the key of another person",
            next_step="auditor sign approve with [report] signer of the approver",
        )
    content = pdf if lasting is None else embed(pdf, collect(key, *lasting, None, now))
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    return _apply(writer, key, APPROVAL, reason, timestamper, folders, certify=None)


def _reachable(signing: Signing) -> tuple[str, str, Any]:
    """The level that can be reached now: a silent authority stops, or is said where fallback was allowed."""
    if signing.level == "B-B":
        return "B-B", "", None
    if signing.timestamper is None:
        raise SigningError(
            f"the level {signing.level} needs a timestamp authority",
            where="[report] timestamp_url",
            right="the address of an RFC 3161 timestamp authority",
            next_step='set timestamp_url, or level = "B-B"',
        )
    try:
        asyncio.run(signing.timestamper.async_dummy_response("sha256"))
    except Exception as error:  # any failure of network, HTTP or answer means the same: no timestamp
        if signing.fallback:
            remark = "The timestamp authority did not answer; the time of signing is the signer's own word."
            return "B-B", remark, None
        raise SigningError(
            f"the timestamp authority does not answer ({type(error).__name__})",
            where="[report] timestamp_url",
            right="an authority that answers, or timestamp_fallback = true to sign without",
            next_step="auditor doctor",
        ) from error
    return signing.level, "", signing.timestamper


def _apply(
    writer: Any, key: SignerKey, field: str, reason: str, timestamper: Any, folders: Sequence[Path], *, certify: Any
) -> bytes:
    from pyhanko.sign import signers
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

    words = stamp_words(key.name, field, language_of(writer.root, folders))
    meta = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        reason=reason,
        name=key.name,
        subfilter=SigSeedSubFilter.PADES,
        certify=certify is not None,
        docmdp_permissions=certify or MDPPerm.NO_CHANGES,
    )
    signer = signers.PdfSigner(meta, key.signer, timestamper=timestamper, stamp_style=stamp_style(words, folders))
    try:
        return bytes(signer.sign_pdf(writer, existing_fields_only=True).getvalue())
    except Exception as error:  # tokens, authorities and the library raise classes of their own by the dozen
        raise SigningError(
            f"the report could not be signed: {type(error).__name__} {error}".strip(),
            where="[report] signer",
            right="a signer whose key and certificate belong together",
            next_step="auditor sign show",
        ) from error


def _document_timestamp(content: bytes, timestamper: Any) -> bytes:
    """A document timestamp over everything (ETSI EN 319 142-1, B-LTA)."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers.pdf_signer import PdfTimeStamper

    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    return bytes(PdfTimeStamper(timestamper, field_name="Timestamp").timestamp_pdf(writer, "sha256").getvalue())

"""Judges one signature of a PDF: its mathematics, its certificate, its time, and what it allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from auditor.report.certificates import name_of
from auditor.report.devca import DEVELOPMENT
from auditor.report.field import APPROVAL
from auditor.report.strict import cms_problem


@dataclass(frozen=True, slots=True)
class Judged:
    """One signature: who, what is wrong (empty when nothing is), and the sentences about it.

    `trusted` is None when it could not be decided.
    """

    name: str
    problem: str
    story: str = ""
    trust: str = ""
    trusted: bool | None = None
    development: bool = False
    timestamp: bool = False


def judge(reader: Any, embedded: Any, roots: Sequence[Any], now: datetime) -> Judged:
    """Judge one embedded signature against the trusted certificates at the moment `now`."""
    name = name_of(embedded.signer_cert)
    contexts = _contexts(reader, roots, embedded)
    if embedded.sig_object_type == "/DocTimeStamp":
        return _judge_timestamp(embedded, name, roots, contexts(now))
    status, moment, proven = _status(embedded, contexts, now)
    if not (status.intact and status.valid):
        return Judged(name, f"The signature of {name} is not valid.")
    if not status.docmdp_ok:
        return Judged(name, f"The report was changed after {name} signed it, in a way the signature forbids.")
    if status.revoked:
        return Judged(name, f"The certificate of {name} is revoked.")
    fault = _form_problem(embedded, status, roots)
    if fault:
        return Judged(name, f"The report was changed after it was signed: {fault}.")
    verb = "approved" if embedded.field_name == APPROVAL else "signed"
    story = f"{name} {verb} this report on {_when(moment)}" + (
        f", as the timestamp authority {proven} confirms." if proven else ", by the clock of the signer's own computer."
    )
    development = DEVELOPMENT in embedded.signer_cert.issuer.human_friendly
    trusted = bool(status.trusted) if roots else None
    return Judged(name, "", story, _trust(name, status, roots, now), trusted, development)


def digest_fits(embedded: Any) -> bool:
    """Whether the content has the digest that was signed or timestamped; cheap, so it is asked before all else."""
    from pyhanko.sign.general import find_unique_cms_attribute

    if embedded.sig_object_type == "/DocTimeStamp":
        token = embedded.signed_data["encap_content_info"]["content"].parsed
        return bool(token["message_imprint"]["hashed_message"].native == embedded.compute_digest())
    signed = find_unique_cms_attribute(embedded.signer_info["signed_attrs"], "message_digest").native
    return bool(signed == embedded.compute_digest())


def _contexts(reader: Any, roots: Sequence[Any], embedded: Any) -> Any:
    """A maker of validation contexts for a moment, with the revocation data of the document's own store.

    Where that store speaks of the signer, it decides, whether or not the certificate names a place to ask. Where it
    does not speak of the person who approved, the approval is judged as in a report without such a store.
    """
    from pyhanko.sign.validation.dss import DocumentSecurityStore
    from pyhanko.sign.validation.errors import NoDSSFoundError
    from pyhanko_certvalidator import ValidationContext

    try:
        dss = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        dss = None

    def make(moment: datetime) -> Any:
        arguments: dict[str, Any] = {
            "trust_roots": list(roots),
            "moment": moment,
            "best_signature_time": moment,
            "allow_fetching": False,
        }
        bare = ValidationContext(**arguments, revocation_mode="soft-fail")
        if dss is None:
            return bare
        made = dss.as_validation_context({**arguments, "revocation_mode": "hard-fail", "retroactive_revinfo": True})
        if not _speaks_of(made, embedded.signer_cert):
            return bare if embedded.field_name == APPROVAL else made
        return dss.as_validation_context({**arguments, "revocation_mode": "require", "retroactive_revinfo": True})

    return make


def _speaks_of(context: Any, certificate: Any) -> bool:
    """Whether a revocation list of the issuer, or an OCSP answer about the certificate, lies in the context."""
    if any(found.issuer.dump() == certificate.issuer.dump() for found in context.crls):
        return True
    return any(
        answer["cert_id"]["serial_number"].native == certificate.serial_number
        for found in context.ocsps
        for answer in found.basic_ocsp_response["tbs_response_data"]["responses"]
    )


def _status(embedded: Any, contexts: Any, now: datetime) -> tuple[Any, datetime, str]:
    """Status, moment of signing, and the name of the authority that proves the moment (empty when none does)."""
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    usage = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
    status = validate_pdf_signature(embedded, contexts(now), contexts(now), key_usage_settings=usage)
    stamp = status.timestamp_validity
    if stamp is not None and stamp.valid and stamp.intact and stamp.trusted:
        status = validate_pdf_signature(embedded, contexts(stamp.timestamp), contexts(now), key_usage_settings=usage)
        return status, stamp.timestamp, name_of(stamp.signing_cert)
    return status, embedded.self_reported_timestamp or now, ""


def _form_problem(embedded: Any, status: Any, roots: Sequence[Any]) -> str:
    paths = [status.validation_path]
    stamp = status.timestamp_validity
    if stamp is not None:
        paths.append(stamp.validation_path)
        if not (stamp.valid and stamp.intact):
            return "its timestamp does not fit the signature"
    known = [*roots, *(item for path in paths if path is not None for item in path.iter_certs(include_root=True))]
    vouched = status.validation_path is not None
    fault = cms_problem(bytes(embedded.pkcs7_content), known, vouched=vouched)
    if fault or stamp is None:
        return fault
    token = next(
        item["values"][0]
        for item in embedded.signer_info["unsigned_attrs"]
        if item["type"].native == "signature_time_stamp_token"
    )
    return cms_problem(token.dump(), known, vouched=stamp.validation_path is not None)


def _judge_timestamp(embedded: Any, name: str, roots: Sequence[Any], context: Any) -> Judged:
    from pyhanko.sign.validation import validate_pdf_timestamp

    status = validate_pdf_timestamp(embedded, context)
    if not (status.intact and status.valid):
        return Judged(name, f"The report was changed after {name} put a timestamp on it.", timestamp=True)
    path = status.validation_path
    known = [*roots, *(path.iter_certs(include_root=True) if path is not None else ())]
    fault = cms_problem(bytes(embedded.pkcs7_content), known, vouched=path is not None)
    if fault:
        return Judged(name, f"The report was changed after it was signed: {fault}.", timestamp=True)
    story = f"The timestamp authority {name} confirms that the signed report existed on {_when(status.timestamp)}."
    trusted = bool(status.trusted) if roots else None
    trust = "" if trusted else f"Nothing says that the timestamp authority {name} can be trusted."
    return Judged(name, "", story, trust, trusted, timestamp=True)


def _trust(name: str, status: Any, roots: Sequence[Any], now: datetime) -> str:
    if not roots:
        return (
            f"Whether {name} can be trusted is not decided: no trusted certificate was named "
            "([report] trust, or --trust FILE)."
        )
    if status.trusted:
        anchor = next(iter(status.validation_path.iter_certs(include_root=True)))
        return f"The certificate of {name} was issued by {name_of(anchor)}, which this site trusts."
    certificate = status.signing_cert
    if now > certificate.not_valid_after:
        return f"The certificate of {name} has expired, and no timestamp proves that the report was signed before."
    if now < certificate.not_valid_before:
        return f"The certificate of {name} is not valid yet: the clock of this machine or of the signer is wrong."
    return f"{name} is not trusted: the certificate comes from none of the authorities that this site trusts."


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"

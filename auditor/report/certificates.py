"""Whether a certificate may sign reports, refused in words where it may not."""

from datetime import UTC, datetime
from typing import Any

from auditor.errors import SigningError

_SIGNING = {"digital_signature", "non_repudiation"}
_PURPOSES = {"email_protection", "document_signing", "any_extended_key_usage", "client_auth", "1.3.6.1.4.1.311.10.3.12"}
_PURPOSE_OIDS = {"1.3.6.1.5.5.7.3.36", "1.2.840.113583.1.1.5", "1.3.6.1.4.1.311.10.3.12"}


def name_of(certificate: Any) -> str:
    """The name a person knows a certificate's holder by: common name, else the whole subject."""
    names = certificate.subject.native
    return str(names.get("common_name") or certificate.subject.human_friendly)


def refuse_unfit(certificate: Any, now: datetime) -> None:
    """Raise SigningError when the certificate is expired, not yet valid, a CA, or made for another use."""
    reason = unfit(certificate, now)
    if reason:
        raise SigningError(
            f"the certificate of {name_of(certificate)} may not sign reports: {reason}",
            where="[report] signer",
            right="a certificate that is valid today and made for signing documents",
            next_step="auditor sign show, or auditor sign init-dev-ca for a development signer",
        )


def unfit(certificate: Any, now: datetime) -> str:
    """Why the certificate may not sign at `now`, or an empty string (RFC 5280, 4.1.2.5, 4.2.1.3, 4.2.1.12)."""
    if now < certificate.not_valid_before:
        return f"it is not valid before {_day(certificate.not_valid_before)}"
    if now > certificate.not_valid_after:
        return f"it expired on {_day(certificate.not_valid_after)}"
    if certificate.ca:
        return "it is the certificate of an authority, not of a signer"
    usage = certificate.key_usage_value
    if usage is not None and not set(usage.native) & _SIGNING:
        return "its key usage does not allow signatures"
    extended = certificate.extended_key_usage_value
    if extended is not None:
        purposes = set(extended.native) | {item.dotted for item in extended}
        if not purposes & (_PURPOSES | _PURPOSE_OIDS):
            return "its extended key usage does not allow signing documents"
    return ""


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"

"""Whether a chain leads to the site's CA (RFC 5280 6), and the files that name it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from auditor.config.bounded import read_bounded
from auditor.endpoints.tls.certificate import issued
from auditor.errors import ConfigError

_LONGEST_CHAIN = 10
_LARGEST_FILE = 10_000_000


@dataclass(frozen=True, slots=True)
class Anchors:
    """The site's certification authorities and their revocation lists."""

    certificates: tuple[x509.Certificate, ...] = ()
    revocations: tuple[x509.CertificateRevocationList, ...] = ()


def load_anchors(ca: Path | None, crl: Path | None) -> Anchors:
    """Read PEM or DER files; raises ConfigError when one cannot be used."""
    certificates = _certificates(read_bounded(ca, _LARGEST_FILE), ca) if ca else ()
    revocations = _revocations(read_bounded(crl, _LARGEST_FILE), crl) if crl else ()
    return Anchors(certificates, revocations)


def leads_to(leaf: x509.Certificate, sent: Sequence[x509.Certificate], anchors: Anchors, now: datetime) -> bool:
    """Whether signatures lead from `leaf` to an anchor; the validity of the leaf itself is another question.

    Each step takes the issuer by name and signature. A loop or a chain longer than ten ends the search.
    """
    seen: set[x509.Certificate] = set()
    front = [leaf]
    for _ in range(_LONGEST_CHAIN):
        if any(one in anchors.certificates for one in front):
            return True
        seen.update(front)
        candidates = [
            issuer
            for issuer in (*anchors.certificates, *sent)
            if issuer not in seen and _may_issue(issuer, now) and any(issued(one, issuer) for one in front)
        ]
        if not candidates:
            return False
        front = candidates
    return False


def _may_issue(issuer: x509.Certificate, now: datetime) -> bool:
    if not issuer.not_valid_before_utc <= now <= issuer.not_valid_after_utc:
        return False
    try:
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return issuer.version is x509.Version.v1
    except (ValueError, x509.DuplicateExtension):
        return False
    return constraints.ca


def _certificates(raw: bytes, path: Path) -> tuple[x509.Certificate, ...]:
    try:
        if b"-----BEGIN" in raw:
            return tuple(x509.load_pem_x509_certificates(raw))
        return (x509.load_der_x509_certificate(raw),)
    except ValueError as error:
        raise ConfigError("this is no certificate", where=str(path), right="certificates in PEM or DER") from error


def _revocations(raw: bytes, path: Path) -> tuple[x509.CertificateRevocationList, ...]:
    try:
        if b"-----BEGIN" in raw:
            parts = raw.split(b"-----BEGIN X509 CRL-----")[1:]
            return tuple(x509.load_pem_x509_crl(b"-----BEGIN X509 CRL-----" + part) for part in parts)
        return (x509.load_der_x509_crl(raw),)
    except ValueError as error:
        raise ConfigError("this is no revocation list", where=str(path), right="a CRL in PEM or DER") from error

"""Whether a leaf was revoked: by the site's revocation lists (RFC 5280 5) and by a stapled response (RFC 6960)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import Hash, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.ocsp import (
    OCSPCertStatus,
    OCSPResponse,
    OCSPResponseStatus,
    OCSPSingleResponse,
    load_der_ocsp_response,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from auditor.endpoints.tls.certificate import issued
from auditor.endpoints.tls.trust import Anchors

ABSENT, UNREADABLE, UNKNOWN, UNVERIFIED = "absent", "unreadable", "unknown", "unverified"
FORGED, STALE, GOOD, REVOKED = "not-genuine", "stale", "good", "revoked"
_SIGNING = (
    rsa.RSAPublicKey,
    ec.EllipticCurvePublicKey,
    dsa.DSAPublicKey,
    ed25519.Ed25519PublicKey,
    ed448.Ed448PublicKey,
)
_MOST_ANSWERS = 16


def revoked(
    leaf: x509.Certificate, issuers: Sequence[x509.Certificate], anchors: Anchors, now: datetime
) -> bool | None:
    """Whether a revocation list of the leaf's issuer names it; None when there is none that is genuine and current.

    A list that is out of date still tells whom it names, but not that nobody has been added since.
    """
    answer: bool | None = None
    for listed in anchors.revocations:
        if listed.issuer != leaf.issuer or not _genuine(listed, (*anchors.certificates, *issuers)):
            continue
        if listed.get_revoked_certificate_by_serial_number(leaf.serial_number) is not None:
            return True
        if listed.next_update_utc is None or listed.next_update_utc >= now:
            answer = False
    return answer


def stapled_status(raw: bytes, leaf: x509.Certificate, issuers: Sequence[x509.Certificate], now: datetime) -> str:
    """What a stapled OCSP response says of the leaf, one of this module's words.

    `good` and `revoked` only when the leaf's issuer, or a responder it certified for that (RFC 6960 4.2.2.2), signed;
    `unverified` when that issuer is neither sent nor among the site's; `good` only within its time.
    """
    if not raw:
        return ABSENT
    try:
        found = load_der_ocsp_response(raw)
        if found.response_status is not OCSPResponseStatus.SUCCESSFUL:
            return UNKNOWN
        issuer = next((each for each in issuers if issued(leaf, each)), None)
        single = next((each for each in _answers(found) if _is_about(each, leaf, issuer)), None)
        if single is None:
            return UNKNOWN
        if issuer is None:
            return UNVERIFIED
        return _verified(found, single, issuer, now)
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, x509.InvalidVersion):
        return UNREADABLE


def _answers(found: OCSPResponse) -> Iterator[OCSPSingleResponse]:
    for number, each in enumerate(found.responses):
        if number == _MOST_ANSWERS:
            return
        yield each


def _is_about(single: OCSPSingleResponse, leaf: x509.Certificate, issuer: x509.Certificate | None) -> bool:
    if single.serial_number != leaf.serial_number:
        return False
    return issuer is None or single.issuer_key_hash == _hash(_key_bits(issuer), single.hash_algorithm)


def _verified(found: OCSPResponse, single: OCSPSingleResponse, issuer: x509.Certificate, now: datetime) -> str:
    if not any(_signed(found, signer) for signer in _signers(found, issuer, now)):
        return FORGED
    if single.certificate_status is OCSPCertStatus.REVOKED:
        return REVOKED
    if single.certificate_status is not OCSPCertStatus.GOOD:
        return UNKNOWN
    until = single.next_update_utc
    return GOOD if single.this_update_utc <= now and (until is None or now <= until) else STALE


def _signers(found: OCSPResponse, issuer: x509.Certificate, now: datetime) -> Iterator[x509.Certificate]:
    yield issuer
    for each in found.certificates[:_MOST_ANSWERS]:
        if issued(each, issuer) and each.not_valid_before_utc <= now <= each.not_valid_after_utc and _may_answer(each):
            yield each


def _may_answer(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension):
        return False
    return ExtendedKeyUsageOID.OCSP_SIGNING in usage


def _signed(found: OCSPResponse, signer: x509.Certificate) -> bool:
    key, algorithm = signer.public_key(), found.signature_hash_algorithm
    data, signature = found.tbs_response_bytes, found.signature
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm is not None:
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm is not None:
            key.verify(signature, data, ec.ECDSA(algorithm))
        elif isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            key.verify(signature, data)
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _key_bits(issuer: x509.Certificate) -> bytes:
    """The subject's public key as RFC 6960 hashes it: the bits, without algorithm and length."""
    key = issuer.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    raise ValueError("a key of this kind cannot be compared")


def _hash(data: bytes, algorithm: HashAlgorithm) -> bytes:
    made = Hash(algorithm)
    made.update(data)
    return made.finalize()


def _genuine(listed: x509.CertificateRevocationList, issuers: Sequence[x509.Certificate]) -> bool:
    for issuer in issuers:
        key = issuer.public_key()
        if issuer.subject == listed.issuer and isinstance(key, _SIGNING):
            try:
                if listed.is_signature_valid(key):
                    return True
            except (TypeError, UnsupportedAlgorithm):
                continue
    return False

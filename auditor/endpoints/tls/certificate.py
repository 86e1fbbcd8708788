"""What one certificate says of itself (RFC 5280), read from DER that a stranger sent."""

import ipaddress
import warnings
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

_LARGEST = 100_000
_SERVER = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}


@dataclass(frozen=True, slots=True)
class Leaf:
    """The facts of a server's own certificate. Days are counted to `now`; key sizes are in bits."""

    subject: str
    fingerprint: str
    not_before: datetime
    not_after: datetime
    names: tuple[str, ...]
    has_san: bool
    self_signed: bool
    signature: str
    key_type: str
    key_bits: int
    eku: str
    is_ca: bool

    @property
    def lifetime_days(self) -> int:
        """Whole days from the first moment of validity to the last."""
        return (self.not_after - self.not_before).days


def parse(der: bytes) -> x509.Certificate | None:
    """The certificate, or None when it is none that can be read."""
    if len(der) > _LARGEST:
        return None
    try:
        with warnings.catch_warnings():
            # A serial number below one is the peer's fault (RFC 5280, 4.1.2.2), not for the terminal of who asks.
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            found = x509.load_der_x509_certificate(der)
            describe(found)  # much of a certificate is only parsed, and found malformed, when it is asked for
        return found
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, x509.InvalidVersion):
        return None


def describe(certificate: x509.Certificate) -> Leaf:
    """The facts of `certificate`."""
    key_type, key_bits = _key(certificate)
    names, has_san = _names(certificate)
    return Leaf(
        certificate.subject.rfc4514_string(),
        certificate.fingerprint(SHA256()).hex(),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        names,
        has_san,
        issued_by_itself(certificate),
        _signature(certificate),
        key_type,
        key_bits,
        _usage(certificate),
        _is_ca(certificate),
    )


def issued_by_itself(certificate: x509.Certificate) -> bool:
    """Whether the certificate carries its own signature."""
    return issued(certificate, certificate)


def issued(child: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the key of `issuer` signed `child`; by names alone where the algorithm is known to nobody here."""
    if child.issuer != issuer.subject:
        return False
    try:
        key, algorithm = issuer.public_key(), child.signature_hash_algorithm
        if isinstance(key, rsa.RSAPublicKey) and algorithm is not None:
            parameters = child.signature_algorithm_parameters
            wrapped = parameters if isinstance(parameters, padding.PSS | padding.PKCS1v15) else padding.PKCS1v15()
            key.verify(child.signature, child.tbs_certificate_bytes, wrapped, algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm is not None:
            key.verify(child.signature, child.tbs_certificate_bytes, ec.ECDSA(algorithm))
        else:
            child.verify_directly_issued_by(issuer)
    except UnsupportedAlgorithm:
        return True
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def matches(names: tuple[str, ...], host: str) -> bool:
    """Whether one of `names` covers `host` (RFC 9525 6): exact, or one leftmost wildcard label; addresses exactly."""
    wanted = _ascii(host)
    try:
        address = ipaddress.ip_address(wanted)
    except ValueError:
        return any(_covers(_ascii(name), wanted) for name in names)
    return any(_same_address(name, address) for name in names)


def days_left(leaf: Leaf, now: datetime) -> int:
    """Whole days until the end of validity; negative when it is over."""
    return (leaf.not_after - now).days


def _covers(pattern: str, host: str) -> bool:
    if pattern == host:
        return True
    head, _, rest = pattern.partition(".")
    return head == "*" and "." in rest and host.partition(".")[2] == rest and bool(host.partition(".")[0])


def _same_address(name: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return ipaddress.ip_address(name) == address
    except ValueError:
        return False


def _ascii(name: str) -> str:
    text = name.strip().rstrip(".").lower()
    try:
        return text if text.isascii() else text.encode("idna").decode("ascii")
    except UnicodeError:
        return text


def _names(certificate: x509.Certificate) -> tuple[tuple[str, ...], bool]:
    """Names of the SAN; of the common name only where there is no SAN, as older clients do (RFC 6125 6.4.4)."""
    try:
        found = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError, x509.UnsupportedGeneralNameType):
        common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return tuple(str(attribute.value) for attribute in common), False
    if not isinstance(found, x509.SubjectAlternativeName):
        return (), False
    dns = found.get_values_for_type(x509.DNSName)
    addresses = found.get_values_for_type(x509.IPAddress)
    return (*dns, *(str(address) for address in addresses)), True


def _usage(certificate: x509.Certificate) -> str:
    """`absent`, `server` or `other`: whether extendedKeyUsage allows a TLS server (RFC 5280 4.2.1.12)."""
    try:
        found = certificate.extensions.get_extension_for_oid(ExtensionOID.EXTENDED_KEY_USAGE).value
    except x509.ExtensionNotFound:
        return "absent"
    except (x509.DuplicateExtension, ValueError, x509.UnsupportedGeneralNameType):
        return "other"
    return "server" if isinstance(found, x509.ExtendedKeyUsage) and _SERVER & set(found) else "other"


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        found = certificate.extensions.get_extension_for_oid(ExtensionOID.BASIC_CONSTRAINTS).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError, x509.UnsupportedGeneralNameType):
        return False
    return isinstance(found, x509.BasicConstraints) and found.ca


def _signature(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return f"unknown ({certificate.signature_algorithm_oid.dotted_string})"
    return algorithm.name if algorithm else "none"


def _key(certificate: x509.Certificate) -> tuple[str, int]:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return "unknown", 0
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "EC", key.key_size
    if isinstance(key, dsa.DSAPublicKey):
        return "DSA", key.key_size
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return "EdDSA", 256
    return "unknown", 0

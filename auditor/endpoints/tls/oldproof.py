"""Our certificate, shown and proved by hand in SSL 3.0 to TLS 1.2 (RFC 6101 5.6.8, RFC 2246 7.4.8, RFC 5246 7.4.8)."""

import struct
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from auditor.endpoints.tls import hello
from auditor.endpoints.tls.oldkeys import digest, padded
from auditor.endpoints.tls.session import Identity, NotAgreed

_RSA, _ECDSA = 1, 3
_SHA1 = hashes.SHA1()  # noqa: S303 - what these versions sign with, for want of anything better
_HASHES: dict[int, hashes.HashAlgorithm] = {4: hashes.SHA256(), 5: hashes.SHA384(), 6: hashes.SHA512(), 2: _SHA1}
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Proof:
    """A chain and its key, read from an Identity; raises NotAgreed where they cannot be used here."""

    def __init__(self, identity: Identity) -> None:
        try:
            found = x509.load_pem_x509_certificates(Path(identity.certificate).read_bytes())
            key = load_pem_private_key(Path(identity.key).read_bytes(), None)
        except (OSError, ValueError, TypeError) as error:
            raise NotAgreed("our client certificate or its key cannot be read") from error
        if not isinstance(key, Key):
            raise NotAgreed("the key of our client certificate is neither RSA nor of a curve")
        self._chain = [each.public_bytes(Encoding.DER) for each in found]
        self._key: Key = key

    def certificate(self) -> bytes:
        """The body of a Certificate message."""
        listed = b"".join(len(der).to_bytes(3, "big") + der for der in self._chain)
        return len(listed).to_bytes(3, "big") + listed

    def verify(self, version: int, request: bytes, transcript: bytes, master: bytes) -> bytes:
        """The body of a CertificateVerify message, over all messages so far; `request` is the CertificateRequest."""
        if version == hello.TLS12:
            kind = _RSA if isinstance(self._key, rsa.RSAPrivateKey) else _ECDSA
            number = _agreed(request, kind)
            return bytes([number, kind]) + _sized(self._sign(_HASHES[number], transcript))
        if isinstance(self._key, rsa.RSAPrivateKey):
            both = b"".join(_hash(version, name, transcript, master) for name in ("md5", "sha1"))
            return _sized(self._key.sign(both, padding.PKCS1v15(), NoDigestInfo()))
        return _sized(self._sign(_SHA1, transcript))  # RFC 4492 5.8

    def _sign(self, algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), algorithm)
        return self._key.sign(data, ec.ECDSA(algorithm))


def _hash(version: int, name: str, transcript: bytes, master: bytes) -> bytes:
    """What is signed: a hash of all messages, which SSL 3.0 mixes with the master secret."""
    return padded(name, transcript, b"", master) if version == hello.SSL30 else digest(name, transcript)


def _agreed(request: bytes, kind: int) -> int:
    """The best hash that the server takes with our kind of key (RFC 5246 7.4.4); SHA-1 where it names none."""
    at = 1 + request[0]
    size = struct.unpack_from(">H", request, at)[0]
    pairs: Iterable[bytes] = (request[at + 2 + step : at + 4 + step] for step in range(0, size, 2))
    offered = {pair[0] for pair in pairs if len(pair) == 2 and pair[1] == kind}
    return next((number for number in _HASHES if number in offered), 2)


def _sized(signature: bytes) -> bytes:
    return struct.pack(">H", len(signature)) + signature

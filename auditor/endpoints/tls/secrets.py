"""The keys of a TLS 1.3 handshake (RFC 8446 7.1), as far as needed to read the server's own flight."""

import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from auditor.endpoints.tls.hello import SECP256R1, SECP384R1, X25519, KeyShare

_CURVES: dict[int, ec.EllipticCurve] = {SECP256R1: ec.SECP256R1(), SECP384R1: ec.SECP384R1()}
_SHA384_SUITE, _CHACHA_SUITE = 0x1302, 0x1303
_CCM_TAGS = {0x1304: 16, 0x1305: 8}


class Keys:
    """Fresh private keys for the groups a hello offers."""

    def __init__(self) -> None:
        self._x25519 = x25519.X25519PrivateKey.generate()
        self._curves = {group: ec.generate_private_key(curve) for group, curve in _CURVES.items()}

    def shares(self) -> tuple[KeyShare, ...]:
        """The public halves."""
        public = self._x25519.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        points = (
            KeyShare(group, key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
            for group, key in self._curves.items()
        )
        return (KeyShare(X25519, public), *points)

    def agree(self, group: int, public: bytes) -> bytes:
        """The shared secret with the server's public key; raises ValueError or KeyError for a bad one."""
        if group == X25519:
            return self._x25519.exchange(x25519.X25519PublicKey.from_public_bytes(public))
        curve = _CURVES[group]
        return self._curves[group].exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(curve, public))


@dataclass(slots=True)
class Opener:
    """Decrypts the server's handshake records, in order."""

    key: bytes
    iv: bytes
    suite: int
    sequence: int = 0

    def open(self, fragment: bytes) -> tuple[int, bytes]:
        """Return content type and plaintext of one record; raises InvalidTag when it was not meant for us."""
        nonce = (int.from_bytes(self.iv, "big") ^ self.sequence).to_bytes(12, "big")
        self.sequence += 1
        header = b"\x17\x03\x03" + struct.pack(">H", len(fragment))
        inner = self._cipher().decrypt(nonce, fragment, header).rstrip(b"\x00")
        return inner[-1], inner[:-1]

    def _cipher(self) -> AESGCM | AESCCM | ChaCha20Poly1305:
        if self.suite == _CHACHA_SUITE:
            return ChaCha20Poly1305(self.key)
        if self.suite in _CCM_TAGS:
            return AESCCM(self.key, tag_length=_CCM_TAGS[self.suite])
        return AESGCM(self.key)


def opener(suite: int, shared: bytes, transcript: bytes) -> Opener:
    """Keys for the server's flight after ClientHello and ServerHello (`transcript`)."""
    algorithm = hashes.SHA384() if suite == _SHA384_SUITE else hashes.SHA256()
    nothing = bytes(algorithm.digest_size)
    early = _extract(algorithm, nothing, nothing)
    derived = _expand(algorithm, early, b"derived", _digest(algorithm, b""))
    handshake = _extract(algorithm, derived, shared)
    traffic = _expand(algorithm, handshake, b"s hs traffic", _digest(algorithm, transcript))
    size = 32 if suite in (_SHA384_SUITE, _CHACHA_SUITE) else 16
    key = _expand(algorithm, traffic, b"key", b"", size)
    return Opener(key, _expand(algorithm, traffic, b"iv", b"", 12), suite)


def _digest(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()


def _extract(algorithm: hashes.HashAlgorithm, salt: bytes, secret: bytes) -> bytes:
    mac = hmac.HMAC(salt, algorithm)
    mac.update(secret)
    return mac.finalize()


def _expand(algorithm: hashes.HashAlgorithm, secret: bytes, label: bytes, context: bytes, size: int = 0) -> bytes:
    length = size or algorithm.digest_size
    name = b"tls13 " + label
    info = struct.pack(">H", length) + bytes([len(name)]) + name + bytes([len(context)]) + context
    return HKDFExpand(algorithm, length, info).derive(secret)

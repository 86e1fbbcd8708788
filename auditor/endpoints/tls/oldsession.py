"""A TLS session by hand with a server that speaks only what this machine's library no longer does.

For looking only: the server's signature over its key is not verified, since its certificate is judged elsewhere and
nothing worth protecting is sent. Key exchange by RSA, ephemeral DH and ECDH; RC4, 3DES and AES-CBC.
"""

import os
import struct
from collections.abc import Iterator
from types import TracebackType

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from auditor.endpoints.tls import flight, hello
from auditor.endpoints.tls.certificate import parse
from auditor.endpoints.tls.oldkeys import Half, Recipe, expand, finished, halves, recipe
from auditor.endpoints.tls.oldproof import Proof
from auditor.endpoints.tls.picture import TlsPicture
from auditor.endpoints.tls.session import Denied, Identity, NotAgreed, TlsWire, open_tls
from auditor.endpoints.tls.suites import Suite
from auditor.endpoints.wire import Address, Closed, Wire, exactly
from auditor.errors import ReadError

_FRAGMENT = 16384
_VERIFY, _KEY_EXCHANGE, _FINISHED = 15, 16, 20
_NO_CERTIFICATE = b"\x01\x29"  # SSL 3.0 says by an alert what TLS says by an empty message (RFC 6101 5.6.6)
_CURVES: dict[int, ec.EllipticCurve] = {0x0017: ec.SECP256R1(), 0x0018: ec.SECP384R1(), 0x0019: ec.SECP521R1()}


def spoken_by_hand(seen: TlsPicture) -> tuple[int, Suite] | None:
    """The newest version, with a suite, of those a server accepts that can be spoken by hand; None for none."""
    for version in sorted(seen.by_version, reverse=True):
        for suite in seen.by_version[version] if version < hello.TLS13 else ():
            if recipe(suite) is not None:
                return version, suite
    return None


class OldWire:
    """A session over an open Wire; raises Denied, NotAgreed, Closed or Silent as the handshake goes."""

    def __init__(
        self, wire: Wire, server_name: str, version: int, suite: Suite, identity: Identity | None = None
    ) -> None:
        made = recipe(suite)
        if made is None:
            raise NotAgreed("the suite is none that is spoken here")
        self._wire, self._version, self._made = wire, version, made
        self._proof = Proof(identity) if identity else None
        self._transcript = b""
        self._write: Half | None = None
        self._read: Half | None = None
        self._rest = b""
        try:
            self._shake(server_name, suite)
        except flight.Refused as error:
            raise Denied(f"alert {error.number}") from error
        except (flight.Malformed, ReadError, ValueError, struct.error, IndexError) as error:
            raise NotAgreed("the server breaks the rules of an old version of TLS") from error

    def __enter__(self) -> "OldWire":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.close()

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        for at in range(0, len(data), _FRAGMENT):
            self._put(flight.APPLICATION, data[at : at + _FRAGMENT])

    def some(self, most: int) -> bytes:
        """Read at least one and at most `most` bytes; raises Closed at the end of the session."""
        try:
            while not self._rest:
                kind, data = self._get()
                self._rest = data if kind == flight.APPLICATION else b""
        except flight.Refused as error:
            raise Closed from error
        except flight.Malformed as error:
            raise ReadError("an encrypted record cannot be read") from error
        found, self._rest = self._rest[:most], self._rest[most:]
        return found

    def _shake(self, server_name: str, suite: Suite) -> None:
        greeting = hello.client_hello(self._version, [suite.number], server_name)
        self._say(greeting)
        random, chosen, bodies = greeting[6:38], b"", {}
        for kind, body in flight.messages(self._heard()):
            if kind == flight.SERVER_HELLO:
                chosen = body
            bodies[kind] = body
            if kind == flight.DONE:
                break
        if struct.unpack_from(">H", chosen)[0] != self._version:
            raise flight.Malformed("another version was chosen")
        asked = bodies.get(flight.CERTIFICATE_REQUEST)
        if asked is not None:
            self._answer()
        exchanged, secret = _exchange(self._version, self._made, bodies)
        self._tell(_KEY_EXCHANGE, exchanged)
        master = expand(self._version, secret, b"master secret", random + chosen[2:34], 48)
        if asked is not None and self._proof:
            self._tell(_VERIFY, self._proof.verify(self._version, asked, self._transcript, master))
        ours, theirs = halves(self._version, self._made, master, random, chosen[2:34])
        self._put(flight.CHANGE_CIPHER, b"\x01")
        self._write = ours
        body = finished(self._version, master, self._transcript, client=True)
        self._tell(_FINISHED, body)
        self._await_finished(theirs, master)

    def _await_finished(self, theirs: Half, master: bytes) -> None:
        expected = finished(self._version, master, self._transcript, client=False)
        while self._read is None:
            kind, _ = self._get()
            if kind == flight.CHANGE_CIPHER:
                self._read = theirs
        kind, data = self._get()
        if kind != flight.HANDSHAKE or data[4:] != expected:
            raise flight.Malformed("the server's last message of the handshake is wrong")

    def _answer(self) -> None:
        """Show our certificate where there is one, and say so where there is none."""
        if self._proof:
            self._tell(flight.CERTIFICATE, self._proof.certificate())
        elif self._version == hello.SSL30:
            self._put(flight.ALERT, _NO_CERTIFICATE)
        else:
            self._tell(flight.CERTIFICATE, b"\x00\x00\x00")

    def _heard(self) -> Iterator[bytes]:
        while True:
            kind, data = self._get()
            if kind == flight.HANDSHAKE:
                self._transcript += data
                yield data

    def _tell(self, kind: int, body: bytes) -> None:
        self._say(bytes([kind]) + len(body).to_bytes(3, "big") + body)

    def _say(self, message: bytes) -> None:
        self._transcript += message
        self._put(flight.HANDSHAKE, message)

    def _put(self, kind: int, data: bytes) -> None:
        body = self._write.seal(kind, data) if self._write else data
        self._wire.send(struct.pack(">BHH", kind, self._version, len(body)) + body)

    def _get(self) -> tuple[int, bytes]:
        kind, _, length = struct.unpack(">BHH", exactly(self._wire, 5))
        if length > _FRAGMENT + 2048 or not flight.CHANGE_CIPHER <= kind <= flight.APPLICATION:
            raise flight.Malformed("the answer is not a TLS record")
        data = exactly(self._wire, length)
        if self._read is not None:
            data = self._read.open(kind, data)
        if kind == flight.ALERT and data[:1] != b"\x01":
            raise flight.Refused(data[1] if len(data) > 1 else 0)
        if kind == flight.ALERT and data[1:] == b"\x00":
            raise Closed
        return kind, data


def open_by_hand(address: Address, what: str, version: int, suite: Suite, identity: Identity | None = None) -> OldWire:
    """Connect and complete a handshake; raises Denied, NotAgreed, Closed, Silent or Unreachable."""
    wire = address.open(what)
    try:
        return OldWire(wire, address.server_name, version, suite, identity)
    except BaseException:
        wire.close()
        raise


def open_any(address: Address, what: str, identity: Identity | None, seen: TlsPicture) -> TlsWire | OldWire:
    """A session by this machine's library, or where that and the server share nothing, by hand.

    Raises Denied, NotAgreed, Closed, Silent or Unreachable.
    """
    by_hand = spoken_by_hand(seen)
    try:
        return open_tls(address, what, identity)
    except (NotAgreed, Denied):
        if by_hand is None or not beyond_library(seen):
            raise
    return open_by_hand(address, what, *by_hand, identity)


def beyond_library(seen: TlsPicture) -> bool:
    """Whether everything met so far is SSL 3.0, RC4 or 3DES, which current builds of OpenSSL leave out."""
    return all(
        version == hello.SSL30 or all(suite.rc4 or suite.triple_des for suite in suites)
        for version, suites in seen.by_version.items()
    )


def _exchange(version: int, made: Recipe, bodies: dict[int, bytes]) -> tuple[bytes, bytes]:
    """Our half of the key exchange as it is sent, and the secret that both then know."""
    if made.exchange == "RSA":
        chain = flight.certificates(bodies[flight.CERTIFICATE])
        leaf = parse(chain[0])
        key = leaf.public_key() if leaf else None
        if not isinstance(key, rsa.RSAPublicKey):
            raise ValueError("the certificate holds no RSA key")
        secret = struct.pack(">H", version) + os.urandom(46)
        coded = key.encrypt(secret, padding.PKCS1v15())
        return (coded if version == hello.SSL30 else struct.pack(">H", len(coded)) + coded), secret
    body = bodies[flight.SERVER_KEY_EXCHANGE]
    return _finite(body) if made.exchange.startswith("DH") else _elliptic(body)


def _finite(body: bytes) -> tuple[bytes, bytes]:
    parts, at = [], 0
    for _ in range(3):
        size = struct.unpack_from(">H", body, at)[0]
        parts.append(int.from_bytes(body[at + 2 : at + 2 + size], "big"))
        at += 2 + size
    prime, base, theirs = parts
    if not 3 < prime.bit_length() <= 16384:
        raise ValueError("the group is impossible")
    private = int.from_bytes(os.urandom(32), "big")
    size = (prime.bit_length() + 7) // 8
    ours = pow(base, private, prime).to_bytes(size, "big")
    return struct.pack(">H", len(ours)) + ours, pow(theirs, private, prime).to_bytes(size, "big").lstrip(b"\x00")


def _elliptic(body: bytes) -> tuple[bytes, bytes]:
    group, point = struct.unpack_from(">H", body, 1)[0], body[4 : 4 + body[3]]
    if group == hello.X25519:
        private = x25519.X25519PrivateKey.generate()
        ours = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        secret = private.exchange(x25519.X25519PublicKey.from_public_bytes(point))
    else:
        if group not in _CURVES:
            raise ValueError("the curve is none that is spoken here")
        key = ec.generate_private_key(_CURVES[group])
        ours = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        secret = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[group], point))
    return bytes([len(ours)]) + ours, secret

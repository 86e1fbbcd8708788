"""Reads a server's first flight: what it chose, its certificates, its Diffie-Hellman group, what it asks for.

Up to TLS 1.2 all of this comes in the clear before any secret exists, so it is seen as well behind mutual
TLS (RFC 5246 7.3). Every length is checked; a malformed flight raises Malformed and nothing else.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from auditor.endpoints.wire import Stream, exactly

ALERT, HANDSHAKE, CHANGE_CIPHER, APPLICATION = 21, 22, 20, 23
SERVER_HELLO, CERTIFICATE, SERVER_KEY_EXCHANGE, CERTIFICATE_REQUEST, DONE, STATUS = 2, 11, 12, 13, 14, 22
ENCRYPTED_EXTENSIONS, FINISHED = 8, 20
_WARNING, _CLOSE_NOTIFY = 1, 0
_LARGEST_RECORD = 16384 + 2048
_LARGEST_MESSAGE = 256 * 1024
_MOST_CERTIFICATES = 32
_RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
_EXPLICIT_PRIME, _NAMED_CURVE = (1, 3)


class Malformed(Exception):
    """What came is not TLS, or breaks its rules."""


class Refused(Exception):
    """The server answered with an alert; `number` is its description (RFC 8446 6)."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass(frozen=True, slots=True)
class Flight:
    """What a server said in its first flight."""

    version: int = 0
    suite: int = 0
    compression: int = 0
    extensions: dict[int, bytes] = field(default_factory=dict)
    retry: bool = False
    certificates: tuple[bytes, ...] = ()
    dh_bits: int = 0
    curve: int = 0
    asks_certificate: bool = False
    stapled: bytes = b""
    whole: bool = False


def records(wire: Stream) -> Iterator[tuple[int, bytes]]:
    """Yield content type and fragment of each record; raises Malformed for what is none."""
    while True:
        head = exactly(wire, 5)
        kind, major, length = head[0], head[1], int.from_bytes(head[3:5], "big")
        if kind not in (ALERT, HANDSHAKE, CHANGE_CIPHER, APPLICATION) or major != 3 or length > _LARGEST_RECORD:
            raise Malformed("the answer is not a TLS record")
        fragment = exactly(wire, length)
        if kind == ALERT and len(fragment) == 2 and fragment[0] == _WARNING and fragment[1] != _CLOSE_NOTIFY:
            continue
        if kind == ALERT:
            raise Refused(fragment[1] if len(fragment) == 2 else 0)
        yield kind, fragment


def messages(fragments: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """Join fragments into handshake messages: type and body."""
    buffer = bytearray()
    for fragment in fragments:
        buffer += fragment
        while len(buffer) >= 4:
            length = int.from_bytes(buffer[1:4], "big")
            if length > _LARGEST_MESSAGE:
                raise Malformed("a handshake message is too long")
            if len(buffer) < 4 + length:
                break
            yield buffer[0], bytes(buffer[4 : 4 + length])
            del buffer[: 4 + length]


def read_flight(wire: Stream) -> Flight:
    """Read until ServerHelloDone, or only the ServerHello of TLS 1.3."""
    flight = Flight()
    plain = (fragment for kind, fragment in records(wire) if kind == HANDSHAKE)
    for kind, body in messages(plain):
        flight = take(flight, kind, body)
        if kind == DONE:
            return replace(flight, whole=True)
        if kind == SERVER_HELLO and (flight.retry or 0x002B in flight.extensions):
            return flight
    raise Malformed("the flight ends early")


def take(flight: Flight, kind: int, body: bytes) -> Flight:
    """Add one handshake message to what is known."""
    try:
        if kind == SERVER_HELLO:
            return _server_hello(body)
        if kind == CERTIFICATE:
            return replace(flight, certificates=certificates(body))
        if kind == SERVER_KEY_EXCHANGE:
            return _key_exchange(flight, body)
        if kind == CERTIFICATE_REQUEST:
            return replace(flight, asks_certificate=True)
        if kind == STATUS and body[:1] == b"\x01":
            return replace(flight, stapled=body[4:])
    except (struct.error, IndexError) as error:
        raise Malformed("a handshake message is cut short") from error
    return flight


def _server_hello(body: bytes) -> Flight:
    version, random = struct.unpack_from(">H", body)[0], body[2:34]
    at = 35 + body[34]
    suite, compression = struct.unpack_from(">HB", body, at)
    extensions: dict[int, bytes] = {}
    if len(body) > at + 3:
        block = body[at + 5 : at + 5 + struct.unpack_from(">H", body, at + 3)[0]]
        extensions = dict(_extensions(block))
    if 0x002B in extensions:
        version = struct.unpack(">H", extensions[0x002B])[0]
    return Flight(version, suite, compression, extensions, retry=random == _RETRY_RANDOM)


def _extensions(block: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(block):
        number, length = struct.unpack_from(">HH", block, at)
        yield number, block[at + 4 : at + 4 + length]
        at += 4 + length


def certificates(body: bytes, *, tls13: bool = False) -> tuple[bytes, ...]:
    """The DER certificates of a Certificate message, leaf first."""
    at = 1 + body[0] if tls13 else 0
    stop = min(len(body), at + 3 + int.from_bytes(body[at : at + 3], "big"))
    at += 3
    found: list[bytes] = []
    while at + 3 <= stop and len(found) < _MOST_CERTIFICATES:
        length = int.from_bytes(body[at : at + 3], "big")
        found.append(body[at + 3 : at + 3 + length])
        at += 3 + length
        if tls13:
            at += 2 + struct.unpack_from(">H", body, at)[0]
    return tuple(found)


def stapled_13(body: bytes) -> bytes:
    """The OCSP response stapled to the leaf of a TLS 1.3 Certificate message (RFC 8446 4.4.2.1), or nothing."""
    at = 1 + body[0] + 3
    at += 3 + int.from_bytes(body[at : at + 3], "big")
    size = int.from_bytes(body[at : at + 2], "big")
    status = dict(_extensions(body[at + 2 : at + 2 + size])).get(0x0005, b"")
    return status[4:] if status[:1] == b"\x01" else b""


def _key_exchange(flight: Flight, body: bytes) -> Flight:
    """The group of a ServerKeyExchange: a named curve (RFC 8422 5.4) or a prime (RFC 5246 7.4.3)."""
    from auditor.endpoints.tls.suites import by_number

    suite = by_number().get(flight.suite)
    if suite is not None and suite.ephemeral_dh:
        length = struct.unpack_from(">H", body)[0]
        return replace(flight, dh_bits=int.from_bytes(body[2 : 2 + length], "big").bit_length())
    if body[:1] == bytes([_NAMED_CURVE]):
        return replace(flight, curve=struct.unpack_from(">H", body, 1)[0])
    return flight

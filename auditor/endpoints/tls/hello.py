"""Writes a ClientHello (RFC 5246 7.4.1.2, RFC 8446 4.1.2, RFC 6101 5.6.1.2)."""

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass

SSL30, TLS10, TLS11, TLS12, TLS13 = 0x0300, 0x0301, 0x0302, 0x0303, 0x0304
NAMES = {SSL30: "SSL 3.0", TLS10: "TLS 1.0", TLS11: "TLS 1.1", TLS12: "TLS 1.2", TLS13: "TLS 1.3"}
X25519, SECP256R1, SECP384R1 = 0x001D, 0x0017, 0x0018
_SCSV = 0x00FF  # TLS_EMPTY_RENEGOTIATION_INFO_SCSV, RFC 5746
_GROUPS = (X25519, SECP256R1, SECP384R1, 0x0019, 0x001E, 0x0016, 0x0015, 0x0014, 0x0013)
_FIELDS = (0x0100, 0x0101, 0x0102)  # RFC 7919; offered to TLS 1.3 only, so that older ones show a group of their own
_SIGNATURES = (
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B,
    0x0401, 0x0501, 0x0601, 0x0301, 0x0303, 0x0203, 0x0201, 0x0202, 0x0302, 0x0402, 0x0101,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyShare:
    """A public key offered for one group (RFC 8446 4.2.8)."""

    group: int
    public: bytes


def client_hello(
    version: int, suites: Sequence[int], server_name: str, *, shares: Sequence[KeyShare] = (), compression: bool = False
) -> bytes:
    """Return the handshake message (no record header) that offers exactly `version` and `suites`.

    `shares` make it a TLS 1.3 hello. `compression` also offers DEFLATE (RFC 3749).
    """
    numbers = [*suites, _SCSV] if version < TLS13 else list(suites)
    methods = b"\x02\x01\x00" if compression else b"\x01\x00"
    body = (
        struct.pack(">H", min(version, TLS12))
        + os.urandom(32)
        + _short(os.urandom(32) if version == TLS13 else b"")
        + _long(b"".join(struct.pack(">H", number) for number in numbers))
        + methods
    )
    if version > SSL30:
        body += _long(_extensions(version, server_name, shares))
    return b"\x01" + len(body).to_bytes(3, "big") + body


def record(message: bytes, version: int) -> bytes:
    """Wrap a handshake message in one record; the outer version never exceeds TLS 1.0 in a first flight."""
    return b"\x16" + struct.pack(">HH", min(version, TLS10), len(message)) + message


def _extensions(version: int, server_name: str, shares: Sequence[KeyShare]) -> bytes:
    parts = b""
    if server_name and not server_name.replace(".", "").isdecimal() and ":" not in server_name:
        name = server_name.encode("idna") if not server_name.isascii() else server_name.encode("ascii")
        parts += _extension(0x0000, _long(b"\x00" + _long(name)))
    groups = (*_GROUPS, *_FIELDS) if version == TLS13 else _GROUPS
    parts += _extension(0x000A, _long(b"".join(struct.pack(">H", group) for group in groups)))
    parts += _extension(0x000B, _short(b"\x00"))
    if version >= TLS12:
        parts += _extension(0x000D, _long(b"".join(struct.pack(">H", scheme) for scheme in _SIGNATURES)))
    parts += _extension(0x0005, b"\x01\x00\x00\x00\x00")
    if version == TLS13:
        parts += _extension(0x002B, _short(struct.pack(">H", TLS13)))
        offered = b"".join(struct.pack(">H", share.group) + _long(share.public) for share in shares)
        parts += _extension(0x0033, _long(offered))
    return parts


def _extension(number: int, body: bytes) -> bytes:
    return struct.pack(">H", number) + _long(body)


def _short(body: bytes) -> bytes:
    return bytes([len(body)]) + body


def _long(body: bytes) -> bytes:
    return struct.pack(">H", len(body)) + body

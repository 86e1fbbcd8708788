"""Keys and records of SSL 3.0 to TLS 1.2 with suites that this machine's library no longer has.

Nothing is protected by this: it only lets a check be made on a server that speaks nothing better. RFC 6101 (SSL 3.0),
RFC 2246, 4346 and 5246 (TLS 1.0 to 1.2).
"""

import hashlib
import hmac
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4, TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from auditor.endpoints.tls import hello
from auditor.endpoints.tls.flight import Malformed
from auditor.endpoints.tls.suites import Suite

_CIPHERS = {"RC4_128": (16, 0), "3DES_EDE_CBC": (24, 8), "AES_128_CBC": (16, 16), "AES_256_CBC": (32, 16)}
_MACS = {"MD5": "md5", "SHA": "sha1", "SHA256": "sha256"}
_PADS = {"md5": 48, "sha1": 40}


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a suite is made of: key exchange, and sizes in bytes."""

    exchange: str
    cipher: str
    key: int
    block: int
    mac: str


def recipe(suite: Suite) -> Recipe | None:
    """How to speak `suite` by hand, or None when it is not one of these."""
    exchange, _, rest = suite.name.removeprefix("TLS_").partition("_WITH_")
    cipher, _, mac = rest.rpartition("_")
    if (
        cipher not in _CIPHERS
        or mac not in _MACS
        or exchange.split("_")[0] not in ("RSA", "DHE", "ECDHE", "DH", "ECDH")
    ):
        return None
    if exchange.startswith(("DH_", "ECDH_")) and not exchange.endswith("_anon"):
        return None
    return Recipe(exchange, cipher, *_CIPHERS[cipher], _MACS[mac])


def digest(name: str, data: bytes) -> bytes:
    """A hash by name; MD5 and SHA-1 are what these versions are made of."""
    return hashlib.new(name, data, usedforsecurity=False).digest()


def expand(version: int, secret: bytes, label: bytes, seed: bytes, size: int) -> bytes:
    """The pseudo-random function of a version (RFC 6101 6.1, RFC 2246 5, RFC 5246 5); SSL 3.0 takes no label."""
    if version == hello.SSL30:
        parts = (bytes([65 + number]) * (number + 1) for number in range(-(-size // 16)))
        return b"".join(digest("md5", secret + digest("sha1", part + secret + seed)) for part in parts)[:size]
    if version == hello.TLS12:
        return _stream("sha256", secret, label + seed, size)
    half = (len(secret) + 1) // 2
    first, second = (
        _stream("md5", secret[:half], label + seed, size),
        _stream("sha1", secret[-half:], label + seed, size),
    )
    return bytes(one ^ other for one, other in zip(first, second, strict=True))


def _stream(name: str, secret: bytes, seed: bytes, size: int) -> bytes:
    found, chain = b"", seed
    while len(found) < size:
        chain = hmac.new(secret, chain, name).digest()
        found += hmac.new(secret, chain + seed, name).digest()
    return found[:size]


def finished(version: int, master: bytes, transcript: bytes, *, client: bool) -> bytes:
    """The Finished message's body."""
    if version > hello.SSL30:
        names = ("sha256",) if version == hello.TLS12 else ("md5", "sha1")
        seed = b"".join(digest(name, transcript) for name in names)
        return expand(version, master, b"client finished" if client else b"server finished", seed, 12)
    sender = b"CLNT" if client else b"SRVR"
    return b"".join(padded(name, transcript, sender, master) for name in _PADS)


def padded(name: str, transcript: bytes, sender: bytes, master: bytes) -> bytes:
    """A hash of all messages with the master secret, as SSL 3.0 makes it (RFC 6101 5.6.8 and 5.6.9)."""
    inner = digest(name, transcript + sender + master + b"\x36" * _PADS[name])
    return digest(name, master + b"\x5c" * _PADS[name] + inner)


class Half:
    """One direction of a connection: seals or opens records in order."""

    def __init__(self, version: int, made: Recipe, mac: bytes, key: bytes, first: bytes) -> None:
        self._version, self._made, self._mac, self._key, self._iv = version, made, mac, key, first
        self._sequence = 0
        self._rc4: CipherContext | None = None

    def seal(self, kind: int, data: bytes) -> bytes:
        """A record's fragment."""
        whole = data + self._code(kind, data)
        block = self._made.block
        if not block:
            return self._streamed(whole)
        fill = block - len(whole) % block
        whole += bytes([fill - 1]) * fill
        start = os.urandom(block) if self._version >= hello.TLS11 else self._iv
        coded = self._cipher(start).encryptor().update(whole)
        self._iv = coded[-block:]
        return start + coded if self._version >= hello.TLS11 else coded

    def open(self, kind: int, fragment: bytes) -> bytes:
        """The data of a record; raises Malformed when it was not made for us."""
        block = self._made.block
        if not block:
            whole = self._streamed(fragment)
        else:
            start, coded = (
                (fragment[:block], fragment[block:]) if self._version >= hello.TLS11 else (self._iv, fragment)
            )
            if not coded or len(coded) % block or len(start) != block:
                raise Malformed("an encrypted record has an impossible length")
            self._iv = coded[-block:]
            whole = self._cipher(start).decryptor().update(coded)
            whole = whole[: len(whole) - 1 - whole[-1]]
        size = hashlib.new(self._made.mac, usedforsecurity=False).digest_size
        if len(whole) < size or not hmac.compare_digest(self._code(kind, whole[:-size]), whole[-size:]):
            raise Malformed("an encrypted record cannot be read")
        return whole[:-size]

    def _code(self, kind: int, data: bytes) -> bytes:
        """The message authentication code, and on to the next record."""
        head = struct.pack(">QB", self._sequence, kind)
        self._sequence += 1
        name = self._made.mac
        if self._version > hello.SSL30:
            return hmac.new(self._mac, head + struct.pack(">HH", self._version, len(data)) + data, name).digest()
        pad = _PADS[name]
        inner = digest(name, self._mac + b"\x36" * pad + head + struct.pack(">H", len(data)) + data)
        return digest(name, self._mac + b"\x5c" * pad + inner)

    def _streamed(self, data: bytes) -> bytes:
        if self._rc4 is None:
            self._rc4 = Cipher(ARC4(self._key), None).encryptor()
        return self._rc4.update(data)

    def _cipher(self, start: bytes) -> Cipher[CBC]:
        return Cipher((TripleDES if self._made.block == 8 else AES)(self._key), CBC(start))


def halves(version: int, made: Recipe, master: bytes, client: bytes, server: bytes) -> tuple[Half, Half]:
    """What we write with and what we read with, from the master secret and both randoms."""
    size = hashlib.new(made.mac, usedforsecurity=False).digest_size
    block = expand(version, master, b"key expansion", server + client, 2 * (size + made.key + made.block))
    take = _taker(block)
    macs, keys, starts = (
        [take(size), take(size)],
        [take(made.key), take(made.key)],
        [take(made.block), take(made.block)],
    )
    ours, theirs = (Half(version, made, *parts) for parts in zip(macs, keys, starts, strict=True))
    return ours, theirs


def _taker(block: bytes) -> Callable[[int], bytes]:
    at = 0

    def take(count: int) -> bytes:
        nonlocal at
        at += count
        return block[at - count : at]

    return take

"""The crosswalk: which pseudonym was whom. One encrypted file, opened by a passphrase or a recipient's key."""

import json
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from auditor.config.private import replaced
from auditor.errors import StoreError, VerificationError

MAGIC = b"AUDITOR-CROSSWALK-1\n"
_CHUNK = 256 * 1024
_COST = {"n": 2**17, "r": 8, "p": 1}
_MOST_COST = 2**20
_LONGEST_HEADER = 65536
_OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
_CLOSED = "the crosswalk does not open: the passphrase or key is wrong, or the file was changed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `kind` is ``patient`` or ``uid``, then what stood in the source and what stands in the copy."""

    kind: str
    original: str
    replacement: str


def write(
    path: Path, entries: Sequence[Entry], passphrase: bytes | None, recipients: Sequence[x509.Certificate]
) -> None:
    """Write the crosswalk with mode 0600, whole or not at all.

    The content key is random; it is wrapped under scrypt (RFC 7914) of the passphrase and under RSA-OAEP for
    every recipient. The content is AES-256-GCM in numbered chunks, the last one marked, so that a file cut
    short does not open. Raises StoreError.
    """
    key = AESGCM.generate_key(256)
    header = json.dumps(_wrapped(key, passphrase, recipients), sort_keys=True).encode("ascii")
    lines = "".join(json.dumps([entry.kind, entry.original, entry.replacement]) + "\n" for entry in entries)
    try:
        with replaced(path) as stream:
            stream.write(MAGIC + struct.pack(">I", len(header)) + header)
            for sealed in _sealed(key, header, lines.encode("utf-8", "surrogatepass")):
                stream.write(struct.pack(">I", len(sealed)) + sealed)
    except OSError as error:
        raise StoreError(f"the crosswalk cannot be written: {error.strerror}", where=str(path)) from error


def read(path: Path, passphrase: bytes | None = None, key: RSAPrivateKey | None = None) -> tuple[Entry, ...]:
    """Open a crosswalk; raises VerificationError with one sentence for every way in which it does not open."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise StoreError(f"the crosswalk cannot be read: {error.strerror}", where=str(path)) from error
    try:
        header, body = _parts(raw)
        content = _unwrapped(json.loads(header), passphrase, key)
        lines = b"".join(_opened(content, header, body)).decode("utf-8", "surrogatepass")
        return tuple(Entry(*json.loads(line)) for line in lines.splitlines())
    except (InvalidTag, ValueError, KeyError, TypeError, struct.error) as error:
        raise VerificationError(_CLOSED, where=str(path), right="the passphrase or key it was made for") from error


def _wrapped(key: bytes, passphrase: bytes | None, recipients: Sequence[x509.Certificate]) -> dict[str, Any]:
    header: dict[str, Any] = {"cipher": "AES-256-GCM", "recipients": []}
    if passphrase is not None:
        salt, nonce = os.urandom(16), os.urandom(12)
        derived = Scrypt(salt=salt, length=32, **_COST).derive(passphrase)
        wrapped = AESGCM(derived).encrypt(nonce, key, MAGIC)
        header["scrypt"] = {**_COST, "salt": salt.hex(), "nonce": nonce.hex(), "key": wrapped.hex()}
    for certificate in recipients:
        public = certificate.public_key()
        if not isinstance(public, RSAPublicKey):
            raise StoreError("a recipient's certificate has no RSA key", right="an RSA certificate")
        header["recipients"].append(public.encrypt(key, _OAEP).hex())
    return header


def _unwrapped(header: dict[str, Any], passphrase: bytes | None, key: RSAPrivateKey | None) -> bytes:
    if key is not None:
        for wrapped in header["recipients"]:
            try:
                return key.decrypt(bytes.fromhex(wrapped), _OAEP)
            except ValueError:
                continue  # sealed for another recipient
        raise InvalidTag
    box = header["scrypt"]
    if passphrase is None or box["n"] > _MOST_COST or box["r"] > 16 or box["p"] > 4:
        raise InvalidTag
    derived = Scrypt(salt=bytes.fromhex(box["salt"]), length=32, n=box["n"], r=box["r"], p=box["p"]).derive(passphrase)
    return AESGCM(derived).decrypt(bytes.fromhex(box["nonce"]), bytes.fromhex(box["key"]), MAGIC)


def _parts(raw: bytes) -> tuple[bytes, bytes]:
    if not raw.startswith(MAGIC):
        raise ValueError("not a crosswalk")
    start = len(MAGIC) + 4
    (length,) = struct.unpack(">I", raw[len(MAGIC) : start])
    if length > _LONGEST_HEADER or start + length > len(raw):
        raise ValueError("cut short")
    return raw[start : start + length], raw[start + length :]


def _sealed(key: bytes, header: bytes, content: bytes) -> Iterator[bytes]:
    cipher = AESGCM(key)
    starts = range(0, max(1, len(content)), _CHUNK)
    for number, start in enumerate(starts):
        last = start + _CHUNK >= len(content)
        yield cipher.encrypt(_nonce(number, last), content[start : start + _CHUNK], header)


def _opened(key: bytes, header: bytes, body: bytes) -> Iterator[bytes]:
    cipher, position, number = AESGCM(key), 0, 0
    while True:
        (length,) = struct.unpack(">I", body[position : position + 4])
        position += 4 + length
        last = position >= len(body)
        if position > len(body):
            raise ValueError("cut short")
        yield cipher.decrypt(_nonce(number, last), body[position - length : position], header)
        if last:
            return
        number += 1


def _nonce(number: int, last: bool) -> bytes:
    return struct.pack(">QI", number, 1 if last else 0)

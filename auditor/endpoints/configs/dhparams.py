"""The finite-field group that a file of Diffie-Hellman parameters holds, and what a configuration says by it."""

import base64
import binascii
import re
from pathlib import Path

from auditor.endpoints.configs.statement import Statements

LEAST = 2048  # RFC 9325 4.5 and PS3.15 B.13
_LARGEST = 200_000
_BLOCK = re.compile(rb"-----BEGIN (X9\.42 )?DH PARAMETERS-----(.+?)-----END", re.DOTALL)
_INTEGER = 0x02


def group_bits(path: Path) -> int | None:
    """Bits of the prime in a PEM file, which may hold a certificate and key as well; 0 for none, None if unreadable."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        found = _BLOCK.search(path.read_bytes())
    except OSError:
        return None
    if found is None:
        return 0
    try:
        return _first_integer(base64.b64decode(b"".join(found.group(2).split()), validate=True))
    except (binascii.Error, IndexError):
        return None


def say_group(said: Statements, setting: str, bits: int, line: int = 0, file: str = "", versions: str = "") -> None:
    """What a group of so many bits is."""
    said.say("dh-group", "small" if bits < LEAST else "enough", setting, f"{bits} bits", line, file, versions)


def _first_integer(der: bytes) -> int | None:
    """Bits of the prime, first INTEGER of a DHParameter (PKCS #3) and of X9.42 parameters (RFC 3279 2.3.3)."""
    _, at = _length(der, 1)
    if der[at] != _INTEGER:
        return None
    size, at = _length(der, at + 1)
    return int.from_bytes(der[at : at + size], "big").bit_length() or None


def _length(der: bytes, at: int) -> tuple[int, int]:
    """A DER length that stands at `at`, and where its content begins."""
    first = der[at]
    if first < 0x80:
        return first, at + 1
    width = first & 0x7F
    return int.from_bytes(der[at + 1 : at + 1 + width], "big"), at + 1 + width

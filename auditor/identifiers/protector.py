"""Masks and digests under the site key: the only way a value leaves the process."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

_BULLET = "•"
_BLOCK = 64
_MAXIMUM_SHOWN = 48
_WORD = re.compile(r"\w+")
_PATH_PART = re.compile(r"[^/!]+")
_SAFE_PATH_WORD = re.compile(r"(?i)^(dcm|dicom|ima|img|zip|tar|gz|tgz|series|study|ct|mr|us|sr|xa|dicomdir)$")


@dataclass(frozen=True, slots=True)
class SiteProtector:
    """Implements model.ports.Protector. `key` is the site key, at least 32 bytes; it is never shown."""

    key: bytes = field(repr=False)

    def mask(self, value: str) -> str:
        """Keep each word's first letter and its length, hide every digit: ``Doe^Jane`` is ``D••^J•••``."""
        return mask(value)

    def digest(self, value: str) -> str:
        """HMAC-SHA-256 (RFC 2104) of the UTF-8 bytes, 64 lower-case hex digits."""
        inner, outer = _begun(self.key)
        within, whole = inner.copy(), outer.copy()
        within.update(value.encode("utf-8", "surrogatepass"))
        whole.update(within.digest())
        return str(whole.hexdigest())

    def path(self, locator: str) -> str:
        """Mask every part of a path except words that only name a format."""
        return _PATH_PART.sub(lambda part: _mask_path_part(part.group()), locator)


@lru_cache(maxsize=8)
def _begun(key: bytes) -> tuple[Any, Any]:
    """The inner and the outer hash of RFC 2104 with the key already in them: every finding asks for a digest."""
    block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    return sha256(bytes(byte ^ 0x36 for byte in block)), sha256(bytes(byte ^ 0x5C for byte in block))


@lru_cache(maxsize=8192)
def mask(value: str) -> str:
    """Mask `value`; the result never repeats three letters of it in a row, nor any digit."""
    shown = value[: _shown(value)]
    if not shown.isprintable():
        shown = "".join(char if char.isprintable() else " " for char in shown)
    masked = _WORD.sub(_mask_match, shown)
    return masked + "…" if len(value) > len(shown) else masked


def _shown(value: str) -> int:
    """How much of a value is shown: of a long one as many whole words as fit."""
    if len(value) <= _MAXIMUM_SHOWN:
        return len(value)
    blank = value.rfind(" ", _MAXIMUM_SHOWN // 2, _MAXIMUM_SHOWN + 1)
    return blank if blank > 0 else _MAXIMUM_SHOWN


def _mask_match(found: re.Match[str]) -> str:
    return _mask_word(found[0])


def _mask_word(word: str) -> str:
    first = word[0] if word[0].isalpha() and len(word) > 1 else _BULLET
    return first + _BULLET * (len(word) - 1)


def _mask_path_part(part: str) -> str:
    return _WORD.sub(
        lambda word: word.group() if _SAFE_PATH_WORD.match(word.group()) else _mask_word(word.group()), part
    )

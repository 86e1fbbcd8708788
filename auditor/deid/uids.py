"""UIDs replaced by a keyed function: the same in every file, on every machine, and never back without the key."""

import hmac
import re
from dataclasses import dataclass, field
from hashlib import sha256

STANDARD = "1.2.840.10008."
_UID = re.compile(r"(?<![\w.])[0-2](?:\.(?:0|[1-9]\d*)){4,}(?![\w.]*\d)")
_SHORTEST_IN_TEXT = 16
_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")  # digits that would pass for a date


@dataclass(frozen=True, slots=True)
class UidMap:
    """Maps a UID to ``2.25.`` and a name-based UUID (version 8) by HMAC-SHA-256 under the project key."""

    key: bytes = field(repr=False)

    def new(self, uid: str) -> str:
        """The replacement of `uid`; UIDs of the standard itself and empty ones are returned as they are."""
        clean = uid.strip(" \0")
        if not clean or clean.startswith(STANDARD):
            return clean
        message = b"uid\0" + clean.encode("utf-8", "replace")
        found = self._drawn(message)
        while _DATE.search(found):
            message += b"\0"
            found = self._drawn(message)
        return found

    def _drawn(self, message: bytes) -> str:
        digest = bytearray(hmac.new(self.key, message, sha256).digest()[:16])
        digest[6] = (digest[6] & 0x0F) | 0x80
        digest[8] = (digest[8] & 0x3F) | 0x80
        return f"2.25.{int.from_bytes(digest, 'big')}"

    def in_text(self, text: str) -> str:
        """`text` with every UID of some length in it replaced, so that references in prose still resolve."""
        if "." not in text:
            return text
        return _UID.sub(lambda match: self._found(match.group()), text)

    def _found(self, uid: str) -> str:
        return self.new(uid) if len(uid) >= _SHORTEST_IN_TEXT else uid

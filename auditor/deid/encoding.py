"""Elements and items as bytes, in a file's own transfer syntax (PS3.5 7.1, 7.5)."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

_LONG = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "UC", "UN", "UR", "UT", "SV", "UV"])


@dataclass(frozen=True, slots=True)
class Syntax:
    """How elements are written: explicit or implicit VR, little or big endian."""

    explicit: bool
    little: bool

    def element(self, tag: int, vr: str, value: bytes) -> bytes:
        """One element, its value padded to even length with what its VR asks for."""
        if len(value) % 2:
            value += b"\0" if vr in ("UI", "OB", "UN") else b" "
        order = "<" if self.little else ">"
        head = struct.pack(order + "HH", tag >> 16, tag & 0xFFFF)
        if not self.explicit:
            return head + struct.pack(order + "I", len(value)) + value
        if vr in _LONG:
            return head + vr.encode("ascii") + b"\0\0" + struct.pack(order + "I", len(value)) + value
        return head + vr.encode("ascii") + struct.pack(order + "H", len(value)) + value

    def items(self, items: Iterable[bytes]) -> bytes:
        """The value of a sequence whose items have these contents, with defined lengths."""
        order = "<" if self.little else ">"
        return b"".join(struct.pack(order + "HHI", 0xFFFE, 0xE000, len(item)) + item for item in items)

    def codes(self, codes: Iterable[tuple[str, str]], scheme: str = "DCM") -> bytes:
        """The value of a code sequence (PS3.3 8.8)."""
        return self.items(
            self.element(0x00080100, "SH", value.encode("ascii"))
            + self.element(0x00080102, "SH", scheme.encode("ascii"))
            + self.element(0x00080104, "LO", meaning[:64].encode("ascii"))
            for value, meaning in codes
        )

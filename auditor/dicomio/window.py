"""The part of a stream that is held in memory while it is walked."""

from __future__ import annotations

from auditor.dicomio.element import Reason, Scope, Stop, tag_text
from auditor.dicomio.limits import Limits
from auditor.dicomio.stream import Blob
from auditor.dicomio.walked import Walk

_STEP = 1 << 20


class Halt(Exception):
    """The walk cannot go on from `pos`."""

    def __init__(self, reason: Reason, scope: Scope, tag: int, pos: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.scope = scope
        self.tag = tag
        self.pos = pos

    def stop(self, base: int) -> Stop:
        """Where and why, with the position made an offset in the stream."""
        return Stop(self.reason, self.scope.locator + (tag_text(self.tag) if self.tag else ""), base + self.pos)


class Window:
    """Bytes of `stream` from `base` on. Positions count from `base`; it moves only between top-level elements."""

    def __init__(self, stream: Blob, first: bytes, limits: Limits, walk: Walk) -> None:
        self.bytes = first
        self.base = 0
        self.size = stream.size
        self._stream = stream
        self._limits = limits
        self._walk = walk
        self._held = len(first)
        self._segments: list[tuple[int, int]] = []

    def reach(self, end: int, stop_at: int, scope: Scope, tag: int, pos: int) -> bytes:
        """Read on until `end` is held and return the bytes; raises Halt when it cannot be had."""
        if end > stop_at:
            raise Halt(Reason.TRUNCATED if self.base + stop_at >= self.size else Reason.LENGTH, scope, tag, pos)
        missing = end - len(self.bytes)
        if missing > 0:
            if self._held + missing > self._limits.header:
                raise Halt(Reason.SIZE, scope, tag, pos)
            if len(self._walk.elements) > self._limits.elements:
                raise Halt(Reason.ELEMENTS, scope, tag, pos)
            wanted = max(missing, min(max(len(self.bytes), 4096), _STEP))
            more = self._stream.pread(self.base + len(self.bytes), wanted)
            if len(more) < missing:
                raise Halt(Reason.VANISHED, scope, tag, pos)
            self._held += len(more)
            self.bytes += more
        return self.bytes

    def jump(self, offset: int) -> int:
        """Go on at `offset` of the stream and return its position; what lay before it is let go."""
        if offset - self.base <= len(self.bytes):
            return offset - self.base
        self._segments.append((len(self._walk.elements), offset))
        self.base = offset
        self.bytes = self._stream.pread(offset, 4096)
        self._held += len(self.bytes)
        return 0

    def settle(self) -> None:
        """Make positions of elements met after a jump offsets of the stream."""
        elements = self._walk.elements
        for number, (first, base) in enumerate(self._segments):
            last = self._segments[number + 1][0] if number + 1 < len(self._segments) else len(elements)
            for place in range(first, last):
                tag, vr, value, scope, start, end = elements[place]
                elements[place] = (tag, vr, value, scope, start + base, end + base)

"""Items of encapsulated values (PS3.5 A.4), located one by one without reading them."""

from __future__ import annotations

from auditor.dicomio.element import UNDEFINED, Reason, Scope
from auditor.dicomio.heads import Heads
from auditor.dicomio.limits import Limits
from auditor.dicomio.stream import Blob
from auditor.dicomio.window import Halt, Window

_AHEAD = 16384


def locate_fragments(
    stream: Blob, offset: int, heads: Heads, limits: Limits
) -> tuple[tuple[tuple[int, int], ...], int, Reason | None]:
    """Return ((offset, length) of each item), the offset after the delimiter, and what went wrong if anything."""
    found: list[tuple[int, int]] = []
    held, base = b"", offset
    while True:
        place = offset - base
        if place + 8 > len(held):
            held, base, place = stream.pread(offset, 8 if found else _AHEAD), offset, 0
        if len(held) - place < 8:
            return tuple(found), stream.size, Reason.TRUNCATED
        mark, length = held[place : place + 4], heads.length(held, place + 4)[0]
        offset += 8
        if mark == heads.sequence_end:
            return tuple(found), offset, None
        if mark != heads.item or length == UNDEFINED:
            return tuple(found), stream.size, Reason.STRUCTURE
        if offset + length > stream.size:
            found.append((offset, stream.size - offset))
            return tuple(found), stream.size, Reason.TRUNCATED
        found.append((offset, length))
        offset += length
        if len(found) > limits.fragments:
            return tuple(found), stream.size, Reason.FRAGMENTS


def skip_fragments(window: Window, heads: Heads, body: int, stop_at: int, scope: Scope, tag: int) -> int:
    """Return the position after the delimiter of a value of undefined length at `body`, all of it held.

    Steps from item to item; where these are none, looks for the delimiter itself.
    """
    pos = body
    while True:
        held = window.reach(pos + 8, stop_at, scope, tag, body)
        mark = held[pos : pos + 4]
        if mark == heads.sequence_end:
            return pos + 8
        if mark != heads.item:
            break
        pos += 8 + heads.length(held, pos + 4)[0]
    while True:
        found = window.bytes.find(heads.sequence_end, pos, stop_at)
        if found >= 0:
            window.reach(found + 8, stop_at, scope, tag, body)
            return found + 8
        pos = max(pos, len(window.bytes) - 3)
        if len(window.bytes) >= stop_at:
            raise Halt(Reason.TRUNCATED, scope, tag, body)
        window.reach(min(stop_at, len(window.bytes) + 1), stop_at, scope, tag, body)

"""The loop of the walk. Speed matters here: what can be looked up is not parsed, and nothing is converted."""

from __future__ import annotations

from auditor.dicomio.dictionary import is_private, vr_of
from auditor.dicomio.element import UNDEFINED, Reason, Scope
from auditor.dicomio.form import is_chain
from auditor.dicomio.fragments import locate_fragments, skip_fragments
from auditor.dicomio.heads import (
    CHARSET,
    DELIMITER,
    ITEM_END,
    LONG,
    NONE,
    NOTED,
    PIXELS,
    SEQUENCE,
    SEQUENCE_END,
    Header,
)
from auditor.dicomio.memo import LONG as LONG_VALUE
from auditor.dicomio.memo import key_of
from auditor.dicomio.nesting import Nesting
from auditor.dicomio.walked import Bulk, Walk
from auditor.dicomio.window import Halt

_PROBE = 2048


class Pace(Nesting):
    """One walk over one file: its elements, level by level."""

    def _elements(self, pos: int, stop_at: int, scope: Scope) -> int:
        return (self._plainly if self._memo is None else self._knowingly)(pos, stop_at, scope)

    def run(self) -> Walk:
        """Walk to the end, or to where nothing can be read any more."""
        walk, window = self.walk, self._window
        try:
            pos = self._elements(self._file.data_start, window.size, walk.root)
        except Halt as halt:
            pos = halt.pos
            if not self._is_trailing(halt):
                self._note(halt)
        walk.end = walk.root.end = max(walk.root.body, min(window.base + pos, window.size))
        walk.trailing = (walk.end, window.size - walk.end)
        walk.read_bytes = walk.bulk[0].offset if walk.bulk else walk.end
        window.settle()
        return walk

    def _plainly(self, pos: int, stop_at: int, scope: Scope) -> int:
        """Take the elements from `pos` to `stop_at`; return where they end, negative at an item's delimiter."""
        table, window, add = self._heads.table, self._window, self.walk.elements.append
        held = window.bytes
        limit = min(stop_at, len(held))
        while pos < stop_at:
            head = table.get(held[pos : pos + 8]) or self._head(pos, stop_at, scope)
            kind, tag, vr, size = head
            if not kind:
                end = pos + size
                if end > limit:
                    held = self._whole(head, pos, stop_at, scope)
                    limit = min(stop_at, len(held))
                add((tag, vr, held[pos + 8 : end], scope, pos, end))
                pos = end
                continue
            pos = self._other(head, pos, stop_at, scope)
            if pos < 0:
                return pos
            held = window.bytes
            stop_at = stop_at if scope.parent else window.size - window.base
            limit = min(stop_at, len(held))
        return pos

    def _knowingly(self, pos: int, stop_at: int, scope: Scope) -> int:
        """As `_plainly`, leaving out what the memo knows."""
        if scope.parent is None:
            return self._strides(pos, scope)
        while 0 <= pos < stop_at:
            pos, _ = self._stretch(pos, stop_at, stop_at, scope)
        return pos

    def _strides(self, pos: int, root: Scope) -> int:
        """Take the top level in strides: elements that all were known together before are stepped over at once."""
        window = self._window
        while True:
            pos, pause = self._leap(pos, root)
            if pos >= window.size - window.base:
                return pos
            base, held = window.base, window.bytes
            opened = (pos, len(self.walk.known), (root.charset_value, root.creators))
            pos, last = self._stretch(pos, pause, window.size - window.base, root)
            self._close_run(opened, last, root, window.bytes if window.base == base else held)

    def _stretch(self, pos: int, pause: int, stop_at: int, scope: Scope) -> tuple[int, int]:
        """Go on until past `pause`, or until an element that the memo does not know.

        Returns where the last element ends and where it begins.
        """
        table, window, walk = self._heads.table, self._window, self.walk
        held, known, blocks = window.bytes, self._known, self._blocks
        limit, last, told = min(stop_at, len(held)), pos, len(walk.known)
        while pos < pause:
            head = table.get(held[pos : pos + 8]) or self._head(pos, stop_at, scope)
            kind, tag, vr, size = head
            end, last, told = pos + size, pos, len(walk.known)
            if kind or end > limit:
                count = len(walk.elements)
                pos = (self._other if kind else self._late)(head, pos, stop_at, scope)
                if pos < 0 or len(walk.elements) != count:
                    break
                held, known, blocks = window.bytes, self._known, self._blocks
                limit = min(stop_at, len(held))
                continue
            raw = held[pos:end]
            key = raw if size <= LONG_VALUE else key_of(raw)
            kept_in = known if not tag & 0x10000 else blocks.get((tag & 0xFFFF0000) | (tag >> 8 & 0xFF), known)
            pairs = kept_in.get(key)
            if pairs is None:
                walk.elements.append((tag, vr, held[pos + 8 : end], scope, pos, end))
                walk.slots.append((kept_in, key))
                pos = end
                break
            if pairs:
                walk.known.append((scope, pairs))
            pos = end
        self._told = told
        return pos, last

    def _late(self, head: Header, pos: int, stop_at: int, scope: Scope) -> int:
        self._whole(head, pos, stop_at, scope)
        return self._add(head[1], head[2], pos, pos + 8, pos + head[3], scope)

    def _head(self, pos: int, stop_at: int, scope: Scope) -> Header:
        """Understand the header at `pos`; the window may grow."""
        held = self._window.bytes
        if pos + 8 > min(stop_at, len(held)):
            held = self._window.reach(pos + 8, stop_at, scope, 0, pos)
        head = held[pos : pos + 8]
        return self._heads.table.get(head) or self._heads.learn(head)

    def _whole(self, head: Header, pos: int, stop_at: int, scope: Scope) -> bytes:
        """Read on until the plain element at `pos` is held; one that is cut off is taken as far as it goes."""
        _, tag, vr, size = head
        return self._hold(tag, vr, pos, pos + 8, pos + size, stop_at, scope)

    def _hold(self, tag: int, vr: str, pos: int, body: int, end: int, stop_at: int, scope: Scope) -> bytes:
        window = self._window
        if end > stop_at and not self._trials and self._plausible(tag, scope):
            there = min(stop_at, body + self._limits.value)
            held = window.reach(there, stop_at, scope, tag, pos)
            self._bare(tag, vr, held[body:there], scope, pos, there)
        return window.reach(end, stop_at, scope, tag, pos)

    def _other(self, head: Header, pos: int, stop_at: int, scope: Scope) -> int:
        """Take an element that is not plain; return where it ends, negative at an item's delimiter."""
        kind, tag, vr, size = head
        if kind == DELIMITER:
            return self._delimiter(tag, pos, scope)
        if kind == NONE:
            raise Halt(Reason.STRUCTURE, scope, tag, pos)
        if kind == NOTED:
            return self._noted(head, pos, stop_at, scope)
        body = pos + size
        held = self._window.reach(body, stop_at, scope, tag, pos)
        length = self._heads.length(held, body - 4)[0]
        if kind == PIXELS and scope.parent is None:
            return self._bulk(tag, vr, pos, body, length, scope)
        if kind == SEQUENCE:
            return self._sequence(tag, pos, body, length, stop_at, scope)
        if length == UNDEFINED:
            return self._undefined(tag, vr, pos, body, stop_at, scope)
        if kind in (LONG, PIXELS):
            return self._long(tag, vr, pos, body, length, stop_at, scope)
        return self._unknown(tag, vr, pos, body, length, stop_at, scope)

    def _delimiter(self, tag: int, pos: int, scope: Scope) -> int:
        """Return -pos where the item ends; a stray delimiter elsewhere is stepped over."""
        if scope.undefined:
            return -pos
        if tag not in (ITEM_END, SEQUENCE_END):
            raise Halt(Reason.STRUCTURE, scope, tag, pos)
        return pos + 8

    def _noted(self, head: Header, pos: int, stop_at: int, scope: Scope) -> int:
        """A Private Creator, or Specific Character Set: what follows hangs on it."""
        _, tag, vr, size = head
        held = self._whole(head, pos, stop_at, scope)
        value = held[pos + 8 : pos + size]
        if tag == CHARSET:
            scope.charset_value = value
        else:
            scope.creators = {**(scope.creators or {}), tag: value}  # a new one: runs hold on to the old
        self._turn(scope)
        return self._add(tag, vr, pos, pos + 8, pos + size, scope)

    def _long(self, tag: int, vr: str, pos: int, body: int, length: int, stop_at: int, scope: Scope) -> int:
        end = body + length
        if scope.parent is None and length > self._limits.value and (end <= stop_at or self._plausible(tag, scope)):
            return self._bulk(tag, vr, pos, body, length, scope)
        if end > min(stop_at, len(self._window.bytes)):
            self._hold(tag, vr, pos, body, end, stop_at, scope)
        return self._add(tag, vr, pos, body, end, scope)

    def _unknown(self, tag: int, vr: str, pos: int, body: int, length: int, stop_at: int, scope: Scope) -> int:
        """UN, or a tag without VR: private ones by their creator; a value made of items is a sequence."""
        if is_private(tag) and body - pos == 8:
            vr = vr_of(tag, scope.creator(tag))
        if vr == "SQ":
            return self._sequence(tag, pos, body, length, stop_at, scope)
        if length < 8 or body + length > stop_at or length > self._limits.value:
            return self._long(tag, vr, pos, body, length, stop_at, scope)
        held = self._window.reach(body + length, stop_at, scope, tag, pos)
        if held[body : body + 4] == self._heads.item and self._tried(tag, pos, body, length, stop_at, scope):
            return body + length
        return self._add(tag, vr, pos, body, body + length, scope)

    def _undefined(self, tag: int, vr: str, pos: int, body: int, stop_at: int, scope: Scope) -> int:
        """A value of undefined length that is no known sequence: a sequence in UN, or encapsulated bytes."""
        heads = self._heads
        held = self._window.reach(body + 4, stop_at, scope, tag, pos)
        made_of_items = held[body : body + 4] in (heads.item, heads.sequence_end)
        if vr == "UN" and made_of_items:
            return self._sequence(tag, pos, body, UNDEFINED, stop_at, scope)
        end = skip_fragments(self._window, heads, body, stop_at, scope, tag)
        self._bare(tag, vr, self._window.bytes[body : end - 8], scope, pos, end)
        return end

    def _bulk(self, tag: int, vr: str, pos: int, body: int, length: int, scope: Scope) -> int:
        """Locate a value and step over it."""
        window, limits = self._window, self._limits
        start = window.base + body
        encapsulated = length == UNDEFINED
        fragments: tuple[tuple[int, int], ...] = ()
        reason: Reason | None = None
        end = start + length
        if encapsulated:
            fragments, end, reason = locate_fragments(self._file.stream, start, self._heads, limits)
        elif end > window.size:
            end, reason = window.size, Reason.TRUNCATED
        self._bare(tag, vr, None, scope, pos, end - window.base)
        element = (tag, vr, None, scope, window.base + pos, end)
        self.walk.bulk.append(Bulk(element, start, end - start, fragments, encapsulated))
        if reason:
            self._note(Halt(reason, scope, tag, pos))
        return window.jump(end)

    def _is_trailing(self, halt: Halt) -> bool:
        """Whether what stopped the walk is no damage but bytes put after the data set."""
        if halt.scope.parent is not None or halt.reason not in (Reason.TRUNCATED, Reason.STRUCTURE):
            return False
        window = self._window
        rest = window.bytes[halt.pos : halt.pos + _PROBE]
        if not rest.strip(b"\0\r\n \xff"):
            return True
        if halt.tag == 0:
            return bool(self.walk.bulk)
        if self._plausible(halt.tag, halt.scope):
            return False
        syntax = self._file.syntax
        return not any(
            is_chain(rest, at, len(rest), syntax.little, syntax.explicit) for at in range(0, len(rest) - 8, 2)
        )

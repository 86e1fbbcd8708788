"""Sequences and items of a walk, and what the memo knows of them."""

from __future__ import annotations

from abc import ABC, abstractmethod

from auditor.dicomio.dictionary import is_creator, is_private, keyword_of
from auditor.dicomio.element import UNDEFINED, Reason, Scope, Sequence, creator_tag
from auditor.dicomio.heads import Heads
from auditor.dicomio.limits import Limits
from auditor.dicomio.memo import Memo, Run, State, Table, key_of
from auditor.dicomio.read import DicomFile
from auditor.dicomio.skim import common_length
from auditor.dicomio.walked import Span, Walk
from auditor.dicomio.window import Halt, Window

_SHORTEST_RUN = 32
_FATAL = (Reason.ELEMENTS, Reason.SIZE, Reason.VANISHED)


class Nesting(ABC):
    """One walk over one file. Positions count in the window, whose `base` is an offset in the stream."""

    def __init__(self, file: DicomFile, heads: Heads, limits: Limits, memo: Memo | None) -> None:
        start = file.data_start
        self.walk = Walk(Scope(None, None, 0, start, start, False))
        self._file = file
        self._limits = limits
        self._heads = heads
        self._window = Window(file.stream, file.first, limits, self.walk)
        self._trials = self._depth = self._items_met = self._noted_stops = 0
        self._memo = memo
        self._syntax = (file.syntax.explicit, file.syntax.little)
        self._told = 0
        self._runs = memo.runs(self._syntax) if memo is not None else {}
        self._known: Table = {}
        self._blocks: dict[int, Table] = {}
        if memo is not None:
            self._turn(self.walk.root)
        self._meta(memo)

    def _meta(self, memo: Memo | None) -> None:
        """Take the elements of the file meta, which `read` has read already."""
        if memo is None:
            self.walk.elements += self._file.meta
            return
        table = memo.table("file meta", b"")
        for element in self._file.meta:
            tag, vr, value, scope, _, _ = element
            key = key_of(b"%d %b %b" % (tag, vr.encode(), value or b""))
            pairs = table.get(key)
            if pairs is None:
                self.walk.elements.append(element)
                self.walk.slots.append((table, key))
            elif pairs:
                self.walk.known.append((scope, pairs))

    @abstractmethod
    def _elements(self, pos: int, stop_at: int, scope: Scope) -> int:
        """Take the elements from `pos` to `stop_at`; return where they end, negative at an item's delimiter."""

    def _sequence(self, tag: int, pos: int, body: int, length: int, stop_at: int, scope: Scope) -> int:
        """Take a sequence and everything in it, unless the memo knows it; return where it ends."""
        undefined = length == UNDEFINED
        end_at = stop_at if undefined else body + length
        if end_at > stop_at or self._depth >= self._limits.depth:
            reason = Reason.DEPTH if end_at <= stop_at else Reason.TRUNCATED if scope.parent is None else Reason.LENGTH
            halt = Halt(reason, scope, tag, pos)
            if reason is Reason.DEPTH or self._trials or not self._plausible(tag, scope):
                raise halt
            self._note(halt)
            end_at = stop_at
        if self._memo is not None and not self._trials:
            return self._remembered(tag, pos, body, end_at, undefined, scope)
        return self._entered(tag, pos, body, end_at, undefined, scope)

    def _remembered(self, tag: int, pos: int, body: int, end_at: int, undefined: bool, scope: Scope) -> int:
        """Look the whole sequence up; one of undefined length is looked for as long as it was last time."""
        walk, memo, table = self.walk, self._memo, self._table_of(tag)
        assert memo is not None  # noqa: S101 - the caller asked
        end = pos + memo.sizes.get(tag, 0) if undefined else end_at
        held = self._window.bytes
        if body < end <= len(held):
            pairs = table.get(key_of(held[pos:end]))
            if pairs is not None:
                if pairs:
                    walk.known.append((scope, pairs))
                return end
        first, known_first, noted = len(walk.elements), len(walk.known), self._noted_stops
        end = self._entered(tag, pos, body, end_at, undefined, scope)
        held = self._window.bytes
        delimited = held[end - 8 : end - 4] == self._heads.sequence_end
        if self._noted_stops == noted and end <= len(held) and (delimited or not undefined):
            span = Span(scope, first, len(walk.elements), known_first, len(walk.known))
            walk.spans.append(((table, key_of(held[pos:end])), span))
            memo.sizes[tag] = end - pos
        return end

    def _entered(self, tag: int, pos: int, body: int, end_at: int, undefined: bool, scope: Scope) -> int:
        elements, base = self.walk.elements, self._window.base
        place = len(elements)
        self._bare(tag, "SQ", None, scope, pos, body)
        sequence = Sequence(tag, base + pos, base + body, undefined)
        self._depth += 1
        end = body
        try:
            end = self._items(sequence, body, end_at, scope)
        except Halt as halt:
            end = halt.pos
            if undefined or self._trials or halt.reason in _FATAL:
                raise
            self._note(halt)
            self._skip(end, end_at)
            end = end_at
        finally:
            self._depth -= 1
            sequence.end = base + end
            elements[place] = (tag, "SQ", None, scope, pos, end)
        return end

    def _items(self, sequence: Sequence, pos: int, end_at: int, scope: Scope) -> int:
        """Take the items from `pos` on; return where the sequence ends."""
        heads, window = self._heads, self._window
        index = 0
        while pos < end_at:
            held = window.reach(pos + 8, end_at, scope, sequence.tag, pos)
            mark = held[pos : pos + 4]
            if mark == heads.item:
                pos = self._item(sequence, index, pos, end_at, scope)
                index += 1
            elif mark == heads.sequence_end:
                return pos + 8
            elif mark == heads.item_end:
                pos += 8
            else:
                raise Halt(Reason.STRUCTURE, scope, sequence.tag, pos)
        if sequence.undefined and window.base + pos >= window.size:
            self._note(Halt(Reason.TRUNCATED, scope, sequence.tag, pos))
        return pos

    def _item(self, sequence: Sequence, index: int, pos: int, end_at: int, scope: Scope) -> int:
        """Take one item; return where it ends, its delimiter included."""
        window, heads = self._window, self._heads
        length = heads.length(window.bytes, pos + 4)[0]
        undefined = length == UNDEFINED
        body = pos + 8
        item = Scope(scope, sequence, index, window.base + pos, window.base + body, undefined)
        self._items_met += 1
        if self._items_met + len(self.walk.elements) > self._limits.elements:
            raise Halt(Reason.ELEMENTS, scope, sequence.tag, pos)
        stop_at = end_at if undefined else body + length
        if stop_at > end_at:
            if self._trials:
                raise Halt(Reason.LENGTH, scope, sequence.tag, pos)
            self._note(Halt(Reason.LENGTH, scope, sequence.tag, pos))
            stop_at = end_at
        before, end = (self._known, self._blocks), body
        self._blocks = {}
        try:
            end = abs(self._elements(body, stop_at, item))
        except Halt as halt:
            end = halt.pos
            if undefined or self._trials or halt.reason in _FATAL:
                raise
            self._note(halt)
            self._skip(end, stop_at)
            end = stop_at
        finally:
            self._known, self._blocks = before
            item.end = window.base + end
        return end + 8 if undefined and window.bytes[end : end + 4] == heads.item_end else end

    def _tried(self, tag: int, pos: int, body: int, length: int, stop_at: int, scope: Scope) -> bool:
        """Whether the value reads as a sequence to its last byte (PS3.5 6.2.2); if not, nothing was taken."""
        walk = self.walk
        lists: tuple[list[object], ...] = (walk.elements, walk.slots, walk.known, walk.spans, walk.bulk)  # type: ignore[assignment]
        marks = [len(each) for each in lists]
        self._trials += 1
        try:
            if self._sequence(tag, pos, body, length, stop_at, scope) == body + length:
                return True
        except Halt:
            pass  # not a sequence: the value is taken as it is
        finally:
            self._trials -= 1
        for each, mark in zip(lists, marks, strict=True):
            del each[mark:]
        return False

    def _table_of(self, tag: int) -> Table:
        """Where the memo keeps an element: one table for public ones, one for each private creator."""
        return self._blocks.get(creator_tag(tag), self._known) if tag & 0x10000 else self._known

    def _turn(self, scope: Scope) -> None:
        """Look up under what is in force in `scope`: its character set and its private creators."""
        if self._memo is None:
            return
        syntax, charset = self._syntax, scope.charset
        self._known = self._memo.table(syntax, charset)
        creators = (scope.creators or {}).items()
        self._blocks = {tag: self._memo.table(syntax, charset, creator) for tag, creator in creators}

    def _leap(self, pos: int, root: Scope) -> tuple[int, int]:
        """Step over runs that stand at `pos` byte for byte.

        Returns where the last one ends, and where the next one that began alike goes another way, if one did.
        """
        runs, held, end = self._runs, self._window.bytes, self._window.size - self._window.base
        while True:
            run = runs.get(held[pos : pos + 8])
            if run is None or run.before != (root.charset_value, root.creators):
                break
            if not held.startswith(run.raw, pos):
                return pos, pos + common_length(run.raw, held[pos : pos + len(run.raw)])
            if run.after != run.before:
                root.charset_value, root.creators = run.after
                self._known, self._blocks = run.tables
            if run.known:
                self.walk.known.append((root, run.known))
            pos += len(run.raw)
        return pos, end

    def _close_run(self, opened: tuple[int, int, State], end: int, root: Scope, held: bytes) -> None:
        """Remember what lies between `opened` and `end`, all of it known, as one run."""
        start, known, before = opened
        if self._memo is None or not _SHORTEST_RUN <= end - start <= len(held) - start or self._noted_stops:
            return
        after = (root.charset_value, root.creators)
        told = tuple([pair for _, pairs in self.walk.known[known : self._told] for pair in pairs])
        run = Run(held[start:end], told, before, after, (self._known, self._blocks))
        self._memo.keep_run(self._syntax, run)

    def _add(self, tag: int, vr: str, pos: int, body: int, end: int, scope: Scope) -> int:
        """Take one element whose bytes are held, unless the memo knows it; return where it ends."""
        held, walk = self._window.bytes, self.walk
        if self._memo is not None:
            key, table = key_of(held[pos:end]), self._table_of(tag)
            pairs = table.get(key)
            if pairs is not None:
                if pairs:
                    walk.known.append((scope, pairs))
                return end
            walk.slots.append((table, key))
        walk.elements.append((tag, vr, held[body:end], scope, pos, end))
        return end

    def _bare(self, tag: int, vr: str, value: bytes | None, scope: Scope, pos: int, end: int) -> None:
        """Take one element that the memo must not keep."""
        if self._memo is not None:
            self.walk.slots.append(None)
        self.walk.elements.append((tag, vr, value, scope, pos, end))

    def _note(self, halt: Halt) -> None:
        """Keep the first stop; in a trial nothing is kept."""
        if self._trials:
            raise halt
        self._noted_stops += 1
        if self.walk.stop is None:
            self.walk.stop = halt.stop(self._window.base)

    def _skip(self, start: int, end: int) -> None:
        """Keep a damaged stretch, as far as no element was taken from it."""
        elements = self.walk.elements
        if elements and elements[-1][2] is not None:
            start = max(start, elements[-1][5])
        if start < end:
            self.walk.gaps.append((self._window.base + start, end - start))

    def _plausible(self, tag: int, scope: Scope) -> bool:
        """Whether `tag` may well be meant as one, and is not text or padding read as a tag."""
        if is_private(tag):
            return bool(scope.creator(tag)) or is_creator(tag)
        return tag >> 16 != 0 and bool(keyword_of(tag) or not tag & 0xFFFF)

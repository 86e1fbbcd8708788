"""One shape of line, known by the bytes that never change; all lines of a block are held against it at once, in C.

A line of the shape has the template's bytes between its variable segments (quoted values and runs of text), and its
segments hold no bracket and no reference. So lxml, which has read the template with marks in the segments, would read
the line as the template with the segments in place of the marks (property test).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from auditor.trail.cells import constant, cut, given, holds, texts
from auditor.trail.formats.message import MARKS, TEXT, Messages, NotAMessage, Plan, compose, varies
from auditor.trail.schema import COLUMNS

OPEN, CLOSE = b"<AuditMessage", b"</AuditMessage>"
_BARRED = (b"<", b">", b"&")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines in memory: their bounds, and the quotes in them. `data` ends with a line end."""

    data: bytes
    starts: Any
    ends: Any
    quotes: Any
    first: Any
    count: Any

    @classmethod
    def of(cls, data: bytes) -> "Block":
        """Find lines and quotes; a carriage return before a line end is no part of the line."""
        view = np.frombuffer(data, np.uint8)
        places = np.flatnonzero((view == 34) | (view == 10))
        breaks = view[places] == 10
        ends, quotes = places[breaks], places[~breaks]
        starts = np.concatenate(([0], ends[:-1] + 1))
        first = np.searchsorted(quotes, starts)
        count = np.diff(np.append(first, len(quotes)))
        returns = (view[np.maximum(ends - 1, 0)] == 13) & (ends > starts)
        return cls(data, starts, ends - returns, quotes, first, count)

    def line(self, number: int) -> bytes:
        """One line, by its place in the block."""
        return self.data[self.starts[number] : self.ends[number]]

    def same(self, places: Any, expected: bytes) -> Any:
        """At which of the places the expected bytes stand."""
        size = len(expected)
        shape = (len(self.data) - size + 1,)
        window: Any = np.ndarray(shape, dtype=f"V{size}", buffer=self.data, strides=(1,))
        found = window[places].view(np.uint8).reshape(-1, size)
        return (found == np.frombuffer(expected, np.uint8)).all(axis=1)


@dataclass(frozen=True, slots=True)
class Match:
    """The lines of a block that fit a template: which of those that were tried, their places in the block, headers,
    and segments by the plan's marks."""

    fits: Any
    rows: Any
    headers: Any
    segments: dict[int, Any]
    plan: Plan

    def columns(self) -> dict[str, Any]:
        """Staging columns of the messages, without what their headers say."""
        count = len(self.rows)
        made = {name: constant(value, count) for name, value in zip(COLUMNS, self.plan.constant, strict=True)}
        for place, mark in self.plan.simple:
            made[COLUMNS[place]] = given(self.segments[mark])
        for place, sources in self.plan.composed:
            made[COLUMNS[place]] = self._composed(place, sources)
        return made

    def _composed(self, place: int, sources: tuple[str, ...]) -> Any:
        marks = sorted({int(mark) for source in sources for mark in MARKS.findall(source)})
        coded = [self.segments[mark].dictionary_encode() for mark in marks]
        words = [column.dictionary.to_pylist() for column in coded]
        if len(marks) == 1:
            made = [compose(place, sources, {marks[0]: word}) for word in words[0]]
            return texts(made).take(coded[0].indices)
        codes = [column.indices.to_numpy() for column in coded]
        known: dict[tuple[int, ...], str | None] = {}
        for key in set(zip(*(code.tolist() for code in codes), strict=True)):
            known[key] = compose(place, sources, {m: w[c] for m, w, c in zip(marks, words, key, strict=True)})
        return texts(known[key] for key in zip(*(code.tolist() for code in codes), strict=True))


@dataclass(frozen=True, slots=True)
class Template:
    """A shape: `fixed` stands before each segment and after the last; `bounds` numbers the quote that opens a segment
    (-1: a run of text, which lies between two others); `marks` are the segments' places among the plan's values."""

    plan: Plan
    fixed: tuple[bytes, ...]
    bounds: tuple[int, ...]
    marks: tuple[int, ...]

    def match(self, block: Block, rows: Any) -> Match | None:
        """Those of the rows, all with the template's number of quotes, that fit; None when none does."""
        starts, ends = self._segments(block, rows)
        gaps = [start - end for start, end in zip([*starts[1:], block.ends[rows]], ends, strict=True)]
        fits = starts[0] - len(self.fixed[0]) >= block.starts[rows]
        for gap, fixed in zip(gaps, self.fixed[1:], strict=True):
            fits &= gap == len(fixed)
        for start, end, bound in zip(starts, ends, self.bounds, strict=True):
            fits &= end - start >= (1 if bound >= 0 else 0)
        for place, fixed in enumerate(self.fixed):
            if not fits.any():
                return None
            places = starts[place] - len(fixed) if place < len(starts) else ends[-1]
            fits[fits] = block.same(places[fits], fixed)
        return self._match(block, rows, fits, [s[fits] for s in starts], [e[fits] for e in ends])

    def _segments(self, block: Block, rows: Any) -> tuple[list[Any], list[Any]]:
        first = block.first[rows]
        starts = [block.quotes[first + max(0, bound)] + 1 for bound in self.bounds]
        ends = [block.quotes[first + max(0, bound) + 1] for bound in self.bounds]
        for place, bound in enumerate(self.bounds):
            if bound < 0:
                following = starts[place + 1] if place + 1 < len(starts) else block.ends[rows]
                starts[place] = ends[place - 1] + len(self.fixed[place])
                ends[place] = following - len(self.fixed[place + 1])
        return starts, ends

    def _match(self, block: Block, tried: Any, fits: Any, starts: list[Any], ends: list[Any]) -> Match | None:
        """Leave out rows whose segments hold what XML reads otherwise."""
        rows = tried[fits]
        data = pa.py_buffer(block.data)
        segments = [cut(data, start, end) for start, end in zip(starts, ends, strict=True)]
        header = cut(data, block.starts[rows], starts[0] - len(self.fixed[0]))
        barred = [(column, sign) for column in segments for sign in _BARRED if holds(column, sign)]
        barred += [(header, sign) for sign in (OPEN, b"<!") if holds(header, sign)]
        if barred:
            clean = np.ones(len(rows), dtype=bool)
            for column, sign in barred:
                clean &= ~pc.match_substring(column, sign.decode()).to_numpy(zero_copy_only=False)
            if not clean.any():
                return None
            fits[fits] = clean
            return self._match(block, tried, fits, [s[clean] for s in starts], [e[clean] for e in ends])
        return Match(fits, rows, header, dict(zip(self.marks, segments, strict=True)), self.plan) if len(rows) else None


def learn(line: bytes, messages: Messages) -> Template | None:
    """The template of a line with one whole message at its end; None for what only lxml can read."""
    begin = line.find(OPEN)
    message = line[begin:]
    parts = message.split(b'"')
    frame = b'"'.join(parts[::2])
    odd = b"&" in message or any(sign in frame for sign in (b"'", b"<!", b"<?")) or len(parts) % 2 == 0
    if begin < 0 or odd or not message.endswith(CLOSE) or message.count(b"<") != frame.count(b"<"):
        return None
    if OPEN in message[1:] or message.count(b">") != frame.count(b">"):
        return None
    try:
        plan, values = messages.plan(message.decode())
    except NotAMessage:
        return None
    return _template(plan, parts, line[:begin].count(b'"'), len(values))


def _template(plan: Plan, parts: list[bytes], before: int, values: int) -> Template | None:
    """Walk a message's pieces: what varies becomes a segment, all else is fixed."""
    quoted = len(parts) // 2
    fixed, bounds, marks, runs = [b""], [], [], 0
    for place, part in enumerate(parts):
        if place % 2:
            if part and varies(parts[place - 1].decode()):
                fixed[-1] += b'"'
                bounds.append(before + place - 1)
                marks.append(place // 2)
                fixed.append(b'"')
            else:
                fixed[-1] += b'"' + part + b'"'
            continue
        at, text = 0, part.decode()
        for run in TEXT.finditer(text):
            mark, runs = quoted + runs, runs + 1
            if not run.group(1).strip() and mark not in plan.marks:
                continue
            fixed[-1] += text[at : run.start(1)].encode()
            at = run.end(1)
            bounds.append(-1)
            marks.append(mark)
            fixed.append(b"")
        fixed[-1] += text[at:].encode()
    lone = all(one >= 0 or two >= 0 for one, two in zip(bounds, [*bounds[1:], 0], strict=True)) if bounds else False
    if not lone or bounds[0] < 0 or quoted + runs != values:
        return None
    return Template(plan, tuple(fixed), tuple(bounds), tuple(marks))

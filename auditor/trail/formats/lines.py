"""Newline-framed logs: syslog lines that carry XML or FHIR messages, bare messages, and NDJSON (RFC 6587 3.4.2)."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from auditor.trail.formats import fhir, header
from auditor.trail.formats.lane import Lane
from auditor.trail.formats.message import Messages, NotAMessage, Row
from auditor.trail.schema import INDEX, Sink, Tally

LONGEST = 1 << 20
_OPEN, _CLOSE = b"<AuditMessage", b"</AuditMessage>"
_WRAPPER = re.compile(rb"</?AuditMessage\w+[^>]*>")
"""Tags of an element that holds many messages, which no standard names."""
_LOGGED = re.compile(rb'(?m)^[^"{\n]*(?:<AuditMessage[\s>]|\{ ?"resourceType")')
"""A message behind whatever a daemon puts before it."""
_JSON = b'"resourceType"'
_BOM = b"\xef\xbb\xbf"
_MARKS = "NUL or byte order mark inside"
_RECEIVED, _SOURCE, _SEQ = INDEX["received"], INDEX["source"], INDEX["seq"]


def sniff(head: bytes, _name: str) -> bool:
    """Whether the file has audit messages in its lines."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        return b"AuditEvent" in head and _by_line(start)
    if header.START.match(start) is not None:
        return True
    return not start.startswith((b"[", b"<?xml", b"<!")) and _LOGGED.search(start) is not None


def _by_line(start: bytes) -> bool:
    """Whether some line holds a whole resource: one that is laid out over many lines, or a Bundle alone, is a
    document."""
    lines = start.rstrip().split(b"\n")
    if len(lines) == 1:
        return b'"Bundle"' not in start[:4096]
    return any(_JSON in line for line in lines if line.startswith(b"{") and line.rstrip().endswith(b"}"))


def parse(blocks: Iterable[bytes], sink: Sink) -> None:
    """Parse blocks that end at line ends."""
    reader = BlockReader(sink)
    for block in blocks:
        reader.take(block if block.endswith(b"\n") else block + b"\n")
    reader.end()


class BlockReader:
    """Takes block after block: lines that look alike all at once, the others one by one."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._reader = LineReader(sink)
        self._lane = Lane(self._reader.messages)

    def take(self, data: bytes) -> None:
        """Take whole lines."""
        taken, left = self._lane.take(data)
        before = self._reader.number
        for places, columns in taken:
            self._sink.batch(places + (before + 1), columns)
        if taken:
            self._reader.some(data, left, before)
        else:
            for line in data[:-1].split(b"\n"):
                self._reader.line(line)

    def skip(self) -> int:
        """Pass over one line that is none; its number."""
        self._reader.skip_to(self._reader.number + 1)
        return self._reader.number

    def end(self) -> None:
        """No more lines."""
        self._reader.end()


class LineReader:
    """Takes one line after the other; remembers a message that goes on in the next line."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.messages = Messages()
        self.number = 0
        self._pending: list[bytes] = []
        self._pending_line = 0
        self._pending_size = 0

    def line(self, line: bytes) -> None:
        """Take one line, without its end."""
        self.number += 1
        if b"\x00" in line or (line.startswith(_BOM) and self.number > 1):
            self._sink.tally.repair(self.number, _MARKS)
            line = line.replace(b"\x00", b"")
        line = line.removeprefix(_BOM)
        if b"AuditMessage" in line:
            line = _WRAPPER.sub(b"", line)
        if self._pending and not self._continued(line):
            return
        start = line.find(_OPEN)
        if start < 0:
            self._without_xml(line)
        elif len(line) > LONGEST:
            self._reject("longer than a message may be")
        elif line.rstrip().endswith(_CLOSE) and line.find(_OPEN, start + 5) < 0:
            self._sink.tally.lines += 1
            self._message(line[:start], line[start:], self.number)
        elif line.find(_OPEN, start + 5) >= 0:
            self._several(line)
        elif _CLOSE in line:
            self._sink.tally.lines += 1
            self._message(line[:start], line[start : line.rindex(_CLOSE) + len(_CLOSE)], self.number)
        else:
            self._pending, self._pending_line, self._pending_size = [line], self.number, len(line)

    def some(self, data: bytes, left: Any, before: int) -> None:
        """Take the lines that are left of a block, which has `before` lines before it; a gap ends an open message."""
        lines = data[:-1].split(b"\n") if left.any() else []
        for place in left.nonzero()[0].tolist():
            self.skip_to(before + place)
            self.line(lines[place])
        self.skip_to(before + len(left))

    def skip_to(self, number: int) -> None:
        """Go on behind the line with the number; an open message ends where lines are left out."""
        if self._pending and number > self.number:
            self._drop_pending()
        self.number = number

    def end(self) -> None:
        """No more lines: a message that was not closed is rejected."""
        if self._pending:
            self._drop_pending()
        self._sink.physical = self.number

    def _continued(self, line: bytes) -> bool:
        """Add the line to the open message; True when the line starts something new instead."""
        if header.START.search(line) or header.BARE.match(line) or _OPEN in line or line.startswith(b"{"):
            self._drop_pending()
            return True
        self._pending.append(line)
        self._pending_size += len(line) + 1
        if _CLOSE in line:
            whole, self._pending = self._pending, []
            self._sink.tally.lines += 1
            self._joined(whole)
        elif self._pending_size > LONGEST:
            self._drop_pending()
        return False

    def _joined(self, lines: list[bytes]) -> None:
        for glue in (b"\n", b""):
            text = glue.join(lines)
            start = text.index(_OPEN)
            row = self._try(text[:start], text[start : text.rindex(_CLOSE) + len(_CLOSE)])
            if row is not None:
                self._sink.event(self._pending_line, row)
                return
        self._sink.tally.reject(self._pending_line, "not well-formed XML")

    def _drop_pending(self) -> None:
        self._pending = []
        self._sink.tally.lines += 1
        self._sink.tally.reject(self._pending_line, "truncated message")

    def _reject(self, reason: str) -> None:
        self._sink.tally.lines += 1
        self._sink.tally.reject(self.number, reason)

    def _without_xml(self, line: bytes) -> None:
        tally = self._sink.tally
        tally.lines += 1
        start = line.find(b"{")
        if start >= 0 and _JSON in line:
            if len(line) > LONGEST:
                tally.reject(self.number, "longer than a message may be")
            else:
                self._json(line, start)
        elif b"AuditMessage" in line or line.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
            tally.reject(self.number, "truncated message")
        else:
            tally.not_audit += 1

    def _json(self, line: bytes, start: int) -> None:
        tally = self._sink.tally
        try:
            resource = orjson.loads(_clean(line[start:], tally, self.number))
        except orjson.JSONDecodeError:
            tally.reject(self.number, "not well-formed JSON")
            return
        head = header.read(line[:start].decode("utf-8", "replace"))
        events = list(fhir.events_in(resource))
        if not events:
            tally.not_audit += 1
        tally.lines += max(0, len(events) - 1)
        for event in events:
            self._sink.event(self.number, _with_header(fhir.row(event), head))

    def _several(self, line: bytes) -> None:
        """Several messages on one line: whole ones are used; one that another interrupts is mended if it can be."""
        tally = self._sink.tally
        for before, body, rest in _segments(line):
            tally.lines += 1
            row = None if body is None else self._try(before, body)
            if row is None and rest is not None:
                row = self._try(before, rest)
                if row is not None:
                    tally.repair(self.number, "interrupted by another message")
            if row is None:
                tally.reject(self.number, "truncated message")
            else:
                self._sink.event(self.number, row)

    def _message(self, before: bytes, body: bytes, number: int) -> None:
        try:
            row = self._row(before, body, number)
        except NotAMessage as problem:
            self._sink.tally.reject(number, str(problem))
            return
        self._sink.event(number, row)

    def _try(self, before: bytes, body: bytes) -> Row | None:
        try:
            return self._row(before, body, self.number)
        except NotAMessage:
            return None

    def _row(self, before: bytes, body: bytes, number: int) -> Row:
        if b"<!" in before:
            raise NotAMessage("document type declaration refused")
        try:
            text = body.decode("utf-8").rstrip()
        except UnicodeDecodeError:
            text = body.decode("latin-1").rstrip()
            self._sink.tally.repair(number, "Latin-1 among UTF-8")
        if "\ufeff" in text:
            self._sink.tally.repair(number, _MARKS)
            text = text.replace("\ufeff", "")
        return _with_header(self.messages.row(text), header.read(before.decode("utf-8", "replace")))


def _with_header(row: Row, head: header.Header) -> Row:
    if head is header.NONE:
        return row
    filled = list(row)
    filled[_RECEIVED] = head.received
    filled[_SEQ] = head.seq or filled[_SEQ]
    filled[_SOURCE] = filled[_SOURCE] or head.app or head.host
    return tuple(filled)


def _segments(line: bytes) -> Iterator[tuple[bytes, bytes | None, bytes | None]]:
    """(header, whole message or None, mended message or None) for each message that starts on the line."""
    starts = [place for place in range(len(line)) if line.startswith(_OPEN, place)] if len(line) < 65536 else []
    begin = 0
    for here, following in zip(starts, [*starts[1:], len(line)], strict=True):
        close = line.find(_CLOSE, here, following)
        before = line[begin:here]
        if close >= 0:
            begin = close + len(_CLOSE)
            yield before, line[here:begin], None
            continue
        cut = header.START.search(line, here, following)
        begin = cut.start() if cut else following
        inner_end = line.find(_CLOSE, following)
        tail_end = line.rfind(_CLOSE)
        mended = None
        if inner_end >= 0 and tail_end > inner_end:
            mended = line[here:begin] + line[inner_end + len(_CLOSE) : tail_end + len(_CLOSE)]
        yield before, None, mended
    if not starts:
        yield b"", None, None


def _clean(data: bytes, tally: Tally, number: int) -> bytes:
    """JSON bytes with marks taken out and Latin-1 turned into UTF-8, each counted."""
    if b"\xef\xbb\xbf" in data:
        tally.repair(number, _MARKS)
        data = data.replace(b"\xef\xbb\xbf", b"")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        tally.repair(number, "Latin-1 among UTF-8")
        return data.decode("latin-1").encode("utf-8")
    return data

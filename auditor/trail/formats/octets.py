"""Octet-counted streams: `123 <85>1 …` (RFC 5425, RFC 6587 3.4.1), as receivers write them down."""

import re
from collections.abc import Iterable

from auditor.trail.formats.lines import LONGEST, BlockReader
from auditor.trail.schema import Sink

_COUNT = re.compile(rb"\s*(\d{1,8}) (?=<\d{1,3}>)")
_RESYNC = re.compile(rb"\d{1,8} <\d{1,3}>1? ?")


def sniff(head: bytes, _name: str) -> bool:
    """Whether the file starts with a count of octets and a syslog header."""
    return _COUNT.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def parse(blocks: Iterable[bytes], sink: Sink) -> None:
    """Parse blocks cut anywhere. A wrong count costs one message: the next frame is looked for."""
    reader, buffer = FrameReader(sink), b""
    for block in blocks:
        buffer = reader.take(buffer + block)
    reader.end(buffer)


class FrameReader:
    """Cuts frames off a buffer and hands them to the reader of lines by the buffer; a frame counts as one line."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._blocks = BlockReader(sink)
        self._frames: list[bytes] = []

    def take(self, buffer: bytes) -> bytes:
        """Use all whole frames; return what is left."""
        place = 0
        while place < len(buffer):
            found = _COUNT.match(buffer, place)
            if not found:
                cut = _RESYNC.search(buffer, place + 1)
                if cut is None and len(buffer) - place < LONGEST:
                    break
                self._reject()
                place = cut.start() if cut else len(buffer)
                continue
            size = int(found.group(1))
            end = found.end() + size
            if size > LONGEST:
                self._reject()
                place = found.end()
            elif end > len(buffer):
                break
            elif end < len(buffer) and not _starts(buffer, end):
                self._reject()
                cut = _RESYNC.search(buffer, found.end())
                place = cut.start() if cut else len(buffer)
            else:
                self._frames.append(buffer[found.end() : end].replace(b"\n", b" "))
                place = end
        self._hand_over()
        return buffer[place:]

    def end(self, rest: bytes) -> None:
        """What is left at the end of the stream is a truncated frame, or one whose count takes others in."""
        while rest.strip():
            self._reject()
            counted = _COUNT.match(rest)
            cut = _RESYNC.search(rest, counted.end() if counted else 1)
            rest = self.take(rest[cut.start() :]) if cut else b""
        self._blocks.end()

    def _hand_over(self) -> None:
        if self._frames:
            self._blocks.take(b"\n".join([*self._frames, b""]))
        self._frames = []

    def _reject(self) -> None:
        """Count a frame that is none, with its place among the frames."""
        self._hand_over()
        self._sink.tally.lines += 1
        self._sink.tally.reject(self._blocks.skip(), "broken frame")


def _starts(buffer: bytes, place: int) -> bool:
    head = buffer[place : place + 16]
    return bool(_COUNT.match(head)) or not head.strip() or (len(head) < 12 and head.strip().isdigit())

"""Bytes that can be read at any offset: a file, a part of one, or something inflated within bounds."""

import os
import stat
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from lzma import LZMAError
from pathlib import Path
from typing import Protocol

from auditor.dicomio.limits import Limits
from auditor.errors import ReadError

_PIECE = 1 << 20
_IN_MEMORY = 8 << 20


class Blob(Protocol):
    """`size` bytes that can be read anywhere. `pread` gives fewer bytes only at the end.

    `damaged` says that these are only the bytes before some damage to what they were inflated from.
    """

    size: int
    damaged: bool

    def pread(self, offset: int, count: int) -> bytes:
        """Return up to `count` bytes from `offset`; raises ReadError when the source is gone."""

    def close(self) -> None:
        """Let go of what is held; closing twice is allowed."""


class BytesBlob:
    """Bytes in memory."""

    damaged = False

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)

    def pread(self, offset: int, count: int) -> bytes:
        """Return a slice."""
        return self.data[offset : offset + count]

    def close(self) -> None:
        """Nothing is held."""


class FileBlob:
    """A regular file, opened without following a link, without blocking and without taking a terminal."""

    damaged = False

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor = descriptor
        self.size = size

    @classmethod
    def open(cls, path: str | Path) -> "FileBlob":
        """Open `path`; raises OSError, and ReadError when it is anything but a regular file."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
        descriptor = os.open(path, flags)
        info = os.fstat(descriptor)
        if not stat.S_ISREG(info.st_mode):
            os.close(descriptor)
            raise ReadError("not a regular file")
        return cls(descriptor, info.st_size)

    def pread(self, offset: int, count: int) -> bytes:
        """Read from the file; a file that shrank gives fewer bytes."""
        try:
            return os.pread(self._descriptor, count, offset)
        except OSError as error:
            raise ReadError(f"the file cannot be read: {error.strerror}") from error

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class SpanBlob:
    """A part of another blob, such as a stored archive member. Closing leaves the other one open."""

    def __init__(self, blob: Blob, offset: int, size: int) -> None:
        self._blob = blob
        self._offset = offset
        self.size = max(0, min(size, blob.size - offset))
        self.damaged = blob.damaged and size > blob.size - offset

    def pread(self, offset: int, count: int) -> bytes:
        """Read within the part."""
        return self._blob.pread(self._offset + offset, max(0, min(count, self.size - offset)))

    def close(self) -> None:
        """The other blob stays open."""


class _SpoolBlob(FileBlob):
    """An anonymous temporary file: it has no name, mode 0600, and vanishes when it is closed."""


def spool(pieces: Iterable[bytes]) -> Blob:
    """Hold `pieces` in memory while they are few, and in an anonymous temporary file once they are many."""
    held: list[bytes] = []
    size = 0
    source = iter(pieces)
    for piece in source:
        held.append(piece)
        size += len(piece)
        if size > _IN_MEMORY:
            return _on_disk(held, source)
    return BytesBlob(b"".join(held))


def _on_disk(held: list[bytes], rest: Iterator[bytes]) -> Blob:
    with tempfile.TemporaryFile(buffering=0) as file:
        for piece in held:
            file.write(piece)
        held.clear()
        for piece in rest:
            file.write(piece)
        return _SpoolBlob(os.dup(file.fileno()), file.tell())


class Inflation:
    """Inflates a deflate, gzip or other stream piece by piece; afterwards `ended` says how that went.

    `ended` is an empty string, or why the stream was given up: `damaged` or `bomb`. `rest` is the offset of
    what follows the compressed bytes.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.ended = ""
        self.rest = 0

    def inflate(self, blob: Blob, start: int, window_bits: int) -> Iterator[bytes]:
        """Yield what `blob` from `start` inflates to, until it ends, is damaged, or passes the bounds."""
        decoder = zlib.decompressobj(window_bits)
        taken = given = 0
        for chunk in _chunks(blob, start):
            taken += len(chunk)
            while chunk:
                try:
                    piece = decoder.decompress(chunk, _PIECE)
                except zlib.error:
                    self.ended = "damaged"
                    return
                given += len(piece)
                if self._passed(taken, given):
                    return
                yield piece
                if decoder.eof:
                    self.rest = start + taken - len(decoder.unused_data)
                    return
                chunk = decoder.unconsumed_tail
        self.ended = "damaged"

    def bounded(self, read: Callable[[int], bytes], packed: int) -> Iterator[bytes]:
        """Yield what `read` gives; `packed` is the size of the compressed bytes."""
        given = 0
        try:
            while piece := read(_PIECE):
                given += len(piece)
                if self._passed(packed, given):
                    return
                yield piece
        except (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zlib.error, LZMAError):
            self.ended = "damaged"

    def _passed(self, taken: int, given: int) -> bool:
        limits = self._limits
        if given > limits.inflated or (given > limits.grace and given > limits.ratio * max(taken, 1)):
            self.ended = "bomb"
        return bool(self.ended)


def _chunks(blob: Blob, start: int) -> Iterator[bytes]:
    while chunk := blob.pread(start, _PIECE // 4):
        start += len(chunk)
        yield chunk

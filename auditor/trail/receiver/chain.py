"""The store of received messages: octet-counted segments, and a chain of hashes over every batch.

A batch is on disk (fsync) before its link is, and a link is on disk before anybody is told. After a crash the bytes
behind the last link are kept as far as they are whole frames, and linked as a batch of their own: nothing that was
acknowledged is lost, and nothing is there that was not received.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import StoreError

SEGMENT = 256 << 20
LONGEST = 1 << 20
START = "0" * 64
"""What stands for the hash before the first."""
LINKS, LOCK = "chain.jsonl", "lock"


@dataclass(frozen=True, slots=True)
class Link:
    """One batch: its segment, offset, length, number of messages, and SHA-256 over the link before and its bytes."""

    segment: str
    offset: int
    length: int
    messages: int
    sha256: str

    def line(self) -> bytes:
        """The link as it stands in the chain file."""
        return json.dumps([self.segment, self.offset, self.length, self.messages, self.sha256]).encode() + b"\n"


def whole_frames(buffer: bytes | bytearray, size: int) -> tuple[int, int]:
    """(where the last whole octet-counted frame of the first `size` octets ends, how many there are); ValueError for
    what is no frame."""
    place = count = 0
    while place < size:
        space = buffer.find(b" ", place, min(place + 9, size))
        if space < 0:
            if size - place < 9 and buffer[place:size].isdigit():
                break
            raise ValueError("no octet count")
        length = int(buffer[place:space])
        if length > LONGEST or length <= 0:
            raise ValueError("octet count out of bounds")
        if space + 1 + length > size:
            break
        place = space + 1 + length
        count += 1
    return place, count


class ChainStore:
    """A folder that one process appends to. Not safe for threads: one writer calls `append`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise StoreError(
                "another receiver writes to this store", right="one receiver a store", next_step="stop the other one"
            ) from error
        self._syncing = ThreadPoolExecutor(1, "fsync")
        last = self._recover_links()
        self._hash = last.sha256 if last else START
        self._number = int(last.segment[6:12]) if last else 1
        self._chain = os.open(folder / LINKS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._open_segment()
        self.recovered = self._recover_tail(last.offset + last.length if last else 0)

    def append(self, batch: Sequence[bytes], messages: int) -> Link:
        """Write a batch of whole frames in pieces; when this returns, it is on disk and linked. Raises StoreError."""
        length = sum(map(len, batch))
        try:
            if self._size + length > SEGMENT and self._size:
                os.close(self._data)
                self._number += 1
                self._open_segment()
            offset = self._size
            on_disk = self._syncing.submit(self._put, batch, offset, length)
            digest = self._digest(batch)
            on_disk.result()
            self._size += length
            return self._link(offset, length, messages, digest)
        except OSError as error:
            raise StoreError(
                f"received messages cannot be written: {error.strerror}", right="space on the disk"
            ) from error

    def close(self) -> None:
        """Close the files and give up the lock."""
        self._syncing.shutdown()
        for descriptor in (self._data, self._chain, self._lock):
            os.close(descriptor)

    def _put(self, batch: Sequence[bytes], offset: int, length: int) -> None:
        """Write and sync. The pages are given back at once: nobody reads them soon, and the next batch takes them
        again, which costs less than pages that the machine has to find."""
        for piece in batch:
            _write(self._data, piece)
        os.fdatasync(self._data)
        os.posix_fadvise(self._data, offset, length, os.POSIX_FADV_DONTNEED)

    def _digest(self, batch: Sequence[bytes]) -> str:
        digest = hashlib.sha256(self._hash.encode())
        for piece in batch:
            digest.update(piece)
        return digest.hexdigest()

    def _link(self, offset: int, length: int, messages: int, digest: str) -> Link:
        link = Link(self._name, offset, length, messages, digest)
        _write(self._chain, link.line())
        os.fdatasync(self._chain)
        self._hash = link.sha256
        return link

    @property
    def _name(self) -> str:
        return f"audit-{self._number:06d}.syslog"

    def _open_segment(self) -> None:
        path = self._folder / self._name
        self._data = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._size = os.fstat(self._data).st_size
        folder = os.open(self._folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def _recover_links(self) -> Link | None:
        """The last whole link; a half-written one at the end is cut off."""
        path = self._folder / LINKS
        if not path.exists():
            return None
        data = path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            with path.open("r+b") as stream:
                stream.truncate(len(whole))
                os.fsync(stream.fileno())
        lines = whole.splitlines()
        return Link(*json.loads(lines[-1])) if lines else None

    def _recover_tail(self, linked: int) -> int:
        """Link whole frames behind the last link, cut off the rest; how many messages were saved so."""
        saved = 0
        while self._size < linked or (self._folder / f"audit-{self._number + 1:06d}.syslog").exists():
            if self._size > linked:
                break
            os.close(self._data)
            self._number, linked = self._number + 1, 0
            self._open_segment()
        if self._size > linked:
            tail = os.pread(self._data, self._size - linked, linked)
            try:
                end, saved = whole_frames(tail, len(tail))
            except ValueError:
                end, saved = 0, 0
            os.ftruncate(self._data, linked + end)
            os.fsync(self._data)
            self._size = linked + end
            if end:
                self._link(linked, end, saved, self._digest([tail[:end]]))
        return saved


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]

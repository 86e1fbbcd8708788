"""Writes files so that they are either whole or not there: 0600, flushed to disk, renamed into place."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from hashlib import file_digest, sha256
from pathlib import Path
from typing import BinaryIO

from auditor.config.private import replaced
from auditor.errors import StoreError

_OUT_OF_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents, readable by the owner only; raises StoreError when it cannot."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot("the folder cannot be made", folder, error) from error


def write_file(file: Path, write: Callable[[BinaryIO], None]) -> str:
    """Write `file` atomically through `write` and return the SHA-256 of its bytes.

    On any failure nothing is left behind, whatever stood at `file` before is untouched, and StoreError says why.
    """
    try:
        with replaced(file) as stream:
            write(stream)
        digest = hash_file(file)
        _flush_folder(file.parent)
    except OSError as error:
        raise cannot("a file of the store cannot be written", file, error) from error
    return digest


def link_file(source: Path, target: Path) -> None:
    """Let `target` be the same file as `source`, or a copy of it where the disk knows no links; raises StoreError."""
    try:
        try:
            os.link(source, target)
        except OSError:
            write_bytes(target, source.read_bytes())
    except OSError as error:
        raise cannot("a file of the store cannot be taken up", source, error) from error


def write_bytes(file: Path, content: bytes) -> str:
    """Write `content` to `file` atomically and return its SHA-256."""

    def put(stream: BinaryIO) -> None:
        stream.write(content)

    return write_file(file, put)


def append_line(file: Path, line: bytes) -> None:
    """Append one line and flush it to disk; raises StoreError, with a half-written line taken back."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "ab", buffering=0) as stream:
            size = stream.seek(0, os.SEEK_END)
            try:
                written = stream.write(line + b"\n")
                if written != len(line) + 1:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(stream.fileno())
            except OSError:
                stream.truncate(size)
                raise
    except OSError as error:
        raise cannot("the log of the store cannot be written", file, error) from error


def hash_file(file: Path) -> str:
    """SHA-256 of a file's bytes, lower-case hex."""
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def hash_bytes(content: bytes) -> str:
    """SHA-256 of bytes, lower-case hex."""
    return sha256(content).hexdigest()


@contextlib.contextmanager
def locked(file: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold an advisory lock on `file` (flock), made where missing; a dead process holds nothing.

    With `wait` false, raises StoreError at once when another process holds it.
    """
    handle = take_lock(file, wait=wait)
    try:
        yield
    finally:
        os.close(handle)


def take_lock(file: Path, *, wait: bool) -> int:
    """Take the lock and return its file descriptor; closing it lets go."""
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise cannot("the lock of the store cannot be taken", file, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as error:
        os.close(handle)
        raise StoreError(
            "another process is at work here",
            where=str(file),
            right="one writer at a time",
            next_step="auditor runs list",
        ) from error
    return handle


def cannot(what: str, file: Path, error: OSError) -> StoreError:
    """The four-part error for a failed file operation; disk full and read-only are told apart."""
    if error.errno in _OUT_OF_ROOM:
        right, step = "free space on the disk that holds the store", f"df -h {file.parent}"
    elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        right, step = "a store this user may write to ([store] path)", f"ls -ld {file.parent}"
    else:
        right, step = "a store on a disk that works", "auditor doctor"
    return StoreError(f"{what}: {error.strerror or error}", where=str(file), right=right, next_step=step)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

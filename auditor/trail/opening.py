"""Opens logs: plain, gzip, bzip2, xz, zstd, members of zips in zips; finds them and orders rotated sets."""

import bz2
import gzip
import lzma
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

import pyarrow as pa

from auditor.trail.receiver.proof import is_bookkeeping

BLOCK = 8 << 20
STEP = 16 << 10
"""Bytes inflated at once, so that little is lost of what comes before damage."""
LARGEST_INFLATED = 64 << 30
DAMAGE = (OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile, zlib.error, RuntimeError)
"""What opening and inflating raise; RuntimeError where a member is encrypted or packed in a way that is not known."""
MOST_RATIO = 2000
LARGEST_INNER, DEEPEST = 1 << 30, 3
"""Bytes of a zip within a zip, and zips within each other, beyond which one is not looked into."""
_SIGNS = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
_ROTATED = re.compile(
    r"^(?P<stem>.+?)(?:[.-](?P<number>\d{1,3}|\d{8}(?:[-T]?\d{4,6})?))?(?:\.(?:gz|bz2|xz|lzma|zst))?$", re.ASCII
)


@dataclass(frozen=True, slots=True)
class LogFile:
    """One log to read: a file, or a member of a zip archive. `root` is the argument it was found under."""

    path: str
    root: str
    member: str = ""

    @property
    def name(self) -> str:
        """Place below the root, in POSIX form, `archive.zip!member` for members."""
        base = Path(self.root)
        place = Path(self.path)
        below = place.name if place == base else place.relative_to(base).as_posix()
        return f"{below}!{self.member}" if self.member else below

    @property
    def written(self) -> datetime:
        """When the file (of a member: the archive) was last changed."""
        return datetime.fromtimestamp(Path(self.path).stat().st_mtime, UTC)

    @property
    def plain(self) -> bool:
        """Whether the bytes on disk are the log's own, so that it can be read from the middle."""
        return not self.member and compression(head(self, 8, raw=True)) == ""


def find(argument: Path) -> Iterator[LogFile]:
    """Every regular file under the argument, rotated sets oldest first; links out of the tree, FIFOs and devices
    not, nor the books of a receiver's store."""
    if argument.is_file():
        yield from _members(argument, argument)
        return
    found: list[Path] = []
    for folder, names, files in os.walk(argument, followlinks=False):
        names.sort()
        found += [Path(folder) / name for name in files]
    for path in sorted(found, key=order):
        if stat.S_ISREG(path.lstat().st_mode) and not path.name.startswith(".") and not is_bookkeeping(path):
            yield from _members(path, argument)


def order(path: Path) -> tuple[str, str, int, str]:
    """Sort key: `log.2.gz` before `log.1` before `log`; dated ones by date before the current one."""
    match = _ROTATED.match(path.name)
    stem, number = (match["stem"], match["number"]) if match else (path.name, None)
    if number is None:
        return (str(path.parent), stem, 1, "")
    if len(number) < 4:
        return (str(path.parent), stem, 0, f"{999 - int(number):03d}")
    return (str(path.parent), stem, 0, number)


def _members(path: Path, root: Path) -> Iterator[LogFile]:
    if path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = sorted(_listed(archive), key=lambda name: order(Path(name)))
        for name in names:
            yield LogFile(str(path), str(root), name)
    else:
        yield LogFile(str(path), str(root))


def _listed(archive: zipfile.ZipFile, deep: int = 1) -> Iterator[str]:
    """The names of all members; those of a zip within it behind its own and a `!`."""
    for item in archive.infolist():
        small = item.file_size <= min(LARGEST_INNER, MOST_RATIO * max(1, item.compress_size))
        inner = item.filename.lower().endswith(".zip") and small and deep < DEEPEST
        if inner:
            try:
                with archive.open(item) as raw, zipfile.ZipFile(raw) as within:
                    yield from [f"{item.filename}!{name}" for name in _listed(within, deep + 1)]
                continue
            except DAMAGE:
                pass  # what is no zip in truth is a log like any other
        if not item.is_dir():
            yield item.filename


def compression(start: bytes) -> str:
    """`gzip`, `bzip2`, `xz`, `zstd` or an empty string, by the first bytes."""
    return next((name for sign, name in _SIGNS.items() if start.startswith(sign)), "")


@contextmanager
def opened(log: LogFile) -> Iterator[IO[bytes]]:
    """The log's bytes, inflated; closes what it opened. Raises OSError, EOFError, lzma and zip errors on damage."""
    with ExitStack() as stack:
        raw: IO[bytes] = stack.enter_context(Path(log.path).open("rb"))
        for name in re.split(r"(?i)(?<=\.zip)!", log.member) if log.member else ():
            archive = stack.enter_context(zipfile.ZipFile(raw))
            raw = stack.enter_context(archive.open(name))
        yield _inflated(raw)


def _inflated(raw: IO[bytes]) -> IO[bytes]:
    kind = compression(raw.read(8))
    raw.seek(0)
    if kind == "gzip":
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    if kind == "bzip2":
        return cast(IO[bytes], bz2.BZ2File(raw))
    if kind == "zstd":
        return cast(IO[bytes], pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), "zstd"))
    return cast(IO[bytes], lzma.LZMAFile(raw)) if kind == "xz" else raw


def head(log: LogFile, size: int = 65536, *, raw: bool = False) -> bytes:
    """The first bytes, for sniffing; what can be inflated of them when the log is damaged."""
    if raw:
        with Path(log.path).open("rb") as stream:
            return stream.read(size)
    with opened(log) as stream:
        return _gathered(stream, size)[0]


def _gathered(stream: IO[bytes], size: int) -> tuple[bytes, Exception | None]:
    """Up to `size` bytes; of a log that ends in damage what comes before it, with the error. Raises the error itself
    when nothing comes before it."""
    pieces, left = [], size
    try:
        while left and (piece := stream.read(min(left, STEP))):
            pieces.append(piece)
            left -= len(piece)
    except DAMAGE as error:
        if not pieces:
            raise
        return b"".join(pieces), error
    return b"".join(pieces), None


def blocks(log: LogFile, start: int = 0, end: int = 0, *, by_line: bool = True, size: int = BLOCK) -> Iterator[bytes]:
    """The bytes from `start` to `end` (0: all), in blocks of about `size` that end at line ends when `by_line`.

    A range begins after the first line end at or behind `start` (unless 0) and goes on to the end of the
    line that `end` lies in. Raises OSError when a compressed log inflates beyond all measure, and the errors of damage
    when all that comes before it was yielded.
    """
    with opened(log) as stream:
        place = 0
        if start:
            stream.seek(start - 1)
            place = start - 1 + len(stream.readline())
        carry, total = b"", 0
        packed = Path(log.path).stat().st_size
        while not end or place < end:
            block, damage = _gathered(stream, size if not end else min(size, end - place))
            if not block:
                break
            place += len(block)
            total += len(block)
            if total > LARGEST_INFLATED or (total > 1 << 30 and total > MOST_RATIO * packed):
                raise OSError("the log inflates beyond all measure")
            if damage:
                yield carry + block
                raise damage
            if not by_line:
                yield block
                continue
            cut = block.rfind(b"\n") + 1
            if end and place >= end and cut < len(block):
                block += stream.readline()
                cut = len(block)
            if cut:
                yield carry + block[:cut]
                carry = block[cut:]
            else:
                carry += block
        if carry:
            yield carry

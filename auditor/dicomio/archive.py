"""Archives as folders: zip, tar and packed files, members listed in order and opened within bounds."""

from __future__ import annotations

import bz2
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BufferedReader, RawIOBase
from typing import Any, Protocol

from auditor.dicomio.form import RECOGNISED
from auditor.dicomio.limits import Limits
from auditor.dicomio.refuse import Why
from auditor.dicomio.stream import Blob, Inflation, SpanBlob, spool
from auditor.errors import ReadError

_TAR_DAMAGE = (tarfile.TarError, OSError, ValueError, EOFError, OverflowError)
_ZIP_DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    OSError,
    ValueError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    zlib.error,
)


class Packing(StrEnum):
    """Kinds of archive that are looked into."""

    ZIP = "zip"
    TAR = "tar"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"


def packing_of(head: bytes) -> Packing | None:
    """The kind of archive that begins with `head`, or None."""
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return Packing.ZIP
    if head[257:262] == b"ustar":
        return Packing.TAR
    marks = ((b"\x1f\x8b\x08", Packing.GZIP), (b"BZh", Packing.BZIP2), (b"\xfd7zXZ\0", Packing.XZ))
    return next((packing for mark, packing in marks if head.startswith(mark)), None)


INFLATED = "inflated"


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive. `refused` is set when it will not be opened."""

    name: str
    size: int
    refused: Why | None = None


class Archive(Protocol):
    """Members of one archive, in its own order, and the bytes of each by its number."""

    def members(self) -> Iterator[Member]:
        """Yield every file member; raises ReadError where the archive is damaged."""

    def head(self, number: int) -> bytes:
        """The first bytes of a member; raises ReadError."""

    def open(self, number: int) -> Blob:
        """All bytes of a member; raises ReadError when they are damaged or beyond the bounds."""

    def close(self) -> None:
        """Let go of the archive."""


class ZipArchive:
    """A zip archive; encrypted members are refused."""

    def __init__(self, blob: Blob, limits: Limits) -> None:
        self._blob = blob
        self._limits = limits
        try:
            self._zip = zipfile.ZipFile(BufferedReader(_Reader(blob)))
        except _ZIP_DAMAGE as error:
            raise ReadError(str(Why.ARCHIVE)) from error
        self._infos = [info for info in self._zip.infolist() if not info.is_dir()]

    def members(self) -> Iterator[Member]:
        """Yield every member that is not a folder."""
        for info in self._infos:
            link = info.external_attr >> 28 == 0o12
            refused = Why.ENCRYPTED if info.flag_bits & 1 else Why.MEMBER_LINK if link else None
            yield Member(info.filename, info.file_size, refused)

    def head(self, number: int) -> bytes:
        """The first bytes of a member."""
        try:
            with self._zip.open(self._infos[number]) as file:
                return file.read(RECOGNISED)
        except _ZIP_DAMAGE as error:
            raise ReadError(str(Why.ARCHIVE)) from error

    def open(self, number: int) -> Blob:
        """The whole member, inflated."""
        info = self._infos[number]
        inflation = Inflation(self._limits)
        try:
            with self._zip.open(info) as file:
                blob = spool(inflation.bounded(file.read, info.compress_size))
        except _ZIP_DAMAGE as error:
            raise ReadError(str(Why.ARCHIVE)) from error
        return _checked(blob, inflation)

    def close(self) -> None:
        """Close the archive and the blob it lies in."""
        self._zip.close()
        self._blob.close()


class TarArchive:
    """A tar archive; members are parts of its blob. Links and devices are refused."""

    def __init__(self, blob: Blob, limits: Limits) -> None:
        self._blob = blob
        self._infos: list[tarfile.TarInfo] = []
        try:
            self._tar = tarfile.open(fileobj=BufferedReader(_Reader(blob)), mode="r:")  # noqa: SIM115 - close() does
        except _TAR_DAMAGE as error:
            raise ReadError(str(Why.ARCHIVE)) from error
        self._entries = iter(self._tar)

    def members(self) -> Iterator[Member]:
        """Yield every member that is not a folder."""
        for number in range(1 << 62):
            info = self._info(number)
            if info is None:
                return
            yield Member(info.name, info.size, None if info.isreg() and not info.issparse() else Why.MEMBER_LINK)

    def head(self, number: int) -> bytes:
        """The first bytes of a member."""
        return self.open(number).pread(0, RECOGNISED)

    def open(self, number: int) -> Blob:
        """The member, as a part of the archive."""
        info = self._info(number)
        if info is None:
            raise ReadError(str(Why.VANISHED))
        return SpanBlob(self._blob, info.offset_data, info.size)

    def _info(self, number: int) -> tarfile.TarInfo | None:
        try:
            while len(self._infos) <= number:
                info = next(self._entries, None)
                if info is None:
                    return None
                if not info.isdir():
                    self._infos.append(info)
        except _TAR_DAMAGE as error:
            raise ReadError(str(Why.ARCHIVE)) from error
        return self._infos[number]

    def close(self) -> None:
        """Close the archive and the blob it lies in."""
        self._tar.close()
        self._blob.close()


class PackedFile:
    """A gzip, bzip2 or xz file: one member, whose name says how it was packed."""

    def __init__(self, blob: Blob, limits: Limits, packing: Packing) -> None:
        self._blob = blob
        self._limits = limits
        self._packing = packing

    def members(self) -> Iterator[Member]:
        """Yield the one member."""
        yield Member(INFLATED, 0)

    def head(self, number: int) -> bytes:
        """The first bytes of the member."""
        inflation = Inflation(self._limits)
        first = next(self._pieces(inflation), b"")
        if not first and inflation.ended:
            raise ReadError(str(Why.ARCHIVE))
        return first[:RECOGNISED]

    def open(self, number: int) -> Blob:
        """The member, inflated."""
        inflation = Inflation(self._limits)
        return _checked(spool(self._pieces(inflation)), inflation)

    def _pieces(self, inflation: Inflation) -> Iterator[bytes]:
        if self._packing is Packing.GZIP:
            return inflation.inflate(self._blob, 0, 31)
        reader = BufferedReader(_Reader(self._blob))
        opened = bz2.BZ2File if self._packing is Packing.BZIP2 else lzma.LZMAFile
        return inflation.bounded(opened(reader).read, self._blob.size)

    def close(self) -> None:
        """Close the blob."""
        self._blob.close()


def open_archive(blob: Blob, packing: Packing, limits: Limits) -> Archive:
    """Look into the archive in `blob`; raises ReadError when it is damaged."""
    if packing is Packing.ZIP:
        return ZipArchive(blob, limits)
    if packing is Packing.TAR:
        return TarArchive(blob, limits)
    return PackedFile(blob, limits, packing)


def _checked(blob: Blob, inflation: Inflation) -> Blob:
    """The blob; one that was cut short by damage is marked, an empty one or a bomb is refused."""
    if inflation.ended == "damaged" and blob.size:
        blob.damaged = True
    elif inflation.ended:
        blob.close()
        raise ReadError(str(Why.BOMB if inflation.ended == "bomb" else Why.ARCHIVE))
    return blob


class _Reader(RawIOBase):
    """A blob as a file that zipfile and tarfile can read."""

    def __init__(self, blob: Blob) -> None:
        super().__init__()
        self._blob = blob
        self._at = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be searched."""
        return True

    def tell(self) -> int:
        """Where it stands."""
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move from the start, from here, or from the end."""
        self._at = max(0, offset + (0, self._at, self._blob.size)[whence])
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        """Read what the blob has."""
        data = self._blob.pread(self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

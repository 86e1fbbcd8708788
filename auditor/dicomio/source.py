"""Opens what `find` found, archives included, and keeps archives open in between."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from auditor.dicomio.archive import Archive, open_archive, packing_of
from auditor.dicomio.find import MEMBER_MARK
from auditor.dicomio.form import RECOGNISED
from auditor.dicomio.limits import DEFAULT_LIMITS, Limits
from auditor.dicomio.refuse import Why
from auditor.dicomio.stream import Blob, FileBlob
from auditor.errors import ReadError

_FOLDERS_KEPT = 4096


class _Opened:
    """An open archive with the numbers of its members by name, read as far as it was needed."""

    def __init__(self, archive: Archive, limit: int) -> None:
        self.archive = archive
        self._members = enumerate(archive.members())
        self._numbers: dict[str, int] = {}
        self._limit = limit

    def number(self, name: str) -> int:
        """The number of member `name`, the first one if several bear it."""
        while name not in self._numbers:
            number, member = next(self._members, (-1, None))
            if member is None or number > self._limit:
                raise ReadError(str(Why.VANISHED))
            self._numbers.setdefault(member.name, number)
        return self._numbers[name]


class Opener:
    """Opens files by root and locator. Use it as a context manager; not for several threads at once.

    The archives of the last locator stay open, so members asked for in order cost no second look. A file
    name may itself hold the mark that separates members; the file that exists wins.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._open: dict[str, _Opened] = {}
        self._folders: dict[str, str] = {}

    def __enter__(self) -> Opener:
        return self

    def __exit__(self, *_: object) -> None:
        self._close_all()

    def open(self, root: str | Path, locator: str) -> Blob:
        """The bytes of one Found; close it after use. Raises errors.ReadError when they cannot be had."""
        real = self._root(root)
        try:
            if MEMBER_MARK not in locator:
                return self._file(real, locator)
            path, rest = self._split(real, locator)
            return self._file(real, path) if rest is None else self._member(real, path, rest)
        except OSError as error:
            raise ReadError(f"the file cannot be opened: {error.strerror}") from error

    def _root(self, root: str | Path) -> str:
        name = str(root)
        if name not in self._folders:
            real = os.path.realpath(name)
            self._folders[name] = real if Path(real).is_dir() else str(Path(real).parent)
        return self._folders[name]

    def _file(self, real: str, locator: str) -> Blob:
        """Open a file without following links; one that is a link is followed only to a file within the tree."""
        folder, _, name = locator.rpartition("/")
        key = f"{real}/{folder}"
        if key not in self._folders:
            if len(self._folders) > _FOLDERS_KEPT:
                self._folders.clear()
            self._folders[key] = self._inside(real, folder) if folder else real
        path = f"{self._folders[key]}/{name}"
        try:
            return FileBlob.open(path)
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
        return FileBlob.open(self._inside(real, locator))

    def _split(self, real: str, locator: str) -> tuple[str, list[str] | None]:
        parts = locator.split(MEMBER_MARK)
        if len(parts) == 1:
            return locator, None
        for count in range(len(parts), 0, -1):
            path = MEMBER_MARK.join(parts[:count])
            if os.path.lexists(f"{real}/{path}"):
                return path, parts[count:] or None
        raise ReadError(str(Why.VANISHED))

    @staticmethod
    def _inside(real: str, path: str) -> str:
        full = f"{real}/{path}"
        target = os.path.realpath(full)
        if not target.startswith(real.rstrip("/") + "/"):
            raise ReadError(str(Why.SYMLINK_OUT))
        return target

    def _member(self, real: str, path: str, names: list[str]) -> Blob:
        key = f"{real}/{path}"
        opened = self._archive(key, lambda: self._file(real, path))
        while True:
            name, names = self._next_name(opened, names)
            if not names:
                return opened.archive.open(opened.number(name))
            key = f"{key}{MEMBER_MARK}{name}"
            opened = self._archive(key, partial(_open_member, opened, name))

    @staticmethod
    def _next_name(opened: _Opened, names: list[str]) -> tuple[str, list[str]]:
        """Member names may hold the mark too: the shortest that the archive knows is taken."""
        for count in range(1, len(names) + 1):
            name = MEMBER_MARK.join(names[:count])
            try:
                opened.number(name)
            except ReadError:
                continue
            return name, names[count:]
        raise ReadError(str(Why.VANISHED))

    def _archive(self, key: str, open_blob: Callable[[], Blob]) -> _Opened:
        if key in self._open:
            return self._open[key]
        if not any(key.startswith(held) for held in self._open):
            self._close_all()
        blob = open_blob()
        packing = packing_of(blob.pread(0, RECOGNISED))
        if packing is None:
            blob.close()
            raise ReadError(str(Why.ARCHIVE))
        opened = _Opened(open_archive(blob, packing, self._limits), self._limits.members)
        self._open[key] = opened
        return opened

    def _close_all(self) -> None:
        for opened in reversed(list(self._open.values())):
            opened.archive.close()
        self._open.clear()


def _open_member(opened: _Opened, name: str) -> Blob:
    return opened.archive.open(opened.number(name))

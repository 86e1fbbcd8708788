"""Finds DICOM in a tree by content, lazily and in a stable order; says of everything else why it was not taken."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auditor.dicomio.archive import Archive, Packing, open_archive, packing_of
from auditor.dicomio.form import RECOGNISED, Form, recognise, recognise_displaced
from auditor.dicomio.limits import DEFAULT_LIMITS, Limits
from auditor.dicomio.refuse import Refused, Why, judge_content, refuse
from auditor.dicomio.stream import Blob, FileBlob
from auditor.errors import ReadError, TargetError

MEMBER_MARK = "!"
_FOLDER, _REGULAR, _OTHER = "folder", "regular", "other"
_ERRORS = {
    errno.EACCES: Why.DENIED,
    errno.EPERM: Why.DENIED,
    errno.ENOENT: Why.VANISHED,
    errno.ENOTDIR: Why.VANISHED,
    errno.ELOOP: Why.SYMLINK_BROKEN,
}
_SPECIAL = (
    (stat.S_ISFIFO, Why.FIFO),
    (stat.S_ISSOCK, Why.SOCKET),
    (stat.S_ISCHR, Why.DEVICE),
    (stat.S_ISBLK, Why.DEVICE),
)


@dataclass(frozen=True, slots=True)
class Found:
    """One DICOM file, or member of an archive, below `root`. `size` is 0 where it is not known yet."""

    root: str
    locator: str
    form: Form
    size: int


def find(root: str | Path, limits: Limits = DEFAULT_LIMITS) -> Iterator[Found | Refused]:
    """Walk `root`, a folder or a single file, in the order of names.

    Follows no link out of the tree, opens neither pipes nor devices, and looks into archives no deeper
    than `limits` allow. What goes wrong on the way is yielded, never raised. Raises errors.TargetError
    when there is nothing at `root` at all.
    """
    top = Path(root)
    if not os.path.lexists(top):
        raise TargetError("there is nothing at this path", right="an existing file or folder")
    return _Search(str(root), os.path.realpath(top), limits).run()


class _Search:
    def __init__(self, root: str, real: str, limits: Limits) -> None:
        self._root = root
        self._real = real
        self._limits = limits

    def run(self) -> Iterator[Found | Refused]:
        if Path(self._real).is_dir():
            yield from self._folder(self._real)
        else:
            yield from self._entry(self._real, Path(self._real).name)

    def _folder(self, path: str) -> Iterator[Found | Refused]:
        """Folders are kept on a stack, so that no depth of nesting can exhaust the interpreter's."""
        stack = [(path, "")]
        while stack:
            folder, locator = stack.pop()
            try:
                with os.scandir(folder) as entries:
                    names = sorted([(entry.name, _kind(entry)) for entry in entries])
            except OSError as error:
                yield refuse(self._root, locator or ".", _why(error))
                continue
            prefix = f"{locator}/" if locator else ""
            for name, kind in names:
                if kind is not _FOLDER:
                    look = self._regular if kind is _REGULAR else self._entry
                    yield from look(os.path.join(folder, name), prefix + name)  # noqa: PTH118 - a million times
            stack += [(f"{folder}/{name}", prefix + name) for name, kind in reversed(names) if kind is _FOLDER]

    def _entry(self, path: str, locator: str) -> Iterator[Found | Refused]:
        try:
            info = os.lstat(path)
            if stat.S_ISLNK(info.st_mode):
                target = os.path.realpath(path)
                if why := self._link(target):
                    yield refuse(self._root, locator, why)
                    return
                path, info = target, os.lstat(target)
            for test, why in _SPECIAL:
                if test(info.st_mode):
                    yield refuse(self._root, locator, why)
                    return
        except OSError as error:
            yield refuse(self._root, locator, _why(error))
            return
        yield from self._regular(path, locator)

    def _regular(self, path: str, locator: str) -> Iterator[Found | Refused]:
        """What a regular file holds; one that meanwhile is something else is not opened."""
        try:
            blob = FileBlob.open(path)
        except OSError as error:
            yield refuse(self._root, locator, _why(error))
            return
        except ReadError:
            yield refuse(self._root, locator, Why.VANISHED)
            return
        try:
            yield from self._content(blob, locator, 0)
        finally:
            blob.close()

    def _link(self, target: str) -> Why | None:
        if target != self._real and not target.startswith(self._real.rstrip("/") + "/"):
            return Why.SYMLINK_OUT
        if not os.path.lexists(target) or Path(target).is_symlink():
            return Why.SYMLINK_BROKEN
        return Why.SYMLINK_FOLDER if Path(target).is_dir() else None

    def _content(self, blob: Blob, locator: str, depth: int) -> Iterator[Found | Refused]:
        try:
            head = blob.pread(0, RECOGNISED)
        except ReadError:
            yield refuse(self._root, locator, Why.FAULT)
            return
        form = recognise(head, blob.size)[0]
        packing = packing_of(head) if form is None else None
        if packing:
            yield from self._archive(blob, packing, locator, depth)
        else:
            yield self._judged(head, form, locator, blob.size)

    def _judged(self, head: bytes, form: Form | None, locator: str, size: int) -> Found | Refused:
        form = form or recognise_displaced(head, size or 1 << 62)[0]
        if form is not None:
            return Found(self._root, locator, form, size)
        why, detail = judge_content(head)
        return refuse(self._root, locator, why, size, detail)

    def _archive(self, blob: Blob, packing: Packing, locator: str, depth: int) -> Iterator[Found | Refused]:
        if depth >= self._limits.archives:
            yield refuse(self._root, locator, Why.DEPTH, blob.size)
            return
        try:
            archive = open_archive(blob, packing, self._limits)
            members = archive.members()
            for number, member in enumerate(members):
                if number >= self._limits.members:
                    yield refuse(self._root, locator, Why.MEMBERS, blob.size)
                    return
                place = f"{locator}{MEMBER_MARK}{member.name}"
                if member.refused:
                    yield refuse(self._root, place, member.refused, member.size)
                else:
                    yield from self._member(archive, number, place, member.size, depth)
        except ReadError:
            yield refuse(self._root, locator, Why.ARCHIVE, blob.size)

    def _member(self, archive: Archive, number: int, place: str, size: int, depth: int) -> Iterator[Found | Refused]:
        try:
            head = archive.head(number)
            form = recognise(head, size or 1 << 62)[0]
            packing = packing_of(head) if form is None else None
            if not packing:
                yield self._judged(head, form, place, size)
                return
            inner = archive.open(number)
        except ReadError as error:
            yield refuse(self._root, place, Why.BOMB if error.what == str(Why.BOMB) else Why.ARCHIVE, size)
            return
        try:
            yield from self._archive(inner, packing, place, depth + 1)
        finally:
            inner.close()


def _kind(entry: os.DirEntry[str]) -> str:
    """What the folder itself says of an entry, without a look at it."""
    if entry.is_dir(follow_symlinks=False):
        return _FOLDER
    return _REGULAR if entry.is_file(follow_symlinks=False) else _OTHER


def _why(error: OSError) -> Why:
    return _ERRORS.get(error.errno or 0, Why.FAULT)

"""Finds the files behind a digest, by making the same digest of everything below a folder."""

import hmac
import os
from collections.abc import Iterator
from pathlib import Path

from auditor.errors import UsageError
from auditor.model.ports import Protector

_LEAST = 8


def locate(digest: str, root: Path, protector: Protector) -> Iterator[Path]:
    """Yield every file below `root` whose path relative to it has a digest that begins with `digest`.

    Raises UsageError for fewer than 8 hexadecimal digits. For a member of an archive
    (`export.zip!a.dcm`) the archive is found by its members' names.
    """
    wanted = digest.strip().lower().rstrip("….")
    if len(wanted) < _LEAST or not set(wanted) <= set("0123456789abcdef"):
        raise UsageError("that is no digest", right="at least 8 hexadecimal digits, as reports print them")
    for file in _files(root):
        locator = file.relative_to(root).as_posix() if file != root else root.name
        if any(_same(protector.digest(name), wanted) for name in (locator, *_members(file, locator))):
            yield file


def _same(found: str, wanted: str) -> bool:
    return hmac.compare_digest(found[: len(wanted)], wanted)


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            yield Path(folder) / name


def _members(file: Path, locator: str) -> Iterator[str]:
    import tarfile
    import zipfile

    try:
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                yield from (f"{locator}!{name}" for name in archive.namelist())
        elif file.suffix in (".tar", ".tgz", ".gz") and tarfile.is_tarfile(file):
            with tarfile.open(file) as archive:
                yield from (f"{locator}!{member.name}" for member in archive)
    except (OSError, zipfile.BadZipFile, tarfile.TarError):
        return

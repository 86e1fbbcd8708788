"""Writes files that hold something of the site's: for their owner's eyes only, and whole or not at all."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600


def create(file: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Write `content` to a new `file` of `mode`; raises FileExistsError rather than overwrite one."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


@contextmanager
def replaced(file: Path) -> Iterator[BinaryIO]:
    """A stream whose content becomes `file`, flushed to disk, when the block ends.

    On any failure nothing is left behind and whatever stood at `file` before is untouched; OSError as it comes.
    """
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.new")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)

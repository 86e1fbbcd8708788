"""Makes files that hold something of the site's: for their owner's eyes only, and never over another file."""

import os
from pathlib import Path

PRIVATE = 0o600


def create(file: Path, content: bytes, mode: int = PRIVATE) -> None:
    """Write `content` to a new `file` of `mode`; raises FileExistsError rather than overwrite one."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)

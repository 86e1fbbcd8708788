"""Reads and makes key files: 32 random bytes as hex, for the owner's eyes only."""

import os
import secrets
import stat
from pathlib import Path

from auditor.config.private import create
from auditor.errors import ConfigError

KEY_BYTES = 32


def new_key() -> bytes:
    """A fresh random key of 32 bytes."""
    return secrets.token_bytes(KEY_BYTES)


def write_key(file: Path) -> None:
    """Write a new key to `file`, mode 0600; raises FileExistsError rather than overwrite one."""
    create(file, f"{new_key().hex()}\n".encode("ascii"))


def read_key(file: Path) -> bytes:
    """Read the key in `file`; raises ConfigError when it is missing, readable by others or not a key."""
    try:
        mode = file.stat().st_mode
        text = file.read_text("ascii")[:4096].strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigError(
            f"the key file cannot be read: {reason}", where=str(file), right="a file made by auditor init"
        ) from error
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise ConfigError(
            "the key file can be read by others",
            where=str(file),
            right=f"mode 0600, not {stat.S_IMODE(mode):04o}",
            next_step=f"chmod 600 {file}",
        )
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        raise ConfigError(
            "the key file does not hold a key",
            where=str(file),
            right=f"at least {2 * KEY_BYTES} hexadecimal digits on one line",
            next_step="auditor init",
        )
    return key

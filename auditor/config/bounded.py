"""Reads files that a site names, as far as they may be long."""

from pathlib import Path

from auditor.errors import ConfigError


def read_bounded(path: Path, most_bytes: int, what: str = "the file") -> bytes:
    """The bytes of a file; raises ConfigError, which calls it `what`, when it cannot be read or is larger."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(most_bytes + 1)
    except OSError as error:
        raise ConfigError(f"{what} cannot be read: {error.strerror}", where=str(path)) from error
    if len(raw) > most_bytes:
        raise ConfigError(f"{what} is too large", where=str(path), right=f"at most {most_bytes} bytes")
    return raw

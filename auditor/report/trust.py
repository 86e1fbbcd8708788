"""Reads the certificates a site trusts: PEM or DER files, as many in each as there are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from auditor.errors import ConfigError


def load_certificates(files: Sequence[Path]) -> list[Any]:
    """All certificates of `files`; raises ConfigError for a file that is missing or holds none."""
    from pyhanko.keys import load_certs_from_pemder

    read: Any = load_certs_from_pemder
    found: list[Any] = []
    for file in files:
        try:
            here = list(read([str(file)]))
        except (OSError, ValueError) as error:
            raise _unusable(file) from error
        if not here:
            raise _unusable(file)
        found += here
    return found


def _unusable(file: Path) -> ConfigError:
    return ConfigError(
        "a trusted certificate cannot be read",
        where=str(file),
        right="a PEM or DER file with certificates",
        next_step="auditor config show",
    )

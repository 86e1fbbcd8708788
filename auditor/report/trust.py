"""Reads the certificates a site trusts, and revocation lists: PEM or DER files."""

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


def load_crls(files: Sequence[Path]) -> tuple[bytes, ...]:
    """The certificate revocation lists of `files` (RFC 5280, 5) as DER; raises ConfigError for what is none."""
    from asn1crypto import crl, pem

    found = []
    for file in files:
        try:
            raw = file.read_bytes()
            der = pem.unarmor(raw)[2] if pem.detect(raw) else raw
            list(
                crl.CertificateList.load(der, strict=True)["tbs_cert_list"]
            )  # read it whole now, not when it is needed
            found.append(der)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise ConfigError(
                "a certificate revocation list cannot be read",
                where=str(file),
                right="a PEM or DER file with one list, as the authority publishes it",
                next_step="auditor config show",
            ) from error
    return tuple(found)


def _unusable(file: Path) -> ConfigError:
    return ConfigError(
        "a trusted certificate cannot be read",
        where=str(file),
        right="a PEM or DER file with certificates",
        next_step="auditor config show",
    )

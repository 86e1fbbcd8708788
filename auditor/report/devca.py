"""A certificate authority for development: makes a root and a signer that nobody has reason to trust."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from auditor.config.private import create
from auditor.errors import ConfigError

DEVELOPMENT = "Imaging Auditor development CA"
TRUST_SENTENCE = (
    "This report was signed with a development certificate that the auditing program made itself. It shows that "
    "nothing was changed since; it does not show who signed, and nobody outside this site has reason to trust it."
)

_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True, slots=True)
class DevelopmentCa:
    """The files that were made: signer (PKCS#12, 0600), its passphrase (0600) and the root certificate (PEM)."""

    signer: Path
    passphrase: Path
    root: Path


def init_dev_ca(folder: Path, now: datetime, name: str = "Development signer", days: int = 365) -> DevelopmentCa:
    """Make a root and a signer in `folder`; raises ConfigError rather than overwrite one."""
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

    made = DevelopmentCa(folder / "signer.p12", folder / "signer.passphrase", folder / "dev-ca.pem")
    for file in (made.signer, made.passphrase, made.root):
        if file.exists():
            raise ConfigError(
                "there is a development CA already",
                where=str(file),
                right="an empty folder",
                next_step="remove the files yourself if they are no longer needed",
            )
    root, root_key = _certificate(DEVELOPMENT, None, now, days * 5)
    leaf, leaf_key = _certificate(name, (root, root_key), now, days)
    passphrase = secrets.token_urlsafe(24)
    packed = pkcs12.serialize_key_and_certificates(
        name.encode(), leaf_key, leaf, [root], BestAvailableEncryption(passphrase.encode())
    )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        create(made.signer, packed)
        create(made.passphrase, passphrase.encode() + b"\n")
        create(made.root, root.public_bytes(Encoding.PEM), 0o644)
    except OSError as error:
        raise ConfigError(
            f"the development CA cannot be written: {error.strerror}", where=str(folder), right="a folder to write to"
        ) from error
    return made


def _certificate(name: str, issuer: tuple[Any, Any] | None, now: datetime, days: int) -> tuple[Any, Any]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    parent, signing = (issuer[0].subject, issuer[1]) if issuer else (subject, key)
    usage = dict.fromkeys(_USAGES, False)
    usage |= (
        {"digital_signature": True, "content_commitment": True} if issuer else {"key_cert_sign": True, "crl_sign": True}
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(parent)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(
            x509.BasicConstraints(ca=issuer is None, path_length=0 if issuer is None else None), critical=True
        )
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    return builder.sign(signing, hashes.SHA256()), key

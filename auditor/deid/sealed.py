"""The original attributes, sealed inside the file for those who hold a key (PS3.15 E.1.2, CMS EnvelopedData)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs7

from auditor.deid.encoding import Syntax
from auditor.errors import ConfigError, VerificationError

ENCRYPTED_ATTRIBUTES = 0x04000500
_SYNTAX = 0x04000510
_CONTENT = 0x04000520
_MODIFIED = 0x04000550
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals attributes to one or several recipients' certificates."""

    certificates: tuple[x509.Certificate, ...]

    def value(self, elements: Sequence[bytes], syntax: Syntax) -> bytes:
        """The value of Encrypted Attributes Sequence (0400,0500) that holds `elements` as they stood in the source."""
        modified = syntax.element(_MODIFIED, "SQ", syntax.items([b"".join(elements)]))
        builder = pkcs7.PKCS7EnvelopeBuilder().set_data(modified).set_content_encryption_algorithm(AES256)
        for certificate in self.certificates:
            builder = builder.add_recipient(certificate)
        content = builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
        item = syntax.element(_SYNTAX, "UI", _uid(syntax).encode("ascii")) + syntax.element(_CONTENT, "OB", content)
        return syntax.items([item])


def read_recipients(paths: Sequence[Path]) -> Sealer:
    """The recipients' certificates (PEM or DER, RSA keys); raises ConfigError for one that cannot receive."""
    return Sealer(tuple(_certificate(path) for path in paths))


def read_key(path: Path, passphrase: bytes | None) -> RSAPrivateKey:
    """A recipient's private key in PEM; raises ConfigError without telling a wrong passphrase from a broken key."""
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(
            "the private key cannot be opened", where=str(path), right="a PEM key and its passphrase"
        ) from error
    if not isinstance(key, RSAPrivateKey):
        raise ConfigError("the private key is not RSA", where=str(path), right="an RSA key")
    return key


def unseal(content: bytes, certificate: x509.Certificate, key: RSAPrivateKey) -> bytes:
    """The sealed data set; raises VerificationError when this key does not open it, whatever the reason."""
    try:
        return pkcs7.pkcs7_decrypt_der(_whole(content), certificate, key, [])
    except (ValueError, UnsupportedAlgorithm) as error:
        raise VerificationError("the sealed attributes do not open with this key", right="a recipient's key") from error


def _certificate(path: Path) -> x509.Certificate:
    certificate = read_certificate(path)
    if not isinstance(certificate.public_key(), RSAPublicKey):
        raise ConfigError("a recipient's certificate has no RSA key", where=str(path), right="an RSA certificate")
    return certificate


def read_certificate(path: Path) -> x509.Certificate:
    """One certificate, PEM or DER; raises ConfigError."""
    try:
        raw = path.read_bytes()
        if b"-----BEGIN" in raw:
            return x509.load_pem_x509_certificate(raw)
        return x509.load_der_x509_certificate(raw)
    except (OSError, ValueError) as error:
        raise ConfigError("the certificate cannot be read", where=str(path), right="an X.509 certificate") from error


def _whole(content: bytes) -> bytes:
    """A DER value without the byte that padded it to even length (X.690 8.1.3)."""
    count = content[1] & 0x7F if len(content) > 1 and content[1] & 0x80 else 0
    length = int.from_bytes(content[2 : 2 + count], "big") if count else content[1:2][0] if len(content) > 1 else 0
    return content[: 2 + count + length]


def _uid(syntax: Syntax) -> str:
    if not syntax.explicit:
        return IMPLICIT_LITTLE
    return EXPLICIT_LITTLE if syntax.little else EXPLICIT_BIG

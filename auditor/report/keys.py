"""Opens the signer's key: PKCS#12, PEM or PKCS#11, with a passphrase that was never an argument."""

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from auditor.config.report import ReportSettings
from auditor.config.settings import Configuration
from auditor.errors import ConfigError, SigningError
from auditor.report.certificates import name_of

Prompt = Callable[[str], str]
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class SignerKey:
    """An opened key: pyHanko's signer, the signer's certificate, and the name it bears."""

    signer: Any
    certificate: Any
    development: bool

    @property
    def name(self) -> str:
        """The name in the certificate."""
        return name_of(self.certificate)

    @property
    def chain(self) -> list[Any]:
        """The other certificates that came with the key."""
        return [item for item in self.signer.cert_registry if item.dump() != self.certificate.dump()]

    def pem(self) -> bytes:
        """The public certificate as PEM."""
        from asn1crypto import pem

        return bytes(pem.armor("CERTIFICATE", self.certificate.dump()))


def open_key(
    configuration: Configuration, environment: Mapping[str, str] | None = None, prompt: Prompt | None = None
) -> SignerKey | None:
    """Open the key of `[report] signer`, or return None when none is configured.

    Raises ConfigError for a key file others may read, a wrong passphrase or a file that holds no key.
    """
    settings = configuration.settings.report
    if not settings.signer:
        return None
    environment = os.environ if environment is None else environment
    passphrase = _passphrase(configuration, environment, prompt)
    if settings.signer.startswith("pkcs11:"):
        return _from_token(settings.signer, passphrase)
    file = configuration.path(settings.signer)
    _read_private(file, "key file")
    if file.suffix.lower() in (".p12", ".pfx"):
        return _from_pkcs12(file, passphrase)
    return _from_pem(file, configuration, settings, passphrase)


def _passphrase(configuration: Configuration, environment: Mapping[str, str], prompt: Prompt | None) -> bytes | None:
    settings = configuration.settings.report
    if settings.passphrase_file:
        return _read_private(configuration.path(settings.passphrase_file), "passphrase file").rstrip(b"\r\n")
    if settings.passphrase_variable in environment:
        return environment[settings.passphrase_variable].encode("utf-8")
    answer = prompt("Passphrase of the signing key: ") if prompt else ""
    return answer.encode("utf-8") or None  # no answer means a key that has no passphrase, not an empty one


def _read_private(file: Path, what: str) -> bytes:
    """Read a small file that only its owner may read."""
    try:
        with file.open("rb") as stream:
            mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
            content = stream.read(_LARGEST)
    except OSError as error:
        raise ConfigError(
            f"the {what} cannot be read: {error.strerror}",
            where=str(file),
            right="a file this user may read",
            next_step="auditor sign init-dev-ca FOLDER makes a key for development",
        ) from error
    if mode & 0o077:
        raise ConfigError(
            f"the {what} can be read by others (mode {mode:04o})",
            where=str(file),
            right="mode 0600",
            next_step=f"chmod 600 {file}",
        )
    return content


def _from_pkcs12(file: Path, passphrase: bytes | None) -> SignerKey:
    from pyhanko.sign import signers

    kind: Any = signers.SimpleSigner
    return _checked(lambda: kind.load_pkcs12(str(file), passphrase=passphrase), str(file))


def _from_pem(
    file: Path, configuration: Configuration, settings: ReportSettings, passphrase: bytes | None
) -> SignerKey:
    from pyhanko.keys import load_certs_from_pemder

    read: Any = load_certs_from_pemder
    place = configuration.path(settings.certificate) if settings.certificate else file

    def load() -> Any:
        return _with_chain(file, list(read([str(place)])), passphrase)

    return _checked(load, str(file))


def _with_chain(file: Path, chain: list[Any], passphrase: bytes | None) -> Any:
    """A signer for a PEM file that holds the chain, the signer's certificate first."""
    from pyhanko.keys import load_private_key_from_pemder
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    if not chain:
        return None
    key = load_private_key_from_pemder(str(file), passphrase=passphrase)
    registry: Any = SimpleCertificateStore
    return signers.SimpleSigner(chain[0], key, registry.from_certs(chain[1:]))


def _checked(load: Callable[[], Any], where: str) -> SignerKey:
    """Run a loader; whatever goes wrong, and a None, becomes one error that names no secret."""
    try:
        signer = load()
    except (ValueError, TypeError, OSError, IndexError) as error:
        raise _unusable(where) from error
    if signer is None or signer.signing_cert is None:
        raise _unusable(where)
    return make_key(signer)


def _unusable(where: str) -> ConfigError:
    return ConfigError(
        "the signing key cannot be opened: the passphrase is wrong, or the file holds no key and certificate",
        where=where,
        right="a PKCS#12 or PEM file with its passphrase",
        next_step="auditor sign show",
    )


def make_key(signer: Any) -> SignerKey:
    """Wrap a pyHanko signer; a development signer is known by its issuer's words."""
    from auditor.report.devca import DEVELOPMENT

    signer.embed_roots = False
    certificate = signer.signing_cert
    return SignerKey(signer, certificate, DEVELOPMENT in certificate.issuer.human_friendly)


def _from_token(address: str, passphrase: bytes | None) -> SignerKey:
    """Open `pkcs11:<module path>?token=<label>&label=<label of key and certificate>`."""
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    module, _, query = address.removeprefix("pkcs11:").partition("?")
    words = {name: values[0] for name, values in parse_qs(query).items()}
    try:
        session = open_pkcs11_session(
            unquote(module),
            token_criteria=TokenCriteria(label=words.get("token")),
            user_pin=passphrase.decode() if passphrase else None,
        )
        signer = PKCS11Signer(
            session, cert_label=words.get("label"), key_label=words.get("label"), use_raw_mechanism=True
        )
        certificate = signer.signing_cert
    except Exception as error:  # the binding raises dozens of unrelated classes, one for each CKR_ code
        raise SigningError(
            f"the key on the token cannot be used: {type(error).__name__} {error}".strip(),
            where=f"pkcs11:{module}",
            right="pkcs11:<module>?token=<label>&label=<key>, and the token's PIN as passphrase",
            next_step="auditor sign show",
        ) from error
    if certificate is None:
        raise _unusable(f"pkcs11:{module}")
    return make_key(signer)

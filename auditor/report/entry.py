"""Signs entries of the store's ledgers with the signer's key, and checks such signatures."""

import asyncio
from collections.abc import Callable, Mapping
from hashlib import sha256

from auditor.report.keys import SignerKey


def entry_signer(key: SignerKey) -> Callable[[bytes], Mapping[str, str]]:
    """A function that signs bytes and returns the signature with the public certificate."""

    def sign(content: bytes) -> Mapping[str, str]:
        signature = asyncio.run(key.signer.async_sign_raw(content, "sha256"))
        return {
            "signer": key.name,
            "certificate": key.pem().decode("ascii"),
            "certificate_sha256": sha256(key.certificate.dump()).hexdigest(),
            "value": signature.hex(),
        }

    return sign


def entry_is_signed(content: bytes, signature: Mapping[str, str]) -> bool:
    """Whether a signature made by `entry_signer` fits `content`."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    try:
        public = x509.load_pem_x509_certificate(signature["certificate"].encode("ascii")).public_key()
        value = bytes.fromhex(signature["value"])
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(value, content, ec.ECDSA(hashes.SHA256()))
        elif isinstance(public, rsa.RSAPublicKey):
            public.verify(value, content, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except (InvalidSignature, ValueError, KeyError):
        return False
    return True

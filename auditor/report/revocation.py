"""What a verifier will need in ten years: certificates, CRLs and OCSP answers, put into the PDF before it is signed."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auditor.errors import SigningError
from auditor.report.keys import SignerKey

_PATIENCE = 10


@dataclass(frozen=True, slots=True)
class Material:
    """Validation paths and the context that holds the revocation data gathered for them."""

    paths: tuple[Any, ...]
    context: Any


def collect(key: SignerKey, roots: Sequence[Any], crls: Sequence[bytes], timestamper: Any, now: datetime) -> Material:
    """Build and check the paths of the signer and of the timestamp authority (if any), revocation data included.

    Raises SigningError when a certificate is revoked, or its state cannot be learnt.
    """
    return asyncio.run(_collect(key, roots, crls, timestamper, now))


async def _collect(
    key: SignerKey, roots: Sequence[Any], crls: Sequence[bytes], timestamper: Any, now: datetime
) -> Material:
    from pyhanko_certvalidator import CertificateValidator, ValidationContext
    from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError, RevokedError
    from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

    context = ValidationContext(
        trust_roots=list(roots),
        other_certs=key.chain,
        allow_fetching=not crls,
        fetchers=None if crls else RequestsFetcherBackend(per_request_timeout=_PATIENCE).get_fetchers(),
        crls=list(crls) or None,
        revocation_mode="require",
        moment=now,
    )
    try:
        validator: Any = CertificateValidator(key.certificate, validation_context=context)
        paths = [await validator.async_validate_usage(set())]
        if timestamper is not None:
            async for path in timestamper.validation_paths(context):
                paths.append(path)
    except RevokedError as error:
        raise _refusal(f"the certificate of {key.name} is revoked", "a certificate that is not revoked") from error
    except (PathBuildingError, PathValidationError) as error:
        raise _refusal(
            f"the state of a certificate cannot be learnt: {error}",
            "roots in [report] trust, and CRL or OCSP that answer (or [report] crls)",
        ) from error
    return Material(tuple(paths), context)


def _refusal(what: str, right: str) -> SigningError:
    return SigningError(what, where="[report] signer", right=right, next_step="auditor sign show")


def embed(pdf: bytes, material: Material) -> bytes:
    """Write the document security store (ETSI EN 319 142-1, 5.4.2) into the PDF, where the signature will cover it."""
    from pyhanko.sign.validation.dss import DocumentSecurityStore

    stream = io.BytesIO(pdf)
    DocumentSecurityStore.add_dss(
        stream, sig_contents=None, paths=list(material.paths), validation_context=material.context
    )
    return stream.getvalue()

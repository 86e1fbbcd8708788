"""The way back, for those who hold a key; who asked, when and why is recorded before anything is shown."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from auditor.deid.sealed import ENCRYPTED_ATTRIBUTES, unseal
from auditor.errors import ReadError, StoreError, UsageError, VerificationError
from auditor.model.ports import Protector

_SHORTEST_REASON = 10
_MARKERS = ("PatientIdentityRemoved", "DeidentificationMethod", "DeidentificationMethodCodeSequence")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a patient's identity, when and why. The reason is required."""

    who: str
    when: datetime
    why: str

    def __post_init__(self) -> None:
        if len(self.why.strip()) < _SHORTEST_REASON:
            raise UsageError(
                "re-identification needs a reason", right=f"--reason with at least {_SHORTEST_REASON} characters"
            )


def record(log: Path, asked: Asked, what: Mapping[str, str], outcome: str) -> None:
    """Append one line to the log of re-identifications (mode 0600), before anything is shown. Raises StoreError."""
    line = {"who": asked.who, "when": asked.when.isoformat(), "why": asked.why, "outcome": outcome, **what}
    try:
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, sort_keys=True) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise StoreError(
            f"the re-identification cannot be recorded, so it is not done: {error.strerror}", where=str(log)
        ) from error


def restore(source: Path, target: Path, certificate: x509.Certificate, key: RSAPrivateKey) -> int:
    """Write `source` with its sealed attributes put back to `target` (mode 0600); return how many were.

    Raises ReadError when the file holds none, VerificationError when the key does not open them.
    """
    import pydicom

    try:
        dataset = pydicom.dcmread(source)
    except (OSError, pydicom.errors.InvalidDicomError) as error:
        raise ReadError("the file is not DICOM", right="a de-identified DICOM file") from error
    if ENCRYPTED_ATTRIBUTES not in dataset:
        raise ReadError("the file holds no sealed attributes", right="a file made with --encrypt-to")
    count = 0
    for item in dataset[ENCRYPTED_ATTRIBUTES].value:
        for original in _originals(item, certificate, key):
            for element in original:
                dataset[element.tag] = element
                count += 1
    del dataset[ENCRYPTED_ATTRIBUTES]
    for name in _MARKERS:
        if name in dataset:
            delattr(dataset, name)
    if "SOPInstanceUID" in dataset:
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        pydicom.dcmwrite(stream, dataset)
    return count


def subject(protector: Protector, path: Path) -> Mapping[str, str]:
    """How the log names a file: masked, with its digest."""
    return {"file": protector.path(path.name), "digest": protector.digest(path.name)}


def _originals(item: Any, certificate: x509.Certificate, key: RSAPrivateKey) -> Iterator[Any]:
    import pydicom

    content = unseal(bytes(item.EncryptedContent), certificate, key)
    syntax = pydicom.uid.UID(item.EncryptedContentTransferSyntaxUID)
    try:
        sealed = pydicom.filereader.read_dataset(BytesIO(content), syntax.is_implicit_VR, syntax.is_little_endian)
        yield from sealed.ModifiedAttributesSequence
    except (AttributeError, ValueError) as error:
        raise VerificationError("the sealed attributes are not a data set", right="a whole file") from error

"""Writes copies into the staging folder, whole or not at all, and digests of what was read and written."""

import os
from collections.abc import Sequence
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from auditor.deid.dicomdir import rebuild
from auditor.deid.disk import writing
from auditor.dicomio.edits import Edit, RemoveItem, ReplaceBulk
from auditor.dicomio.form import Form
from auditor.dicomio.limits import Limits
from auditor.dicomio.read import DicomFile
from auditor.dicomio.walked import Walk
from auditor.dicomio.writer import rewrite

_CHUNK = 1 << 20
_BUFFER = 1 << 16
_SMALL = 4 << 20
_ANEW = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW  # an attempt that was stopped may have left a part


class Copier:
    """Writes files with mode 0600; digests are keyed, so that they tell nothing without the project key."""

    def __init__(self, key: bytes, limits: Limits) -> None:
        self._key = key
        self._limits = limits

    def write(self, file: DicomFile, walk: Walk, edits: Sequence[Edit], path: str) -> str:
        """Write the copy of one file and return its digest; raises StoreError when the disk does not take it."""
        folder = path.rpartition("/")[0]
        with writing("a copy", folder):
            try:
                return self._written(file, walk, edits, path, folder)
            except Exception:
                Path(path).unlink(missing_ok=True)
                raise

    def _written(self, file: DicomFile, walk: Walk, edits: Sequence[Edit], path: str, folder: str) -> str:
        try:
            descriptor = os.open(path, _ANEW, 0o600)
        except FileNotFoundError:
            Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, _ANEW, 0o600)
        with os.fdopen(descriptor, "w+b", buffering=_BUFFER) as stream:
            if file.blob.size > _SMALL or any(isinstance(edit, ReplaceBulk) for edit in edits):
                return self._put(file, walk, edits, stream)
            with BytesIO() as whole:  # a small file is put together in memory and written at once
                digest = self._put(file, walk, edits, whole)
                stream.write(whole.getbuffer())
            return digest

    def _put(self, file: DicomFile, walk: Walk, edits: Sequence[Edit], target: BinaryIO) -> str:
        rewrite(file, walk, edits, target, preamble=bytes(128), keep_trailing=False)
        if file.form is Form.DICOMDIR:
            gone = frozenset(edit.scope.start for edit in edits if isinstance(edit, RemoveItem))
            rebuild(target, walk, gone, self._limits)
        return self.digest(target)

    def digest(self, target: BinaryIO) -> str:
        """Keyed digest of a whole file."""
        target.seek(0)
        digest = blake2b(key=self._key[:64], digest_size=32)
        while block := target.read(_CHUNK):
            digest.update(block)
        return digest.hexdigest()

    def source_digest(self, file: DicomFile) -> str:
        """Keyed digest of a source file."""
        digest, position = blake2b(key=self._key[:64], digest_size=32), 0
        while block := file.blob.pread(position, _CHUNK):
            digest.update(block)
            position += len(block)
        return digest.hexdigest()

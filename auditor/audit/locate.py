"""Finds the files behind a digest, by making the same digest of everything below a folder."""

import hmac
from collections.abc import Iterator
from pathlib import Path

from auditor.dicomio import find
from auditor.errors import UsageError
from auditor.model.ports import Protector

_LEAST = 8


def locate(digest: str, root: Path, protector: Protector) -> Iterator[Path]:
    """Yield every file below `root` whose path relative to it has a digest that begins with `digest`.

    Raises UsageError for fewer than 8 hexadecimal digits. Members of archives (`export.zip!a.dcm`) are met as
    the scan meets them, and lead to their archive.
    """
    wanted = digest.strip().lower().rstrip("….")
    if len(wanted) < _LEAST or not set(wanted) <= set("0123456789abcdef"):
        raise UsageError("that is no digest", right="at least 8 hexadecimal digits, as reports print them")
    seen: set[Path] = set()
    for met in find(root):
        file = root if root.is_file() else root / met.locator.partition("!")[0]
        if file not in seen and _same(protector.digest(met.locator), wanted):
            seen.add(file)
            yield file


def _same(found: str, wanted: str) -> bool:
    return hmac.compare_digest(found[: len(wanted)], wanted)

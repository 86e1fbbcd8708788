"""Names of files in the copy: by template, of keyed tokens alone, never of anything that was in the source."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath

from auditor.deid.tokens import token
from auditor.errors import RuleError

_FIELDS = ("patient", "study", "series", "instance", "modality", "root")
_LONG = 8
_FIELD = re.compile(r"\{([^{}]*)\}")
_SAFE = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Names:
    """Makes a path for each file. A token has eight characters, letters and digits, fit for media (PS3.10 8.2)."""

    template: str
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        for word in _FIELD.findall(self.template):
            if word not in _FIELDS:
                raise RuleError(f"file_name has an unknown field {word!r}", right="one of " + ", ".join(_FIELDS))

    def token(self, purpose: str, value: str) -> str:
        """Eight characters that stand for `value`, by HMAC-SHA-256 under the project key."""
        digest = hmac.new(self.key, f"{purpose}\0{value}".encode("utf-8", "surrogatepass"), sha256).digest()
        return token(digest, _LONG)

    def path(self, values: Mapping[str, str], suffix: str) -> PurePosixPath:
        """The path of one file below the output folder; `values` gives the tokens."""
        text = _FIELD.sub(lambda match: values.get(match.group(1), ""), self.template) + suffix
        parts = [part for part in text.split("/") if part]
        if any(not _SAFE.fullmatch(part) or part in (".", "..") for part in parts):
            raise RuleError(
                "file_name makes a path that is not plain", right="letters, digits, dot, dash, underline and fields"
            )
        return PurePosixPath(*parts)

"""Private elements: who reserved their block, whether they are known to be safe, and what is told of the others."""

from auditor.dicomio import Scope, is_creator
from auditor.dicomio.safe_private import has_safe_private, is_safe_private
from auditor.headers.finds import Verdict
from auditor.headers.verdict import Assessor

_MANY = 65536


class Privates:
    """Remembers what is told of each private creator. One for each worker."""

    def __init__(self, assessor: Assessor) -> None:
        self._assessor = assessor
        self._creators: dict[bytes | None, tuple[str, Verdict | None, bool]] = {}

    def quiet(self, tag: int, scope: Scope) -> Verdict | None:
        """The verdict on private element `tag` of `scope` that says nothing (PS3.15 Table E.3.10-1)."""
        if 0x10 <= tag & 0xFFFF <= 0xFF:
            return None
        creators = scope.creators
        raw = creators.get((tag & 0xFFFF0000) | (tag >> 8 & 0xFF)) if creators else None
        name, unsafe, listed = self._creators.get(raw) or self._learn(raw, tag, scope)
        return None if listed and is_safe_private(name, tag) else unsafe

    def is_safe(self, tag: int, scope: Scope) -> bool:
        """Whether a private element names its creator, or is on the list of safe ones."""
        if is_creator(tag):
            return True
        creators = scope.creators
        raw = creators.get((tag & 0xFFFF0000) | (tag >> 8 & 0xFF)) if creators else None
        name, _, listed = self._creators.get(raw) or self._learn(raw, tag, scope)
        return listed and is_safe_private(name, tag)

    def _learn(self, raw: bytes | None, tag: int, scope: Scope) -> tuple[str, Verdict | None, bool]:
        if len(self._creators) >= _MANY:
            self._creators.clear()
        name = scope.creator(tag)
        known = self._creators[raw] = (name, self._assessor.unsafe(name), has_safe_private(name))
        return known

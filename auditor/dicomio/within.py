"""Where within a value a text was found: the way there, and what looking further may still cost."""

from __future__ import annotations

from typing import NamedTuple

from auditor.dicomio.element import Element
from auditor.dicomio.limits import Limits
from auditor.dicomio.place import Origin, Text

DEEPEST = 6
_BUDGET = 32 << 20
_TOKENS = 4000
_UNTOLD = frozenset(("padding", "run", "utf-8"))  # ways that everybody reads by


class Seen:
    """What one value may still cost: depth of wrapping, bytes looked at in all, and tokens tried."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._left = _BUDGET
        self._tried: set[int] = set()

    def enter(self, derived: tuple[str, ...], size: int) -> bool:
        """Whether `size` bytes or characters, won by `derived`, may be looked into."""
        self._left -= size
        return len(derived) <= 2 * DEEPEST and self._left >= 0

    def is_new(self, way: str, token: str) -> bool:
        """Whether a token was not tried this way before; a value has some thousands of them at most."""
        key = hash((way, token))
        if key in self._tried or len(self._tried) >= _TOKENS:
            return False
        self._tried.add(key)
        return True


class Within(NamedTuple):
    """A spot within a value; `derived` and `where` as texts found here have them."""

    element: Element
    origin: Origin
    seen: Seen
    derived: tuple[str, ...] = ()
    where: str = ""

    def by(self, *ways: str) -> Within:
        """One step further in; all but the plainest ways show in the locator, outermost first."""
        told = [self.where, *[way for way in ways if way not in _UNTOLD]]
        return self._replace(derived=self.derived + ways, where=".".join(filter(None, told)))

    def text(self, text: str) -> Text:
        """A text that stands here."""
        return Text(text, self.element, self.origin, self.derived, self.where)

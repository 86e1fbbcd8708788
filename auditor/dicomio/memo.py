"""Remembers what was judged, by raw bytes, so that a series is judged once."""

from __future__ import annotations

from collections.abc import Sequence as Row
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from auditor.dicomio.element import tag_text

if TYPE_CHECKING:
    from auditor.dicomio.walked import Walk

Pairs: TypeAlias = tuple[tuple[str, object], ...]
Table: TypeAlias = dict[bytes, Pairs]
State: TypeAlias = tuple[bytes | None, dict[int, bytes] | None]
Tables: TypeAlias = tuple[Table, dict[int, Table]]

LONG = 512
_ENTRY = 160


def key_of(raw: bytes) -> bytes:
    """`raw` itself, or its digest when it is long, so that the memo stays small."""
    return raw if len(raw) <= LONG else blake2b(raw, digest_size=20).digest()


class Run(NamedTuple):
    """Top-level elements, one after the other, that all were known: their bytes, their verdicts that are true, and
    the character set and private creators in force before and after them, with the tables in which these are known.
    """

    raw: bytes
    known: Pairs
    before: State
    after: State
    tables: Tables


class Memo:
    """Verdicts by the raw bytes of an element or a whole sequence.

    A verdict holds wherever the same bytes stand again under the same byte order, character set and
    private creator. Spaces keep apart what also depends on something else, such as whose file it is.
    When `limit` bytes are held, everything is forgotten and learnt anew, so memory stays flat.
    """

    def __init__(self, limit: int = 48 << 20) -> None:
        self._limit = limit
        self._held = 0
        self._tables: dict[object, Table] = {}
        self._space: object = None
        self.sizes: dict[int, int] = {}
        self._runs: dict[object, dict[bytes, Run]] = {}

    def space(self, name: object) -> Memo:
        """Turn to the space called `name`, which must be hashable, and return this memo."""
        self._space = name
        return self

    def table(self, syntax: object, charset: bytes, creator: bytes = b"") -> Table:
        """The table of this space for what is written in `syntax` under `charset`, and `creator` if private."""
        name = (self._space, syntax, charset, creator)
        table = self._tables.get(name)
        if table is None:
            table = self._tables[name] = {}
            self._held += _ENTRY
        return table

    def runs(self, syntax: object) -> dict[bytes, Run]:
        """The runs of this space, by the eight bytes with which they began last time."""
        return self._runs.setdefault((self._space, syntax), {})

    def keep_run(self, syntax: object, run: Run) -> None:
        """Remember one run in the place of the last one that began the same way."""
        runs, head = self.runs(syntax), run.raw[:8]
        self._held += len(run.raw) - (len(runs[head].raw) if head in runs else -_ENTRY)
        runs[head] = run

    def keep(self, walk: Walk, verdicts: Row[object]) -> None:
        """Store one verdict for each element of `walk.elements`; anything false means nothing to tell.

        Whole sequences are remembered too, with the true verdicts within them. Raises ValueError when
        the numbers differ.
        """
        if self._held > self._limit:
            self._tables.clear()
            self._runs.clear()
            self._held = 0
        held = 0
        for slot, element, verdict in zip(walk.slots, walk.elements, verdicts, strict=True):
            if slot is not None:
                table, key = slot
                table[key] = ((tag_text(element[0]), verdict),) if verdict else ()
                held += len(key) + _ENTRY
        for (table, key), span in walk.spans:
            table[key] = span.pairs(walk, verdicts)
            held += len(key) + _ENTRY
        self._held += held

"""Walks the raw elements of a file at every depth, without converting a value."""

from __future__ import annotations

from auditor.dicomio.handover import hand_over
from auditor.dicomio.heads import Heads
from auditor.dicomio.limits import DEFAULT_LIMITS, Limits
from auditor.dicomio.memo import Memo
from auditor.dicomio.pace import Pace
from auditor.dicomio.read import DicomFile
from auditor.dicomio.skim import Glance
from auditor.dicomio.walked import Walk

_TABLE_SIZE = 65536


class Walker:
    """Walks files one after the other; keeps what it learnt of element headers between them.

    One for each worker. `first` is how many bytes `read` should read at once: as many as the last header had.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self.first = 0
        self._heads: dict[tuple[bool, bool], Heads] = {}
        self._glances: dict[tuple[int, frozenset[int]], Glance] = {}

    def walk(self, file: DicomFile, memo: Memo | None = None) -> Walk:
        """Walk the file meta and the data set of `file`. Damage never raises; it is told in `Walk.stop`."""
        walk = Pace(file, self._heads_of(file), self.limits, memo).run()
        if walk.stop:
            hand_over(file, walk, self.limits, memo is not None)
        elif file.stop:
            walk.stop = file.stop
        self.first = min(max(walk.read_bytes + 64, 4096), 1 << 20)
        return walk

    def peek(self, file: DicomFile, tags: frozenset[int]) -> dict[int, bytes]:
        """As `skim.peek`, with what was learnt from other files."""
        heads = self._heads_of(file)
        glance = self._glances.get((id(heads), tags))
        if glance is None:
            glance = self._glances[(id(heads), tags)] = Glance(tags, heads)
        return glance.at(file)

    def _heads_of(self, file: DicomFile) -> Heads:
        form = (file.syntax.explicit, file.syntax.little)
        heads = self._heads.get(form)
        if heads is None:
            heads = self._heads[form] = Heads(*form, {})
        elif len(heads.table) > _TABLE_SIZE:
            heads.table.clear()
        return heads

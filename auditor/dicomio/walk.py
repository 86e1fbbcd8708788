"""Walks the raw elements of a file at every depth, without converting a value."""

from __future__ import annotations

from auditor.dicomio.heads import Header
from auditor.dicomio.limits import DEFAULT_LIMITS, Limits
from auditor.dicomio.memo import Memo
from auditor.dicomio.pace import Pace
from auditor.dicomio.read import DicomFile
from auditor.dicomio.walked import Walk

_TABLE_SIZE = 65536


class Walker:
    """Walks files one after the other; keeps what it learnt of element headers between them.

    One for each worker. `first` is how many bytes `read` should read at once: as many as the last header had.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self.first = 0
        self._tables: dict[tuple[bool, bool], dict[bytes, Header]] = {}

    def walk(self, file: DicomFile, memo: Memo | None = None) -> Walk:
        """Walk the file meta and the data set of `file`. Damage never raises; it is told in `Walk.stop`."""
        syntax = file.syntax
        table = self._tables.setdefault((syntax.explicit, syntax.little), {})
        if len(table) > _TABLE_SIZE:
            table.clear()
        walk = Pace(file, table, self.limits, memo).run()
        if file.stop and not walk.stop:
            walk.stop = file.stop
        self.first = min(max(walk.read_bytes + 64, 4096), 1 << 20)
        return walk

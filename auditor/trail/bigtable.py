"""Large tables go to the database slab by slab, cut in threads; blocks with damage go row by row as small tables."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from auditor.trail import tables
from auditor.trail.opening import DAMAGE, blocks
from auditor.trail.reading import Part, ReadLog, as_table
from auditor.trail.schema import INDEX, Sink, Tally
from auditor.trail.slab import SLAB, Slabs, Unusual
from auditor.trail.tables import LONGEST

THREADS = 2
BLOCK = 24 << 20
"""Bytes a slab: of usual tables more rows than a row group of DuckDB, which are then not copied together again."""
_SAMPLE = 1 << 16
_WORDY = pa.dictionary(pa.int32(), pa.string())
_KINDS = {"ts": pa.timestamp("us"), "seq": pa.int64(), "instances": pa.int64(), "class": _WORDY}
_KINDS |= dict.fromkeys(("local", "ok", "btg"), pa.bool_()) | dict.fromkeys(("source", "src_ae", "dst_ae"), _WORDY)
_KINDS |= dict.fromkeys(("media", "purpose"), _WORDY)
SCHEMA = pa.schema([(name, _KINDS.get(name, pa.string())) for name in SLAB] + [("line", pa.int64())])


@dataclass(slots=True)
class BigTable:
    """One table under way: `left` gathers staging rows of the blocks that were read row by row."""

    item: ReadLog
    number: int
    slabs: Slabs
    left: list[pa.Table] = field(default_factory=list)

    def reader(self) -> pa.RecordBatchReader:
        """All slabs, in the order of the file, as they become ready; the log's tally grows with them."""
        return pa.RecordBatchReader.from_batches(SCHEMA, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        before = 0
        with ThreadPoolExecutor(THREADS, "slab") as pool:
            for done in self._ahead(pool):
                found, tally, count = done
                self.item.tally.add(tally, before)
                if isinstance(found, pa.RecordBatch):
                    yield _numbered(found, before + 1 + (before == 0))
                else:
                    lines = pa.array(found["line"].to_numpy() + before)
                    self.left.append(found.set_column(found.schema.get_field_index("line"), "line", lines))
                before += count

    def _ahead(self, pool: ThreadPoolExecutor) -> "Iterator[tuple[Any, Tally, int]]":
        """Results in order, while a few blocks more are under way."""
        waiting: deque[Future[tuple[Any, Tally, int]]] = deque()
        try:
            for start, end in pairwise(_edges(self.item)):
                waiting.append(pool.submit(self._cut, start, end))
                if len(waiting) > THREADS:
                    yield waiting.popleft().result()
        except DAMAGE as error:
            self.item.problem = f"damaged: {type(error).__name__}"
        while waiting:
            yield waiting.popleft().result()

    def _cut(self, start: int, end: int) -> tuple[Any, Tally, int]:
        with Path(self.item.log.path).open("rb") as stream:
            stream.seek(start)
            data = stream.read(end - start)
        first = start == 0
        data = data.removeprefix(b"\xef\xbb\xbf") if first else data
        data = data if data.endswith(b"\n") else data + b"\n"
        count = data.count(b"\n")
        try:
            made = self.slabs.make(data, header=first)
        except Unusual:
            sink = Sink()
            tables.parse([data], sink, self.slabs.mapping, header=first)
            return as_table(sink, Part(self.item.log, self.number)), sink.tally, count
        batch = pa.RecordBatch.from_arrays([_as(made[name], name) for name in SLAB], names=list(SLAB))
        events = batch.num_rows
        return batch, Tally(events + first, events, int(first)), count


def _edges(item: ReadLog) -> Iterator[int]:
    """Places in the file at which lines begin, about BLOCK apart, and its end."""
    place = 0
    with Path(item.log.path).open("rb") as stream:
        while place < item.size:
            yield place
            stream.seek(place + BLOCK - 1)
            stream.readline(LONGEST)
            place = max(place + BLOCK, stream.tell())
    yield item.size


def years(item: ReadLog) -> list[int]:
    """The years of events at the start, in the middle and at the end of the table."""
    found: set[int] = set()
    for place in (0, item.size // 2, max(0, item.size - _SAMPLE)):
        sink = Sink()
        if item.mapping is not None:
            data = blocks(item.log, place, min(item.size, place + _SAMPLE))
            tables.parse(data, sink, item.mapping, header=place == 0)
        found |= {int(str(row[INDEX["time"]])[:4]) for row in sink.rows if str(row[INDEX["time"]])[:4].isdecimal()}
    return sorted(found)


def _numbered(batch: pa.RecordBatch, first: int) -> pa.RecordBatch:
    lines = pa.array(np.arange(first, first + batch.num_rows))
    return pa.RecordBatch.from_arrays([*batch.columns, lines], schema=SCHEMA)


def _as(column: Any, name: str) -> Any:
    kind = SCHEMA.field(name).type
    if column.type == kind:
        return column
    if kind == _WORDY:
        return column.dictionary_encode().cast(kind)
    return column.cast(kind)

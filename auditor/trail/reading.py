"""Reads logs in processes: each part of a file becomes one Arrow table and one tally."""

import gc
import hashlib
import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from auditor.trail import cells, formats, tables
from auditor.trail.headings import PREAMBLE
from auditor.trail.mapping import Mapping, places, plain
from auditor.trail.matching import propose
from auditor.trail.opening import DAMAGE, LogFile, blocks, head
from auditor.trail.schema import COLUMNS, Sink, Tally

if TYPE_CHECKING:
    from auditor.config.trail import TrailTable

PART = 16 << 20
SMALL = 32 << 20
LARGE = 8 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of work: a range of a log in one format, or under a mapping."""

    log: LogFile
    number: int
    format: str = ""
    mapping: Mapping | None = None
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class ReadLog:
    """What became of one log: its format, tally, hash, and why it could not be read, if so."""

    log: LogFile
    format: str = ""
    mapping: Mapping | None = None
    proposed: bool = False
    tally: Tally = field(default_factory=Tally)
    sha256: str = ""
    size: int = 0
    problem: str = ""
    twin: str = ""

    @property
    def unread(self) -> bool:
        """Whether not even the beginning of the log could be read."""
        return self.problem.startswith("cannot")

    @property
    def large(self) -> bool:
        """Whether the log is a table so large and plain that it goes to the database slab by slab."""
        if self.mapping is None or self.size < LARGE or self.twin or self.problem or not self.log.plain:
            return False
        from auditor.trail.slab import Slabs

        return Slabs.of(self.mapping) is not None


def survey(logs: Sequence[LogFile], given: "Sequence[TrailTable]") -> list[ReadLog]:
    """Find out each log's format; a log whose bytes were met before is marked as its twin.

    Logs of a size that no other has are not hashed yet: see `hashed`.
    """
    seen: dict[str, str] = {}
    surveyed = [_look(log, given) for log in logs]
    sizes = Counter(item.size for item in surveyed)
    for item in surveyed:
        if item.problem or sizes[item.size] == 1:
            continue
        _hash(item)
        item.twin = seen.get(item.sha256, "")
        seen.setdefault(item.sha256, item.log.name)
    return surveyed


@contextmanager
def hashed(items: Sequence[ReadLog]) -> Iterator[None]:
    """Hash what is not hashed, beside what is done in the `with` block."""
    with ThreadPoolExecutor(1, "sha256") as pool:
        for item in items:
            if not item.problem and not item.sha256:
                pool.submit(_hash, item)
        yield


def _look(log: LogFile, given: "Sequence[TrailTable]") -> ReadLog:
    item = ReadLog(log)
    try:
        item.size = Path(log.path).stat().st_size
        start = head(log)
    except DAMAGE as error:
        item.problem = f"cannot be read: {type(error).__name__}"
        return item
    names = (log.name, f"{Path(log.root).name}/{log.name}")
    chosen = next((entry for entry in given if any(fnmatch(name, entry.files) for name in names)), None)
    known = None if chosen else formats.of(start, log.name)
    if chosen:
        item.mapping, item.format = written(chosen, start), "table"
    elif known:
        item.format = known.name
    elif start.strip():
        item.mapping = propose(start)
        item.format, item.proposed = ("table", True) if item.mapping else ("", False)
    return item


def written(entry: "TrailTable", start: bytes) -> Mapping:
    """The mapping a site wrote, with the header as the table has it: the first line with most of the named columns;
    columns that are named by their places (`c1`) are those of a table without one."""
    lines = start.decode(entry.encoding, "replace").lstrip("\ufeff").split("\n")[: PREAMBLE + 1]
    headers = [tuple(name.strip().strip('"') for name in line.split(entry.separator)) for line in lines] or [()]
    wanted = {plain(name) for name in entry.columns.values()}
    header = max(headers, key=lambda names: len(wanted & {plain(name) for name in names}))
    if wanted <= set(places(len(headers[0]))) and not wanted & {plain(name) for name in header}:
        header = places(len(headers[0]))
    return Mapping(
        dict(entry.columns), entry.separator, entry.encoding, entry.format, entry.zone, dict(entry.values), header
    )


def _hash(item: ReadLog) -> None:
    digest = hashlib.sha256(item.log.member.encode())
    try:
        with Path(item.log.path).open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    except OSError as error:
        item.problem = f"cannot be read: {type(error).__name__}"
        return
    item.sha256 = digest.hexdigest()


def parts(items: Sequence[ReadLog]) -> list[list[Part]]:
    """The parts of each log, in order; large plain files in line formats are cut."""
    planned: list[list[Part]] = []
    for number, item in enumerate(items):
        if item.problem or item.twin or not item.format or item.large:
            planned.append([])
            continue
        known = next((entry for entry in formats.FORMATS if entry.name == item.format), None)
        cut = known is not None and known.splittable and item.size > PART and item.log.plain
        edges = [*range(0, item.size, PART), item.size] if cut else [0, 0]
        planned.append([Part(item.log, number, item.format, item.mapping, *edge) for edge in pairwise(edges)])
    return planned


def run(items: Sequence[ReadLog], workers: int = 0) -> Iterator[pa.Table]:
    """Parse all logs; yields tables of staging columns with `file` and `line`, and fills the tallies of `items`."""
    planned = [part for group in parts(items) for part in group]
    total = sum(items[part.number].size if not part.end else part.end - part.start for part in planned)
    count = min(workers or os.cpu_count() or 1, len(planned))
    if count <= 1 or total < SMALL:
        results: Iterator[tuple[pa.Table, Tally, int, str]] = map(parse_part, planned)
        yield from _collect(items, planned, results)
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", "auditor.trail.reading"])
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        yield from _collect(items, planned, pool.map(parse_part, planned))


def _collect(
    items: Sequence[ReadLog], planned: Sequence[Part], results: Iterator[tuple[pa.Table, Tally, int, str]]
) -> Iterator[pa.Table]:
    offset: dict[int, int] = {}
    for part, (table, tally, lines, problem) in zip(planned, results, strict=True):
        before = offset.get(part.number, 0)
        offset[part.number] = before + lines
        item = items[part.number]
        item.tally.add(tally, before)
        item.problem = item.problem or problem
        if before and table.num_rows:
            moved = cells.whole(table["line"].to_numpy() + before)
            table = table.set_column(table.schema.get_field_index("line"), "line", moved)
        yield table


def parse_part(part: Part) -> tuple[pa.Table, Tally, int, str]:
    """Parse one part: its table, tally, number of physical lines and the problem that ended it early."""
    sink, problems = Sink(), list[str]()
    gc.disable()  # rows are plain tuples of texts: nothing there for the collector to find
    try:
        sink.written = part.log.written
        if part.mapping is not None:
            tables.parse(_sound(blocks(part.log), problems), sink, part.mapping)
        else:
            known = next(entry for entry in formats.FORMATS if entry.name == part.format)
            known.parse(_sound(blocks(part.log, part.start, part.end, by_line=known.by_line), problems), sink)
    finally:
        gc.enable()
    return as_table(sink, part), sink.tally, sink.physical, "".join(problems)


def _sound(blocks_: Iterator[bytes], problems: list[str]) -> Iterator[bytes]:
    """The blocks up to damage, which becomes a problem."""
    try:
        yield from blocks_
    except DAMAGE as error:
        problems.append(f"damaged: {type(error).__name__}")


def as_table(sink: Sink, part: Part) -> pa.Table:
    """All events of a part in the order of their lines."""
    columns = list(zip(*sink.rows, strict=True)) if sink.rows else [()] * len(COLUMNS)
    single = ([cells.texts(column) for column in columns], np.array(sink.lines, dtype=np.int64))
    pieces = [single] * bool(sink.rows) + [(arrays, lines) for lines, arrays in sink.batches] or [single]
    lines = np.concatenate([numbers for _, numbers in pieces])
    arrays = [pa.chunked_array([piece[place] for piece, _ in pieces]) for place in range(len(COLUMNS))]
    number = cells.whole(np.full(len(lines), part.number)).cast(pa.int32())
    table = pa.Table.from_arrays([*arrays, number, cells.whole(lines)], names=[*COLUMNS, "file", "line"])
    return table if len(pieces) == 1 else table.take(cells.whole(np.argsort(lines, kind="stable")))

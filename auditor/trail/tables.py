"""Tables of events row by row: damage is located, shifted columns are followed, nothing is dropped in silence."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from auditor.trail.headings import PREAMBLE
from auditor.trail.mapping import Mapping, plain
from auditor.trail.moments import reader
from auditor.trail.resources import table
from auditor.trail.schema import COLUMNS, INDEX, Sink
from auditor.trail.writing import joined

LONGEST = 1 << 20
_TIME = INDEX["time"]
_NUMBERS = {"\x00": None, "\ufeff": None}
_STRIP = str.maketrans(_NUMBERS)
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_RULE = re.compile(r"[-=_+|* ]*")
_AS_TEXT = re.compile(r'(^|[,;\t|])(?:"=""([^"]*)"""|="([^"]*)")(?=[,;\t|\r]|$)')
"""A cell that a spreadsheet is told to keep as a text: `="00123"`."""


def parse(blocks: Iterable[bytes], sink: Sink, mapping: Mapping, first_line: int = 1, *, header: bool = True) -> None:
    """Parse line blocks of a table. A header that comes again, even with its columns in another order, is followed;
    up to PREAMBLE lines above the first one are no records."""
    if mapping.encoding.startswith("utf-16"):
        blocks, mapping = _as_utf8(blocks, mapping.encoding), replace(mapping, encoding="utf-8")
    rows = Rows(sink, mapping, first_line)
    reader_ = csv.reader(rows.lines(blocks), delimiter=mapping.separator)
    above, passed = PREAMBLE if header and not mapping.headless else 0, list[int]()
    while True:
        try:
            row = next(reader_)
        except StopIteration:
            break
        except csv.Error:
            sink.tally.lines += 1
            sink.tally.reject(rows.number, "not a row of a table")
            continue
        if not row or (len(row) == 1 and not row[0].strip()):
            sink.tally.lines += 1
            sink.tally.not_audit += 1
            continue
        known = rows.is_header(row)
        if known or above:
            above = 0 if known else above - 1
            sink.tally.lines += 1
            sink.tally.not_audit += 1
            if known:
                rows.use_header(row)
                passed.clear()
            else:
                passed.append(rows.number)
            continue
        rows.take(row)
    for number in passed:
        sink.tally.not_audit -= 1
        sink.tally.reject(number, "no header with the mapped columns above it")


def _as_utf8(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Blocks of UTF-16, cut anywhere, as blocks of UTF-8 lines."""
    decoder, rest = codecs.getincrementaldecoder(encoding)("replace"), ""
    for block in blocks:
        text = rest + decoder.decode(block)
        cut = text.rfind("\n") + 1
        rest = text[cut:]
        if cut:
            yield text[:cut].encode("utf-8", "replace")
    if rest:
        yield rest.encode("utf-8", "replace")


class Rows:
    """Turns rows of one table into events under the header seen last."""

    def __init__(self, sink: Sink, mapping: Mapping, first_line: int) -> None:
        self._sink = sink
        self._mapping = mapping
        self._known = {plain(name) for name in mapping.columns.values()}
        self._read = reader(mapping.format)
        self.number = first_line - 1
        self._places: list[tuple[int, int]] = []
        self._values: list[tuple[int, dict[str, str]]] = []
        self._date_clock: tuple[int, int] | None = None
        self._width = 0
        self.use_header(list(mapping.header))

    def lines(self, blocks: Iterable[bytes]) -> Iterator[str]:
        """Decode lines one by one; one that is too long is rejected, one in another encoding is repaired."""
        for block in blocks:
            for raw in block.split(b"\n") if not block.endswith(b"\n") else block[:-1].split(b"\n"):
                self.number += 1
                if len(raw) > LONGEST:
                    self._sink.tally.lines += 1
                    self._sink.tally.reject(self.number, "longer than a row may be")
                    continue
                yield self._text(raw) + "\n"

    def _text(self, raw: bytes) -> str:
        try:
            text = raw.decode(self._mapping.encoding)
        except UnicodeDecodeError:
            text = raw.decode("cp1252", "replace")
            self._sink.tally.repair(self.number, "Latin-1 among UTF-8")
        if "\x00" in text or "\ufeff" in text:
            if self.number > 1 or "\x00" in text:
                self._sink.tally.repair(self.number, "NUL or byte order mark inside")
            text = text.translate(_STRIP)
        if '="' in text:
            text = _AS_TEXT.sub(r"\1\2\3", text)
        return text.rstrip("\r")

    def is_header(self, row: list[str]) -> bool:
        """Whether a row is the header again: most of its cells are names of the mapped columns."""
        return sum(1 for cell in row if plain(cell) in self._known) > 0.6 * len(self._known)

    def use_header(self, row: list[str]) -> None:
        """Columns are found by this header from now on."""
        names = [plain(name.strip()) for name in row]
        places = {
            column: names.index(plain(name)) for column, name in self._mapping.columns.items() if plain(name) in names
        }
        self._places = [(INDEX[column], place) for column, place in places.items() if column in INDEX]
        self._values = [
            (INDEX[column], {word.lower(): ours for word, ours in words.items()})
            for column, words in self._mapping.values.items()
            if column in INDEX
        ]
        both = "date" in places and "clock" in places
        self._date_clock = (places["date"], places["clock"]) if both else None
        self._width = len(row)

    def take(self, row: list[str]) -> None:
        """One row: an event, or a reject with its reason."""
        tally = self._sink.tally
        tally.lines += 1
        if len(row) != self._width:
            surplus = row[self._width :]
            if len(row) < self._width or any(cell.strip() for cell in surplus):
                self._leave(row, "columns shifted or missing")
                return
        event: list[str | None] = [None] * len(COLUMNS)
        for slot, place in self._places:
            event[slot] = row[place].strip() or None
        if self._date_clock:
            event[_TIME] = joined(row[self._date_clock[0]], row[self._date_clock[1]])
        for slot, words in self._values:
            text = event[slot]
            if text is not None:
                event[slot] = words.get(text.lower(), text)
        time = event[_TIME] or ""
        try:
            event[_TIME] = self._read(time)
        except (ValueError, OverflowError, OSError):
            self._leave(row, "time cannot be read")
            return
        if not time[0].isdecimal() and closes(row):
            tally.not_audit += 1
            return
        self._sink.event(self.number, tuple(event))

    def _leave(self, row: list[str], reason: str) -> None:
        """A row that is no event: a reject, unless it closes the table or rules it off."""
        if closes(row):
            self._sink.tally.not_audit += 1
        else:
            self._sink.tally.reject(self.number, reason)


def closes(row: list[str]) -> bool:
    """Whether a row is a line under a header (`----`) or one that counts the rows above it (`Total: 345 rows`)."""
    cells = [cell.strip() for cell in row if cell.strip()]
    if all(_RULE.fullmatch(cell) for cell in cells):
        return True
    word = _FIRST_WORD.search(cells[0]) if len(cells) < 3 else None
    return word is not None and plain(word.group()) in table("closings")["words"]

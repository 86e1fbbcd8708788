"""One block of a large table becomes typed Arrow columns at once; a block with anything unusual in it is left alone."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from auditor.trail import classes
from auditor.trail.mapping import Mapping, plain

COMBO = ("code", "type", "action", "outcome", "override")
WORDS = (*COMBO, "source", "user", "src_ae", "dst_ae", "media", "purpose")
"""Columns with few different texts, which are kept once each."""
NUMBERS = ("seq", "instances")
TEXTS = ("ip", "patient", "study", "accession", "query")
_WORD, _PLAIN_USER = pa.dictionary(pa.int32(), pa.string()), "^[a-z0-9._-]+$"
_CLOCKS = (pa.timestamp("us", "UTC"), pa.timestamp("us"))
_LARGEST_TABLE = 1 << 22
_RARE_SPACES = (b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\x1f")


class Unusual(Exception):
    """The block holds what has to be read row by row."""


@dataclass(slots=True)
class Slabs:
    """Makes slabs of one table; remembers by which of the possible types its columns could be read.

    A slab has: ts and local; seq and instances (64-bit); class, ok, btg, code; usr and pat, or else user and patient
    as written where they need more than taking leading zeros off; and the other columns as texts.
    """

    mapping: Mapping
    names: tuple[str, ...]
    _tries: list[tuple[Any, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, mapping: Mapping) -> "Slabs | None":
        """For a mapping that a slab can follow: its time stands in one column, as ISO 8601 or day and clock."""
        header, whole = [plain(name) for name in mapping.header], mapping.format
        wanted = {plain(theirs): ours for ours, theirs in mapping.columns.items()}
        fit = not any(sign in whole for sign in ("%f", "%p", "%I", "%z", "epoch", "serial", "%b", "%y"))
        if "time" not in mapping.columns or not fit or mapping.encoding.startswith("utf-16") or mapping.headless:
            return None
        names = [wanted.get(name, "") if header.index(name) == place else "" for place, name in enumerate(header)]
        tries = [(clock, number) for number in (pa.int64(), pa.string()) for clock in _CLOCKS[1 if whole else 0 :]]
        return cls(mapping, tuple(names), tries) if "time" in names else None

    def make(self, data: bytes, *, header: bool) -> dict[str, Any]:
        """The columns of whole lines; raises Unusual for what must be read row by row."""
        data = self._utf8(data)
        if header and not self._begins(data):
            raise Unusual
        raw = self._read(data, header=header)
        columns = {name: raw.column(name).combine_chunks() for name in raw.column_names}
        count = raw.num_rows
        if count != data.count(b"\n") - header:
            raise Unusual
        self._words(columns)
        if _spaced(data, self.mapping.separator.encode()):
            columns = {name: _trimmed(column) for name, column in columns.items()}
        made = {name: columns.get(name, pa.nulls(count, pa.string())) for name in WORDS + TEXTS}
        made |= {name: _number(columns.get(name), count) for name in NUMBERS}
        made |= _classified(columns, count) | _patients(made["patient"]) | _users(made["user"])
        time = columns["time"]
        if time.null_count:
            raise Unusual
        made["local"] = pa.repeat(time.type.tz is None, count)
        made["ts"] = time.cast(_CLOCKS[1])
        return {name: made[name] for name in SLAB}

    def _begins(self, data: bytes) -> bool:
        """Whether the first line is the header."""
        first = data[: data.index(b"\n")].decode()
        return tuple(name.strip().strip('"') for name in first.split(self.mapping.separator)) == self.mapping.header

    def _utf8(self, data: bytes) -> bytes:
        returns = b"\r" in data and data.count(b"\r") != data.count(b"\r\n")
        if b"\x00" in data or returns or _kept_as_text(data, self.mapping.separator.encode()):
            raise Unusual
        if data.isascii():
            return data
        try:
            text = data.decode(self.mapping.encoding)
        except UnicodeDecodeError as error:
            raise Unusual from error
        if "\ufeff" in text:
            raise Unusual
        return data if self.mapping.encoding == "utf-8" else text.encode()

    def _read(self, data: bytes, *, header: bool) -> pa.Table:
        """Read by the types that did for the last block, then by the others."""
        for kinds in tuple(self._tries):
            try:
                table = self._read_as(data, *kinds, header=header)
            except (pa.ArrowInvalid, pa.ArrowKeyError):
                continue
            if self._tries[0] != kinds:
                self._tries.remove(kinds)
                self._tries.insert(0, kinds)
            return table
        raise Unusual

    def _read_as(self, data: bytes, clock: Any, number: Any, *, header: bool) -> pa.Table:
        kinds = dict.fromkeys(WORDS, _WORD) | dict.fromkeys(NUMBERS, number) | {"time": clock}
        names = [name or f"\x00{place}" for place, name in enumerate(self.names)]
        used = [name for name in self.names if name in kinds or name in TEXTS]
        return csv.read_csv(
            pa.py_buffer(data),
            read_options=csv.ReadOptions(
                column_names=names, skip_rows=int(header), use_threads=False, block_size=len(data) + 1
            ),
            parse_options=csv.ParseOptions(delimiter=self.mapping.separator, ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types={name: kinds.get(name, pa.string()) for name in used},
                include_columns=used,
                null_values=[""],
                strings_can_be_null=True,
                check_utf8=False,
                timestamp_parsers=[self.mapping.format or csv.ISO8601],
            ),
        )

    def _words(self, columns: dict[str, Any]) -> None:
        """Put the site's words for a column's values in place of those of the table."""
        for name, words in self.mapping.values.items():
            if name not in columns:
                continue
            if name not in WORDS:
                raise Unusual
            ours = {theirs.lower(): word for theirs, word in words.items()}
            column = columns[name]
            known = pa.array([ours.get(text.lower(), text) for text in column.dictionary.to_pylist()], pa.string())
            columns[name] = pa.DictionaryArray.from_arrays(column.indices, known)


_FIRST = ("ts", "local", *NUMBERS, "class", "ok", "btg", "source", "usr", "user", "pat", "patient", "ip", "src_ae")
SLAB = (*_FIRST, "dst_ae", "study", "accession", "query", "media", "purpose")
"""The columns of a slab, in order."""


def _kept_as_text(data: bytes, separator: bytes) -> bool:
    """Whether a cell may be one that a spreadsheet is told to keep as a text: `="0012"`, perhaps in quotes."""
    view = np.frombuffer(data, np.uint8)
    places = np.flatnonzero(view[:-1] == ord("="))
    if not (view[places + 1] == ord('"')).any():
        return False
    return any(begin + sign in data for begin in (b"\n", separator) for sign in (b'="', b'"=""'))


def _spaced(data: bytes, separator: bytes) -> bool:
    """Whether a cell may begin or end with white space."""
    if not data.isascii() or any(sign in data for sign in _RARE_SPACES):
        return True
    view = np.frombuffer(data, np.uint8)
    tabs = b"\t" in data and separator != b"\t"
    places = np.flatnonzero((view == 32) | (view == 9) if tabs else view == 32)
    edge = np.frombuffer(separator + b'\n\r"', np.uint8)
    return bool(np.isin(view[places - 1], edge).any() or np.isin(view[places + 1], edge).any())


def _trimmed(column: Any) -> Any:
    if pa.types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(column.indices, pc.utf8_trim_whitespace(column.dictionary))
    if not pa.types.is_string(column.type):
        return column
    bare = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(bare, ""), pa.scalar(None, pa.string()), bare)


def _number(column: Any, count: int) -> Any:
    """Whole numbers; what is none becomes null."""
    if column is None:
        return pa.nulls(count, pa.int64())
    if column.type == pa.int64():
        return column
    fits = pc.match_substring_regex(column, "^-?[0-9]{1,18}$")
    return pc.if_else(fits, column, pa.scalar(None, pa.string())).cast(pa.int64())


def _classified(columns: dict[str, Any], count: int) -> dict[str, Any]:
    """Class, success and emergency of each event: every combination of codes is judged once."""
    key, words = np.zeros(count, dtype=np.int64), []
    for name in COMBO:
        column = columns.get(name)
        known = [] if column is None else [text or "" for text in column.dictionary.to_pylist()]
        words.append([*known, ""])
        places = len(known) if column is None else pc.fill_null(column.indices, len(known)).to_numpy()
        key = key * len(words[-1]) + places
    size = int(np.prod([len(each) for each in words]))
    if size > _LARGEST_TABLE:
        raise Unusual
    met = np.flatnonzero(np.bincount(key, minlength=size))
    places = np.unravel_index(met, [len(each) for each in words])
    judged = [
        classes.judge(*(each[place] for each, place in zip(words, combo, strict=True)))
        for combo in zip(*places, strict=True)
    ]
    names = sorted({each.name for each in judged})
    made = {"class": np.zeros(size, np.int32), "ok": np.zeros(size, bool), "btg": np.zeros(size, bool)}
    made["class"][met] = [names.index(each.name) for each in judged]
    made["ok"][met], made["btg"][met] = [each.ok for each in judged], [each.override for each in judged]
    found = {name: pa.array(values[key]) for name, values in made.items()}
    return found | {"class": pa.DictionaryArray.from_arrays(found["class"], pa.array(names, pa.string()))}


def _patients(column: Any) -> dict[str, Any]:
    """Numbers without their leading zeros; what is no number is left for the database."""
    decimal, none = pc.ascii_is_decimal(column), pa.scalar(None, pa.string())
    short = pc.ascii_ltrim(column, "0")
    short = pc.if_else(pc.equal(short, ""), pa.scalar("0"), short)
    if pc.all(decimal).as_py() is not False:
        return {"pat": short, "patient": pa.nulls(len(column), pa.string())}
    return {"pat": pc.if_else(decimal, short, none), "patient": pc.if_else(decimal, none, column)}


def _users(column: Any) -> dict[str, Any]:
    """Plain names in lower case as they are; other spellings are left for the database."""
    nothing = pa.nulls(len(column), pa.string())
    known = column.dictionary if pa.types.is_dictionary(column.type) else column
    if pc.all(pc.match_substring_regex(known, _PLAIN_USER)).as_py() is not False:
        return {"usr": column.cast(pa.string()), "user": nothing}
    return {"usr": nothing, "user": column.cast(pa.string())}

"""Small tables a site keeps beside its images: CSV as the spreadsheets of any country write it (RFC 4180 and kin)."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from auditor.config.bounded import read_bounded
from auditor.errors import ConfigError

_SEPARATORS = ",;\t|"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: where it stands (`file:line`), and its cells by column, blanks stripped."""

    where: str
    cells: Mapping[str, str]


def read_table(
    path: Path, what: str, *, most_bytes: int, columns: Sequence[str] = (), comment: str = ""
) -> Iterator[Row]:
    """The rows of a table whose first line names its columns; a column without a name and empty lines are passed.

    The separator is the one the first line holds most of (comma, semicolon, tab or bar), or that a line `sep=;`
    names; UTF-8, or UTF-16 with a byte order mark. Lines that begin with `comment` are passed too. Raises
    ConfigError, which never repeats a cell, for what cannot be read, a missing column of `columns`, two columns of
    one name, and a row with more cells than there are columns.
    """
    text = _text(path, what, most_bytes)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text, comment), strict=True)
    names: list[str] = []
    try:
        for cells in reader:
            row, where = [cell.strip() for cell in cells], f"{path}:{reader.line_num}"
            if not any(row) or (comment and row[0].startswith(comment)):
                continue
            if not names:
                names = [] if row[0].lower() == "sep=" else _named(row, columns, what, where)
                continue
            if any(row[len(names) :]):
                raise ConfigError(
                    f"a row of {what} has more cells than there are columns", where=where, right=f"{len(names)} cells"
                )
            yield Row(where, {name: cell for name, cell in zip_longest(names, row[: len(names)], fillvalue="") if name})
    except csv.Error as error:
        raise ConfigError(
            f"a row of {what} cannot be read", where=f"{path}:{reader.line_num}", right="quotes that are closed"
        ) from error
    if not names:
        raise ConfigError(f"{what} is empty", where=str(path), right="a line that names the columns, and a line each")


def _text(path: Path, what: str, most_bytes: int) -> str:
    raw = read_bounded(path, most_bytes, what)
    try:
        return raw.decode("utf-16" if raw.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{what} is not in UTF-8", where=str(path), right="CSV saved as UTF-8") from error


def _separator(text: str, comment: str) -> str:
    lines = (line for line in io.StringIO(text) if line.strip(_SEPARATORS + " \r\n"))
    first = next((line for line in lines if not (comment and line.startswith(comment))), "")
    if first[:4].lower() == "sep=" and len(first) > 5:
        return first[4]
    return max(_SEPARATORS, key=first.count)


def _named(row: list[str], columns: Sequence[str], what: str, where: str) -> list[str]:
    missing = [column for column in columns if column not in row]
    if missing:
        raise ConfigError(f"{what} has no column {missing[0]}", where=where, right=", ".join(columns))
    named = [name for name in row if name]
    if len(set(named)) < len(named):
        raise ConfigError(f"two columns of {what} have the same name", where=where, right="each name once")
    return row

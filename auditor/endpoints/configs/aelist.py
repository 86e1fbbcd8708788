"""Lists of AE titles that sites keep, in YAML or CSV with any separator and many spellings of the columns."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

from auditor.config.strictyaml import Document, loads
from auditor.endpoints.configs.jsonc import parse
from auditor.endpoints.configs.statement import Statements, Unparseable
from auditor.endpoints.configs.titles import Peer, kind_of, say_peers
from auditor.endpoints.data import document
from auditor.errors import ConfigError

_NOT_WORDS = re.compile(r"[\W_]+")
_VERSION = re.compile(r"(tls|ssl)?v?\d+")
_DEEPEST = 3
_BARRED = str.maketrans("łŁøØđĐı", "lLoOdDi")  # letters with a bar are no letters with an accent
_MOST_ROWS = 50_000
_ANY = ("*", "any", "0.0.0.0", "0.0.0.0/0", "::/0", "::")  # noqa: S104 - compared with, never bound


def read(text: str, name: str) -> Statements:
    """Statements about every row that has an AE title; raises Unparseable when no row has one."""
    rows = list(islice(_rows(text, name), _MOST_ROWS + 1))
    if len(rows) > _MOST_ROWS:
        raise Unparseable(f"there are more than {_MOST_ROWS} rows")
    said = Statements(name)
    peers: list[Peer] = []
    for cells, line in rows:
        if not any(cell.strip() for cell in cells.values()):
            continue
        title, host = _cell(cells, "title"), _cell(cells, "host")
        if title is None:
            continue
        if title.strip() in ("*", "ANY"):
            said.say("calling-title", "any", "AE title", title, line)
        elif kind_of(title) == "default":
            said.say("ae-title", "default", "AE title", title, line)
        peers.append(Peer(title, host or "", line, "AE title"))
        _transport(said, _cell(cells, "tls"), line)
        if host is not None and host.strip().lower() in _ANY:
            said.say("peer-address", "unchecked", "host", host, line)
    if not peers:
        raise Unparseable("no row with an AE title was found")
    say_peers(said, peers)
    return said


def _transport(said: Statements, cell: str | None, line: int) -> None:
    """What a column on TLS says; a word that is none of ours is left open, since it may be a no."""
    word = _plain(cell or "")
    if word in _words("no"):
        said.say("dicom-transport", "plain", "tls", cell, line)
    elif word in _words("yes") or _VERSION.fullmatch(word):
        said.say("dicom-transport", "tls", "tls", cell, line)
    elif word:
        said.leave_open("dicom-transport", f"line {line}: the word in the column on TLS is neither a yes nor a no")


def _rows(text: str, name: str) -> Iterator[tuple[Mapping[str, str], int]]:
    if name.lower().endswith((".yaml", ".yml")):
        try:
            found = loads(text, name)
        except ConfigError as error:
            line = error.where.rpartition(":")[2]
            raise Unparseable(f"not YAML at line {line}: {error.what}") from error
        yield from _of_yaml(found, found.data, ())
    elif name.lower().endswith(".json"):
        json = parse(text)
        yield from _of_json(json.data, (), json.lines)
    else:
        yield from _of_csv(text)


def _of_yaml(document: Document, data: Any, place: tuple[str | int, ...]) -> Iterator[tuple[Mapping[str, str], int]]:
    if isinstance(data, dict):
        cells = _cells_of(data)
        if _cell(cells, "title") is not None:
            yield cells, document.lines.get(place, 1)
        elif place and isinstance(place[-1], str) and _cell(cells, "host") is not None:
            yield {"aetitle": place[-1], **cells}, document.lines.get(place, 1)
        for key, value in data.items():
            yield from _of_yaml(document, value, (*place, key))
    elif isinstance(data, tuple):
        for number, value in enumerate(data):
            yield from _of_yaml(document, value, (*place, number))


def _cells_of(data: Mapping[str, Any], depth: int = 0) -> dict[str, str]:
    """The plain values of an entry, with those of mappings inside it that are no entries of their own."""
    cells = {str(key): str(value) for key, value in data.items() if not isinstance(value, dict | tuple | list)}
    if depth < _DEEPEST and (depth or _cell(cells, "title") is not None):
        for value in data.values():
            inner = _cells_of(value, depth + 1) if isinstance(value, dict) else {}
            if _cell(inner, "title") is None:
                cells = {**inner, **cells}
    return cells


def _of_json(
    data: Any, place: tuple[str, ...], lines: Mapping[tuple[str, ...], int]
) -> Iterator[tuple[Mapping[str, str], int]]:
    if isinstance(data, dict):
        cells = _cells_of(data)
        if _cell(cells, "title") is not None:
            yield cells, lines.get(place, 1)
        for key, value in data.items():
            yield from _of_json(value, (*place, key), lines)
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _of_json(value, (*place, str(number)), lines)


def _of_csv(text: str) -> Iterator[tuple[Mapping[str, str], int]]:
    numbered = [
        (number, line)
        for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not numbered:
        raise Unparseable("the file is empty")
    head = numbered[0][1]
    delimiter = max(",;\t|", key=head.count)
    if head.count(delimiter) == 0:
        raise Unparseable("the first line names no columns")
    names = _cells(*numbered[0], delimiter)
    for number, line in numbered[1:]:
        cells = _cells(number, line, delimiter)
        if any(cell.strip() for cell in cells[len(names) :]):
            raise Unparseable(f"line {number}: more cells than columns")
        yield dict(zip(names, cells, strict=False)), number


def _cells(number: int, line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        raise Unparseable(f"line {number}: this is no row of a table") from error


def _cell(cells: Mapping[str, str], wanted: str) -> str | None:
    return next((value for key, value in cells.items() if _plain(key) in _words(wanted)), None)


def _plain(text: str) -> str:
    """A word without case, accents, spaces and punctuation."""
    bare = "".join(
        char for char in unicodedata.normalize("NFKD", text.translate(_BARRED)) if not unicodedata.combining(char)
    )
    return _NOT_WORDS.sub("", unicodedata.normalize("NFC", bare).casefold())


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(_plain(str(word)) for word in document("columns.yaml")[name])

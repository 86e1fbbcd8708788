"""Lists of AE titles that sites keep, in YAML or CSV with any separator and many spellings of the columns."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from auditor.config.strictyaml import Document, loads
from auditor.endpoints.configs.jsonc import parse
from auditor.endpoints.configs.statement import Statements, Unparseable
from auditor.endpoints.configs.titles import Peer, kind_of, say_peers
from auditor.errors import ConfigError

_TITLE = re.compile(r"^(ae|aet|aetitle|title|called(ae|aet|aetitle)|dicomaetitle|applicationentity(title)?)$")
_HOST = re.compile(r"^(host|hostname|ip|ipaddress|address|addr|server|fqdn|node|dicomhostname)$")
_TLS = re.compile(r"^(tls|secure|ssl|encrypted|usetls|tlsenabled|encryption)$")
_NO = ("no", "false", "0", "off", "none", "n", "plain", "disabled")
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
        title, host = _cell(cells, _TITLE), _cell(cells, _HOST)
        if title is None:
            continue
        if title.strip() in ("*", "ANY"):
            said.say("calling-title", "any", "AE title", title, line)
        elif kind_of(title) == "default":
            said.say("ae-title", "default", "AE title", title, line)
        peers.append(Peer(title, host or "", line, "AE title"))
        tls = _cell(cells, _TLS)
        if tls is not None:
            said.say("dicom-transport", "plain" if tls.strip().lower() in _NO else "tls", "tls", tls, line)
        if host is not None and host.strip().lower() in _ANY:
            said.say("peer-address", "unchecked", "host", host, line)
    if not peers:
        raise Unparseable("no row with an AE title was found")
    say_peers(said, peers)
    return said


def _rows(text: str, name: str) -> Iterator[tuple[Mapping[str, str], int]]:
    if name.lower().endswith((".yaml", ".yml")):
        try:
            document = loads(text, name)
        except ConfigError as error:
            line = error.where.rpartition(":")[2]
            raise Unparseable(f"not YAML at line {line}: {error.what}") from error
        yield from _of_yaml(document, document.data, ())
    elif name.lower().endswith(".json"):
        found = parse(text)
        lines = {tuple(place): line for place, line in found.lines.items()}
        yield from _of_json(found.data, (), lines)
    else:
        yield from _of_csv(text)


def _of_yaml(document: Document, data: Any, place: tuple[str | int, ...]) -> Iterator[tuple[Mapping[str, str], int]]:
    if isinstance(data, dict):
        cells = {str(key): str(value) for key, value in data.items() if not isinstance(value, dict | tuple)}
        if _cell(cells, _TITLE) is not None:
            yield cells, document.lines.get(place, 1)
        elif place and isinstance(place[-1], str) and _cell(cells, _HOST) is not None:
            yield {"aetitle": place[-1], **cells}, document.lines.get(place, 1)
        for key, value in data.items():
            yield from _of_yaml(document, value, (*place, key))
    elif isinstance(data, tuple):
        for number, value in enumerate(data):
            yield from _of_yaml(document, value, (*place, number))


def _of_json(
    data: Any, place: tuple[str, ...], lines: Mapping[tuple[str, ...], int]
) -> Iterator[tuple[Mapping[str, str], int]]:
    if isinstance(data, dict):
        cells = {key: str(value) for key, value in data.items() if not isinstance(value, dict | list)}
        if _cell(cells, _TITLE) is not None:
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
        if len(cells) > len(names):
            raise Unparseable(f"line {number}: more cells than columns")
        yield dict(zip(names, cells, strict=False)), number


def _cells(number: int, line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        raise Unparseable(f"line {number}: this is no row of a table") from error


def _cell(cells: Mapping[str, str], wanted: re.Pattern[str]) -> str | None:
    for key, value in cells.items():
        if wanted.match(re.sub(r"[^a-z0-9]", "", key.lower())):
            return value
    return None

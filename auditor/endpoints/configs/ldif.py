"""LDIF (RFC 2849): records with folding and base64, where every value knows its line."""

import base64
import binascii
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from auditor.endpoints.configs.statement import Unparseable

Values = dict[str, list[tuple[str, int]]]
_DEEPEST = 30
_CHANGES = ("version", "changetype", "add", "replace", "delete")


@dataclass(slots=True)
class Entry:
    """One object: its distinguished name in lower case, and attributes by lower-case name with their lines."""

    name: str
    line: int
    values: Values = field(default_factory=dict)

    def all(self, key: str) -> list[tuple[str, int]]:
        """Every value of an attribute."""
        return self.values.get(key.lower(), [])

    def first(self, key: str) -> tuple[str, int] | None:
        """The first value of an attribute."""
        found = self.all(key)
        return found[0] if found else None

    def is_a(self, kind: str) -> bool:
        """Whether `kind` is one of the object's classes."""
        return kind.lower() in (value.lower() for value, _ in self.all("objectClass"))

    def true(self, key: str) -> bool:
        """Whether an attribute is TRUE."""
        found = self.first(key)
        return found is not None and found[0].strip().lower() == "true"

    def false(self, key: str) -> bool:
        """Whether an attribute is FALSE, written so."""
        found = self.first(key)
        return found is not None and found[0].strip().lower() == "false"


class Directory:
    """All objects of a file, and which stand below which; an object without a name is the root of all."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        self._below: dict[str, list[Entry]] = defaultdict(list)
        self._named: dict[str, Entry] = {}
        for entry in entries:
            self._named.setdefault(entry.name, entry)
            for name in _above(entry.name):
                self._below[name].append(entry)

    def below(self, entry: Entry) -> Sequence[Entry]:
        """Everything below `entry`, in the order of the file."""
        return self._below.get(entry.name, ()) if entry.name else self.entries

    def device_of(self, entry: Entry) -> Entry | None:
        """The device that `entry` stands below, or None."""
        found = (self._named.get(name) for name in _above(entry.name))
        return next((each for each in found if each is not None and each.is_a("dicomDevice")), None)


def _above(name: str) -> Iterator[str]:
    """The names of all that a name stands below, nearest first; of very deep ones the nearest thirty."""
    for _ in range(_DEEPEST):
        _, comma, name = name.partition(",")
        if not comma:
            return
        yield name


def parse(text: str) -> list[Entry]:
    """Every record, changes applied in the order they stand; raises Unparseable with the line of the first fault."""
    entries: dict[str, Entry] = {}
    current: Entry | None = None
    dropped = ""
    for number, content in _unfolded(text):
        if not content or content.strip() == "-":
            current, dropped = (current if content else None), ""
            continue
        name, value = _attribute(content, number)
        if name == "dn":
            key = ",".join(part.strip().lower() for part in value.split(","))
            current = entries.setdefault(key, Entry(key, number))
        elif name in _CHANGES and (current is None or name != "version"):
            if current is not None:
                _change(entries, current, name, value.strip().lower())
                dropped = value.strip().lower() if name == "delete" else ""
        elif current is None:
            raise Unparseable(f"line {number}: an attribute stands outside any object")
        elif name != dropped:
            current.values.setdefault(name, []).append((value, number))
    if not entries:
        raise Unparseable("there is no object in the file")
    return list(entries.values())


def _change(entries: dict[str, Entry], current: Entry, name: str, value: str) -> None:
    """`replace` and `delete` take away what stood there before; `changetype: delete` takes the whole object."""
    if name in ("replace", "delete"):
        current.values.pop(value, None)
    elif name == "changetype" and value == "delete":
        entries.pop(current.name, None)


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines: one that begins with a space goes on with the one before; comments are left out."""
    number, content = 0, ""
    for at, raw in enumerate([*text.removeprefix("\ufeff").splitlines(), ""], 1):
        if raw.startswith(" ") and number:
            content += raw[1:]
            continue
        if number and not content.startswith("#"):
            yield number, content
        number, content = at, raw
    yield number, ""


def _attribute(content: str, number: int) -> tuple[str, str]:
    name, colon, value = content.partition(":")
    if not colon or not name.strip() or " " in name.strip():
        raise Unparseable(f"line {number}: this is no attribute of LDIF")
    key = name.strip().split(";")[0].lower()
    if value.startswith(":"):
        try:
            return key, base64.b64decode(value[1:].strip(), validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            raise Unparseable(f"line {number}: the base64 is broken") from None
    return key, value.strip()

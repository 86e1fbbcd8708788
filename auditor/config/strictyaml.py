"""Strict YAML: what is written is what is read, and every value knows the line it stands on.

Reads the events of the C loader and builds the values itself, so that nothing is guessed: only ``true``,
``false``, ``null``, plain integers without leading zeros and plain decimals are other than text
(``0010``, ``no``, ``12:30`` and ``2026-01-01`` stay text). Keys are always text. Duplicate keys, aliases,
anchors, tags, a second document, deep nesting and large files are refused.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import yaml

from auditor.errors import AuditorError, ConfigError

Place: TypeAlias = tuple[str | int, ...]

MAXIMUM_BYTES = 1_000_000
MAXIMUM_DEPTH = 24
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "": None}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,17}(?:[eE][-+]?[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document: mappings are dict, sequences are tuple, scalars str, int, float, bool or None.

    `lines` maps the place of every key and item (`("tests", "fires", 0, "name")`) to its line, from 1.
    """

    data: Any
    source: str
    lines: Mapping[Place, int]

    def where(self, place: Iterable[str | int] = ()) -> str:
        """Return ``file:line`` of `place`, or of the nearest thing around it that was written."""
        path = tuple(place)
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.source}:{self.lines.get(path, 1)}"


def load(path: Path, *, error: type[AuditorError] = ConfigError, maximum: int = MAXIMUM_BYTES) -> Document:
    """Read one YAML file of at most `maximum` bytes; raises `error` with ``file:line`` and what would be right."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(maximum + 1)
    except OSError as problem:
        raise error(
            f"the file cannot be read: {problem.strerror}", where=str(path), right="a readable YAML file"
        ) from problem
    return loads(raw, str(path), error=error, maximum=maximum)


def loads(
    raw: bytes | str, source: str, *, error: type[AuditorError] = ConfigError, maximum: int = MAXIMUM_BYTES
) -> Document:
    """Read YAML from memory; `source` is what errors name it by. Promises what `load` promises."""
    text = raw if isinstance(raw, str) else _decode(raw, source, error)
    if len(raw) > maximum:
        raise error("the file is too large", where=source, right=f"at most {maximum} bytes")
    return _Builder(text, source, error).document()


def nearest(word: str, known: Iterable[str]) -> str:
    """Say what was probably meant by `word`: ``did you mean 'x'?``, else the words there are (up to twelve)."""
    words = sorted(known)
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    shown = ", ".join(words[:12]) + (", …" if len(words) > 12 else "")
    return f"one of {shown}" if words else "nothing here"


def _decode(raw: bytes, source: str, error: type[AuditorError]) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise error("the file is not UTF-8", where=f"{source}:{line}", right="YAML in UTF-8") from problem


class _Builder:
    """Turns the event stream of libyaml into plain values, refusing what the module's docstring lists."""

    def __init__(self, text: str, source: str, error: type[AuditorError]) -> None:
        loader = getattr(yaml, "CSafeLoader", None)
        if loader is None:
            raise error(
                "PyYAML was built without libyaml, and rules are only read with its C loader",
                where=source,
                right="a PyYAML wheel from the package index, which includes libyaml",
                next_step="auditor doctor",
            )
        self._source = source
        self._error = error
        self._lines: dict[Place, int] = {}
        try:
            self._events = loader(text)
        except (yaml.YAMLError, UnicodeEncodeError):
            self._refuse("the file holds characters that YAML does not allow", 1, "printable text in UTF-8")

    def document(self) -> Document:
        self._next()  # the start of the stream
        event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            return Document(None, self._source, {})
        data = self._value(self._next(), ())
        self._next()  # the end of the document
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            self._refuse("a second document begins", _line(event), "one document a file")
        return Document(data, self._source, self._lines)

    def _next(self) -> Any:
        try:
            return self._events.get_event()
        except yaml.MarkedYAMLError as problem:
            mark = problem.problem_mark or problem.context_mark
            what = ", ".join(part for part in (problem.context, problem.problem) if part)
            self._refuse(
                f"this is not YAML: {what}",
                mark.line + 1 if mark else 1,
                "YAML; look at the indent, colons and quotes there",
            )
        except yaml.YAMLError:
            self._refuse("the file holds characters that YAML does not allow", 1, "printable text in UTF-8")

    def _value(self, event: Any, place: Place) -> Any:
        self._lines.setdefault(place, _line(event))
        if isinstance(event, yaml.AliasEvent):
            self._refuse("an alias is not allowed", _line(event), "the value itself, written out")
        if event.anchor is not None:
            self._refuse("an anchor is not allowed", _line(event), "the value itself, without '&name'")
        if event.tag is not None:
            self._refuse("a tag is not allowed", _line(event), "the value itself, without '!tag'")
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event.value) if event.style in (None, "") else event.value
        if len(place) >= MAXIMUM_DEPTH:
            self._refuse("this is nested too deeply", _line(event), f"at most {MAXIMUM_DEPTH} levels")
        return self._mapping(place) if isinstance(event, yaml.MappingStartEvent) else self._sequence(place)

    def _mapping(self, place: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event)
            here = (*place, key)
            if key in result:
                self._refuse(
                    f"the key {key!r} is written twice",
                    _line(event),
                    f"one {key!r}; the first is on line {self._lines[here]}",
                )
            self._lines[here] = _line(event)
            result[key] = self._value(self._next(), here)
        return result

    def _key(self, event: Any) -> str:
        if isinstance(event, yaml.ScalarEvent) and event.anchor is None and event.tag is None and event.value:
            return str(event.value)
        self._refuse("a key is not plain text", _line(event), "a word before the colon")

    def _sequence(self, place: Place) -> tuple[Any, ...]:
        result: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            result.append(self._value(event, (*place, len(result))))
        return tuple(result)

    def _refuse(self, what: str, line: int, right: str) -> NoReturn:
        raise self._error(what, where=f"{self._source}:{line}", right=right)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(text: str) -> str | int | float | bool | None:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text

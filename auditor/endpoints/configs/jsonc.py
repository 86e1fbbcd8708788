"""JSON with comments and trailing commas, as Orthanc reads it, where every value knows its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.endpoints.configs.statement import Unparseable

Place = tuple[str, ...]
_DEEPEST = 60
_MOST_VALUES = 200_000
_SKIP = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORDS: Mapping[str, object] = {"true": True, "false": False, "null": None}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Json:
    """A document; `lines` maps the place of every key (list items by number, as text) to its line."""

    data: Any
    lines: Mapping[Place, int]

    def line(self, *place: str) -> int:
        """The line of `place`, or 0 where it is not written."""
        return self.lines.get(place, 0)


def parse(text: str) -> Json:
    """Read one document; raises Unparseable with the line of the first fault."""
    reader = _Reader(text)
    data = reader.value((), 0)
    reader.skip()
    if reader.at < len(text):
        raise reader.wrong("something follows the end of the document")
    return Json(data, reader.lines)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text.removeprefix("\ufeff")
        self.at = 0
        self.lines: dict[Place, int] = {}
        self._line, self._counted = 1, 0

    def skip(self) -> None:
        found = _SKIP.match(self.text, self.at)
        if found:
            self.at = found.end()

    def line(self) -> int:
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def wrong(self, what: str) -> Unparseable:
        return Unparseable(f"not JSON at line {self.line()}: {what}")

    def value(self, place: Place, depth: int) -> Any:
        self.skip()
        self.lines[place] = self.lines.get(place) or self.line()
        if depth > _DEEPEST or len(self.lines) > _MOST_VALUES:
            raise self.wrong("it is nested too deeply or too long")
        char = self.text[self.at : self.at + 1]
        if char == "{":
            return self._object(place, depth)
        if char == "[":
            return self._list(place, depth)
        if char == '"':
            return self._string()
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        found = _NUMBER.match(self.text, self.at)
        if not found:
            raise self.wrong("a value is missing" if char else "the document ends too early")
        self.at = found.end()
        return float(found.group()) if set(".eE") & set(found.group()) else int(found.group()[:30])

    def _object(self, place: Place, depth: int) -> dict[str, Any]:
        self.at += 1
        result: dict[str, Any] = {}
        while not self._ends("}"):
            if self.text[self.at : self.at + 1] != '"':
                raise self.wrong("a name in quotes is missing")
            line = self.line()
            name = self._string()
            here = (*place, name)
            self.lines[here] = line
            self.skip()
            if self.text[self.at : self.at + 1] != ":":
                raise self.wrong("a colon is missing")
            self.at += 1
            result[name] = self.value(here, depth + 1)
            self._comma("}")
        return result

    def _list(self, place: Place, depth: int) -> list[Any]:
        self.at += 1
        result: list[Any] = []
        while not self._ends("]"):
            result.append(self.value((*place, str(len(result))), depth + 1))
            self._comma("]")
        return result

    def _ends(self, end: str) -> bool:
        self.skip()
        if self.text[self.at : self.at + 1] == end:
            self.at += 1
            return True
        return False

    def _comma(self, end: str) -> None:
        self.skip()
        char = self.text[self.at : self.at + 1]
        if char == ",":
            self.at += 1
        elif char != end:
            raise self.wrong(f"a comma or {end} is missing" if char else "the document ends too early")

    def _string(self) -> str:
        found = _STRING.match(self.text, self.at)
        if not found:
            raise self.wrong("a text in quotes does not end")
        self.at = found.end()
        return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", _unescape, found.group(1))


def _unescape(found: re.Match[str]) -> str:
    code = found.group(1)
    if code.startswith("u") and len(code) == 5:
        return chr(int(code[1:], 16))
    return _ESCAPES.get(code, code)

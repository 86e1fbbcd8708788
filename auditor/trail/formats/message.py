"""Audit messages as text to rows, fast: each distinct shape is parsed by lxml once and remembered.

A message without comments, CDATA, references or single-quoted attributes is split at its quotes. What
stands between the values is its frame, and a frame without its text runs is a shape; lxml parses each
shape once with marks in place of the values, and from then on the values are picked by position. A value
can hold neither quote nor angle bracket nor ampersand, so it can only stand where its mark stood: the outcome equals
lxml's own (property test), at a
fraction of the cost. Every other message goes through lxml whole.
"""

import re
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from lxml import etree

from auditor.trail.formats.tree import extract, parser, unwrap_query
from auditor.trail.schema import COLUMNS

Row = tuple[str | None, ...]
Pick = Callable[[list[str]], tuple[str, ...]]
_TEXT = re.compile(r">([^<>]+)<")
_VARIABLE = re.compile(
    r"(?:^|\s)(?:EventDateTime|UserID|AlternativeUserID|UserName|NetworkAccessPointID|ParticipantObjectID|"
    r"AuditSourceID|AuditEnterpriseSiteID|Number|NumberOfInstances|UID)=$"
)
_MARK = "\ue000{}\ue001"
_MARKS = re.compile("\ue000(\\d+)\ue001")
_RUN = "\ue002"
_REMEMBERED = 50_000
_FIELDS = {"src_ae": ("src_alt", "src"), "dst_ae": ("dst_alt", "dst")}


class NotAMessage(Exception):
    """The text is no well-formed audit message; the argument says why, without quoting it."""


class Messages:
    """Turns the text of audit messages into rows, and remembers the shapes it met."""

    def __init__(self) -> None:
        self._parser = parser()
        self._frames: dict[str, tuple[str, Pick | None, list[str]]] = {}
        self._plans: dict[tuple[str, tuple[str, ...]], Callable[[list[str]], Row]] = {}

    def row(self, text: str) -> Row:
        """The row of one message; raises NotAMessage."""
        parts = text.split('"')
        frame = '"'.join(parts[::2])
        if (
            not text.isprintable()
            or "&" in text
            or "'" in text
            or "<!" in frame
            or "<?" in frame
            or len(parts) % 2 == 0
            or text.count("<") != frame.count("<")
            or text.count(">") != frame.count(">")
        ):
            return self.row_by_tree(text)
        shape, pick, runs = self._frames.get(frame) or self._learn_frame(frame)
        values = parts[1::2] + runs
        key = (shape, pick(values) if pick else ())
        plan = self._plans.get(key)
        if plan is None:
            plan = self._learn_plan(key, values)
        return plan(values)

    def row_by_tree(self, text: str) -> Row:
        """The row of one message through lxml alone: the oracle of `row`."""
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise NotAMessage("document type declaration refused")
        return _row(extract(self._root(text)))

    def _root(self, text: str) -> Any:
        try:
            root = etree.fromstring(text.encode("utf-8", "surrogatepass"), self._parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise NotAMessage("not well-formed XML") from error
        if root.tag.rpartition("}")[2] != "AuditMessage":
            raise NotAMessage("no AuditMessage")
        return root

    def _learn_frame(self, frame: str) -> tuple[str, Pick | None, list[str]]:
        """Take the text runs out of a frame, and find the values that decide what the others mean."""
        runs = _TEXT.findall(frame)
        shape = _TEXT.sub(f">{_RUN}<", frame)
        pieces = shape.split('"')
        fixed = [place for place in range(len(pieces) - 1) if not _VARIABLE.search(pieces[place])]
        if len(self._frames) > _REMEMBERED:
            self._frames.clear()
        self._frames[frame] = learnt = (shape, _picker(fixed), runs)
        return learnt

    def _learn_plan(self, key: tuple[str, tuple[str, ...]], values: list[str]) -> Callable[[list[str]], Row]:
        pieces = key[0].split('"')
        quoted = len(pieces) - 1
        text = pieces[0]
        for place, piece in enumerate(pieces[1:]):
            variable = _VARIABLE.search(pieces[place])
            text += f'"{_MARK.format(place) if variable else values[place]}"' + piece
        for place in range(quoted, len(values)):
            text = text.replace(_RUN, _MARK.format(place), 1)
        plan = _plan(extract(self._root(text)))
        if len(self._plans) > _REMEMBERED:
            self._plans.clear()
        self._plans[key] = plan
        return plan


def _picker(places: list[int]) -> Pick | None:
    if not places:
        return None
    get = itemgetter(*places)
    return get if len(places) > 1 else lambda values: (get(values),)


def _plan(fields: dict[str, str]) -> Callable[[list[str]], Row]:
    """A function that fills a row: constants as they are, marks by position, the rest by template."""
    simple: list[tuple[int, int]] = []
    constant: list[str | None] = [None] * len(COLUMNS)
    composed: list[tuple[int, tuple[str, ...]]] = []
    for place, name in enumerate(COLUMNS):
        sources = tuple(fields.get(source, "") for source in _FIELDS.get(name, (name,)))
        marks = _MARKS.fullmatch(sources[0]) if len(sources) == 1 else None
        if marks and name != "query":
            simple.append((place, int(marks.group(1))))
        elif any(_MARKS.search(source) for source in sources):
            composed.append((place, sources))
        else:
            constant[place] = _finish(name, sources)

    def fill(values: list[str]) -> Row:
        row = constant.copy()
        for place, value in simple:
            row[place] = values[value] or None
        for place, sources in composed:
            row[place] = _finish(COLUMNS[place], tuple(_substitute(source, values) for source in sources))
        return tuple(row)

    return fill


def _substitute(template: str, values: list[str]) -> str:
    return _MARKS.sub(lambda mark: values[int(mark.group(1))], template) if template else template


def _row(fields: dict[str, str]) -> Row:
    return tuple(
        _finish(name, tuple(fields.get(source, "") for source in _FIELDS.get(name, (name,)))) for name in COLUMNS
    )


def _finish(name: str, sources: tuple[str, ...]) -> str | None:
    if len(sources) == 2:
        return _title(*sources) or None
    value = sources[0]
    if name == "query":
        value = unwrap_query(value.strip())
    elif name == "instances" and " " in value:
        value = str(sum(int(number) for number in value.split() if number.isdigit()))
    return value or None


def _title(alternative: str, identifier: str) -> str:
    """The AE title of a node: `AETITLES=A;B` in AlternativeUserID (PS3.15 A.5.3), else the user id."""
    name, equals, titles = alternative.partition("=")
    return titles.split(";")[0].strip() if equals and name.upper().startswith("AETITLE") else identifier

"""Audit messages as text to rows, fast: each distinct shape is parsed by lxml once and remembered.

A message without comments, CDATA, references or single-quoted attributes is split at its quotes. What
stands between the values is its frame, and a frame without its text runs is a shape; lxml parses each
shape once with marks in place of the values, and from then on the values are picked by position. A value
can hold neither quote nor angle bracket nor ampersand, so it can only stand where its mark stood: the outcome equals
lxml's own (property test), at a
fraction of the cost. Every other message goes through lxml whole.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from lxml import etree

from auditor.trail.formats.tree import extract, parser, unwrap_query
from auditor.trail.schema import COLUMNS

Row = tuple[str | None, ...]
Pick = Callable[[list[str]], tuple[str, ...]]
Key = tuple[str, tuple[str, ...], tuple[int, ...]]
"""A shape, the values that decide what the others mean, and the places of those that are empty."""
TEXT = re.compile(r">([^<>\"]+)<")
"""A run of text between two tags; one with a quote in it is part of the frame."""
_VARIABLE = re.compile(
    r"(?:^|\s)(?:EventDateTime|UserID|AlternativeUserID|UserName|NetworkAccessPointID|ParticipantObjectID|"
    r"AuditSourceID|AuditEnterpriseSiteID|Number|NumberOfInstances|UID)=$"
)
_MARK = "\ue000{}\ue001"
MARKS = re.compile("\ue000(\\d+)\ue001")
_RUN = "\ue002"
_REMEMBERED = 50_000
_FIELDS = {"src_ae": ("src_alt", "src"), "dst_ae": ("dst_alt", "dst")}


@dataclass(frozen=True, slots=True)
class Plan:
    """How the values of one shape become a row: what is the same for all, what is a value as it stands, and what is
    composed. `simple` holds (column, place of the value), `composed` (column, templates with marks for values)."""

    constant: Row
    simple: tuple[tuple[int, int], ...]
    composed: tuple[tuple[int, tuple[str, ...]], ...]

    def fill(self, values: list[str]) -> Row:
        """The row of one message of the shape."""
        row = list(self.constant)
        for place, value in self.simple:
            row[place] = values[value] or None
        for place, sources in self.composed:
            row[place] = compose(place, sources, values)
        return tuple(row)

    @property
    def marks(self) -> frozenset[int]:
        """The places of the values that a row shows."""
        named = {int(mark) for _, sources in self.composed for source in sources for mark in MARKS.findall(source)}
        return frozenset(named | {value for _, value in self.simple})


class NotAMessage(Exception):
    """The text is no well-formed audit message; the argument says why, without quoting it."""


class Messages:
    """Turns the text of audit messages into rows, and remembers the shapes it met."""

    def __init__(self) -> None:
        self._parser = parser()
        self._frames: dict[str, tuple[str, Pick | None, list[str]]] = {}
        self._plans: dict[Key, Plan] = {}

    def row(self, text: str) -> Row:
        """The row of one message; raises NotAMessage."""
        parts = text.split('"')
        frame = '"'.join(parts[::2])
        if (
            not text.isprintable()
            or "&" in text
            or "'" in frame
            or "<!" in frame
            or "<?" in frame
            or len(parts) % 2 == 0
            or text.count("<") != frame.count("<")
            or text.count(">") != frame.count(">")
        ):
            return self.row_by_tree(text)
        plan, values = self._plan_of(frame, parts[1::2])
        return plan.fill(values)

    def plan(self, text: str) -> tuple[Plan, list[str]]:
        """The plan of a message without references, comments and declarations, and its values; raises NotAMessage."""
        parts = text.split('"')
        return self._plan_of('"'.join(parts[::2]), parts[1::2])

    def _plan_of(self, frame: str, quoted: list[str]) -> tuple[Plan, list[str]]:
        shape, pick, runs = self._frames.get(frame) or self._learn_frame(frame)
        values = quoted + runs
        empty = tuple(place for place, value in enumerate(quoted) if not value) if "" in quoted else ()
        key = (shape, pick(values) if pick else (), empty)
        return self._plans.get(key) or self._learn_plan(key, values), values

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
        runs = TEXT.findall(frame)
        shape = TEXT.sub(f">{_RUN}<", frame)
        pieces = shape.split('"')
        fixed = [place for place in range(len(pieces) - 1) if not varies(pieces[place])]
        if len(self._frames) > _REMEMBERED:
            self._frames.clear()
        self._frames[frame] = learnt = (shape, _picker(fixed), runs)
        return learnt

    def _learn_plan(self, key: Key, values: list[str]) -> Plan:
        pieces = key[0].split('"')
        quoted = len(pieces) - 1
        text = pieces[0]
        for place, piece in enumerate(pieces[1:]):
            marked = values[place] and varies(pieces[place])
            text += f'"{_MARK.format(place) if marked else values[place]}"' + piece
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


def varies(before: str) -> bool:
    """Whether the attribute that ends this text holds a value of its own in every message."""
    return _VARIABLE.search(before) is not None


def _plan(fields: dict[str, str]) -> Plan:
    """Constants as they are, marks by position, the rest by template."""
    simple: list[tuple[int, int]] = []
    constant: list[str | None] = [None] * len(COLUMNS)
    composed: list[tuple[int, tuple[str, ...]]] = []
    for place, name in enumerate(COLUMNS):
        sources = tuple(fields.get(source, "") for source in _FIELDS.get(name, (name,)))
        marks = MARKS.fullmatch(sources[0]) if len(sources) == 1 else None
        if marks and name != "query":
            simple.append((place, int(marks.group(1))))
        elif any(MARKS.search(source) for source in sources):
            composed.append((place, sources))
        else:
            constant[place] = finish(name, sources)
    return Plan(tuple(constant), tuple(simple), tuple(composed))


def compose(place: int, sources: tuple[str, ...], values: Mapping[int, str] | list[str]) -> str | None:
    """The value of a column that is made of several texts, or of one that has to be unwrapped."""
    texts = (MARKS.sub(lambda mark: values[int(mark.group(1))], source) if source else source for source in sources)
    return finish(COLUMNS[place], tuple(texts))


def _row(fields: dict[str, str]) -> Row:
    return tuple(
        finish(name, tuple(fields.get(source, "") for source in _FIELDS.get(name, (name,)))) for name in COLUMNS
    )


def finish(name: str, sources: tuple[str, ...]) -> str | None:
    """The value of a column from what its sources say; None when they say nothing."""
    if len(sources) == 2:
        return _title(*sources) or None
    value = sources[0]
    if name == "query":
        value = unwrap_query(value.strip())
    elif name == "instances" and " " in value:
        value = str(sum(int(number) for number in value.split() if number.isdecimal()))
    return value or None


def _title(alternative: str, identifier: str) -> str:
    """The AE title of a node: `AETITLES=A;B` in AlternativeUserID (PS3.15 A.5.3), else the user id."""
    name, equals, titles = alternative.partition("=")
    return titles.split(";")[0].strip() if equals and name.upper().startswith("AETITLE") else identifier

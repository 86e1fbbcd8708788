"""The fast lane: lines that look like others of their block become columns at once; what is left is told, line by line.

Learning a template costs a look by lxml, so one is learnt only where enough lines of a block have as many quotes.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow.compute as pc

from auditor.trail.formats import header
from auditor.trail.formats.message import Messages
from auditor.trail.formats.template import OPEN, Block, Match, Template, learn

LEAST = 24
LONGEST = 1 << 20
_MOST_TEMPLATES = 64
_STRANGE = (b"\xef\xbb\xbf", b"\xef\xbf\xbe", b"\xef\xbf\xbf")


class Lane:
    """Remembers templates from block to block."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._templates: dict[int, list[Template]] = {}

    def take(self, data: bytes) -> tuple[list[tuple[Any, list[Any]]], Any]:
        """([(places of lines, staging columns)], which lines are left) of a block that ends with a line end."""
        block = Block.of(data)
        left = np.ones(len(block.starts), dtype=bool)
        taken: list[tuple[Any, list[Any]]] = []
        if OPEN in data and len(left) >= LEAST:
            able = ~_odd(block)
            for quotes in np.unique(block.count[able]).tolist():
                for match in self._matches(block, np.flatnonzero(able & (block.count == quotes)), quotes):
                    left[match.rows] = False
                    taken.append((match.rows, _with_headers(match)))
        return taken, left

    def _matches(self, block: Block, rows: Any, quotes: int) -> Iterator[Match]:
        known = self._templates.setdefault(quotes, [])
        for template in known:
            if len(rows) < LEAST:
                return
            match = template.match(block, rows)
            if match:
                rows = rows[~match.fits]
                yield match
        tries = 2 + len(rows) // LEAST
        while len(rows) >= LEAST and tries and len(known) < _MOST_TEMPLATES:
            tries -= 1
            template_ = learn(block.line(int(rows[0])), self._messages)
            match = template_.match(block, rows) if template_ else None
            if template_ is None or match is None:
                rows = rows[1:]
                continue
            known.append(template_)
            rows = rows[~match.fits]
            yield match


def _odd(block: Block) -> Any:
    """Lines with bytes that XML or the reader of lines treats in a way of its own, or that are too long."""
    odd = block.ends - block.starts > LONGEST
    view = np.frombuffer(block.data, np.uint8)
    places = []
    if np.count_nonzero(view < 32) != len(block.ends) + np.count_nonzero(view[block.ends] == 13):
        places.append(np.flatnonzero((view < 32) & (view != 10)))
    if not block.data.isascii():
        try:
            block.data.decode()
        except UnicodeDecodeError:
            places.append(np.flatnonzero(view > 127))
        places += [np.array(_found(block.data, sign), dtype=np.int64) for sign in _STRANGE]
    for found in places:
        lines = np.searchsorted(block.starts, found, side="right") - 1
        odd[lines[found < block.ends[lines]]] = True
    return odd


def _found(data: bytes, sign: bytes) -> list[int]:
    places, place = [], data.find(sign)
    while place >= 0:
        places.append(place)
        place = data.find(sign, place + 1)
    return places


def _with_headers(match: Match) -> list[Any]:
    """The staging columns, with what the syslog header adds."""
    columns, heads = match.columns(), header.read_all(match.headers)
    columns["received"] = heads["time"]
    columns["seq"] = pc.coalesce(heads["seq"], columns["seq"])
    columns["source"] = pc.coalesce(columns["source"], heads["app"], heads["host"])
    return list(columns.values())

"""Takes identifiers out of a text and keeps the rest of it."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from auditor.identifiers.hit import Hit

Fill: TypeAlias = str | Callable[[Hit, str], str]


def redact(text: str, hits: Iterable[Hit], fill: Fill = "") -> str:
    """`text` with every hit replaced and every other character as it was.

    `fill` is the replacement, or makes it from the hit and the text found. Hits that overlap are taken as
    one span from the first start to the last end.
    """
    parts: list[str] = []
    position = 0
    for hit, end in _spans(hits):
        start = max(hit.start, position)
        parts.append(text[position:start])
        parts.append(fill if isinstance(fill, str) else fill(hit, text[start:end]))
        position = max(position, end)
    parts.append(text[position:])
    return "".join(parts)


def _spans(hits: Iterable[Hit]) -> list[tuple[Hit, int]]:
    spans: list[tuple[Hit, int]] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if spans and hit.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], hit.end))
        else:
            spans.append((hit, hit.end))
    return spans

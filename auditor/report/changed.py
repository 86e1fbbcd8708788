"""Names what differs between a report as it was and as it is: page by page, file by file, in sentences."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import islice
from typing import Any

from auditor.report.pages import Page
from auditor.report.told import Told
from auditor.report.words import clean

_PER_PAGE, _PER_FILE = 3, 4
_BEFORE, _AFTER = 2, 4
_LONGEST = 160


def changed_pages(before: list[Page], after: list[Page], was: str) -> Iterator[str]:
    """Sentences about pages that are gone, added, or that read or look otherwise; `was` names what they were."""
    if len(before) != len(after):
        yield f"It has {len(after)} pages where {was} has {len(before)}."
    for number, (old, new) in enumerate(zip(before, after, strict=False), 1):
        if old == new:
            continue
        if not new.picture:
            yield f"Page {number} cannot be read any more."
        elif old.words == new.words:
            yield f"Page {number} reads as {was}, and looks otherwise: something was drawn or laid over it."
        else:
            yield from islice(_changed_words(number, old.words, new.words, was), _PER_PAGE)


def _changed_words(number: int, old: tuple[str, ...], new: tuple[str, ...], was: str) -> Iterator[str]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "insert":
            yield f"Page {number} also reads {_quoted(new[c:d])}, which {was} does not say."
        elif tag == "delete":
            yield f"Page {number} lacks {_quoted(old[a:b])}, which {was} says."
        elif tag == "replace":
            there, here = old[max(0, a - _BEFORE) : b + _AFTER], new[max(0, c - _BEFORE) : d + _AFTER]
            yield f"Page {number} reads {_quoted(here)} where {was} says {_quoted(there)}."


def _quoted(words: tuple[str, ...]) -> str:
    return f"“{clean(' '.join(words), _LONGEST)}”"


def changed_files(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[str]:
    """Sentences about attached files that are gone, added or replaced, and what is other in them."""
    for name in sorted({*before, *after}):
        shown = clean(name, 60)
        if name not in after:
            yield f"The attached {shown} is gone."
        elif name not in before:
            yield f"A file {shown} was attached."
        elif before[name] != after[name]:
            yield f"The attached {shown} was replaced."
            yield from islice(_inside(shown, before[name], after[name]), _PER_FILE)


def _inside(name: str, before: bytes, after: bytes) -> Iterator[str]:
    try:
        if name.endswith(".json"):
            for path, old, new in _values(json.loads(before), json.loads(after), ""):
                yield f"In {name}, {clean(path, 80)} is {_value(new)} where it was {_value(old)}."
        elif name.endswith(".csv"):
            yield from _rows(name, before, after)
    except (ValueError, RecursionError, csv.Error):
        yield f"The {name} that is inside now cannot be read."


def _values(old: Any, new: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """The places at which two JSON values differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _values(old.get(key), new.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _values(one, other, f"{path}[{number}]")
    elif old != new or type(old) is not type(new):
        yield path or "everything", old, new


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return clean(text, 60)


def _rows(name: str, before: bytes, after: bytes) -> Iterator[str]:
    old, new = _table(before), _table(after)
    for rows, word in ((old - new, "lacks"), (new - old, "holds in addition")):
        if rows:
            first = dict(min(rows))
            rule, print_ = first.get("rule", ""), first.get("fingerprint", "")[:16]
            yield (
                f"{name} now {word} {sum(rows.values())} rows; the first is of {clean(rule, 80) or 'no rule'}"
                f"{f', fingerprint {clean(print_)}…' if print_ else ''}."
            )


def unlike_groups(table: bytes, told: Told) -> Iterator[str]:
    """Sentences about rules of which the attached table holds another number of findings than the report says."""
    try:
        rows = list(csv.DictReader(io.StringIO(table.decode("utf-8"))))
    except (ValueError, csv.Error):
        rows = []
    held = Counter((str(row.get("rule")), str(row.get("outcome"))) for row in rows)
    for group in told.groups:
        count = held[group.rule, group.outcome.value]
        if count != group.count:
            yield (
                f"The attached findings.csv holds {count} findings of {clean(group.rule, 80)} with the outcome "
                f"{group.outcome.value}, the report says {group.count}."
            )


def _table(content: bytes) -> Counter[tuple[tuple[str, str], ...]]:
    reader = csv.DictReader(io.StringIO(content.decode("utf-8")))
    return Counter(tuple((str(key), str(value)) for key, value in row.items()) for row in reader)

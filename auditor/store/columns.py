"""Findings and inventory as Arrow tables, made column by column.

What many findings share, as the evidence of a series, is turned into Arrow once and then only pointed at. Columns are
made of buffers: Arrow's own making of them imports pandas, a second and 50 MB in every worker.
"""

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import Any

from auditor.model.finding import Evidence, Finding
from auditor.model.target import InventoryRow

_encoded = json.JSONEncoder(sort_keys=True).encode
_TEXTS = ("rule", "room", "outcome", "subject_kind", "subject", "subject_digest", "fingerprint")
_REST = ("message", "reason", "waiver")
_EVIDENCE = ("fact", "masked", "digest", "locator", "details")
_INVENTORY = ("room", "kind", "display", "digest", "disposition", "reason", "attributes")


def finding_schema() -> Any:
    """The Arrow schema of findings: one column a field; severity as its number, so that it sorts."""
    import pyarrow as pa

    text = pa.string()
    return pa.schema(
        [(name, text) for name in _TEXTS]
        + [("rule_version", pa.int32()), ("severity", pa.int8())]
        + [(name, text) for name in _REST]
        + [("evidence", pa.list_(pa.struct([(name, text) for name in _EVIDENCE])))]
    )


def inventory_schema() -> Any:
    """The Arrow schema of the inventory: one row for every target met."""
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in _INVENTORY] + [("size", pa.int64())])


def finding_table(findings: Sequence[Finding]) -> Any:
    """The findings as a table of `finding_schema`."""
    import pyarrow as pa

    columns = [_texts(map(attrgetter(name), findings)) for name in _TEXTS]
    columns.append(_numbers((finding.rule_version for finding in findings), "i", pa.int32()))
    columns.append(_numbers((int(finding.severity) for finding in findings), "b", pa.int8()))
    columns += [_texts(map(attrgetter(name), findings)) for name in _REST]
    columns.append(_exhibits([finding.evidence for finding in findings]))
    return pa.Table.from_arrays(columns, schema=finding_schema())


def inventory_table(rows: Sequence[InventoryRow]) -> Any:
    """The rows as a table of `inventory_schema`."""
    import pyarrow as pa

    columns = [_texts(map(attrgetter(name), rows)) for name in _INVENTORY[:-1]]
    columns.append(_details(row.attributes for row in rows))
    columns.append(_numbers((row.size for row in rows), "q", pa.int64()))
    return pa.Table.from_arrays(columns, schema=inventory_schema())


def _exhibits(shown: Sequence[tuple[Evidence, ...]]) -> Any:
    """One list of evidence a finding; findings that hold the very same tuple share what is made of it."""
    import pyarrow as pa

    distinct = {id(each): each for each in shown}
    places = {name: place for place, name in enumerate(distinct)}
    ends = accumulate(map(len, distinct.values()), initial=0)
    items = [item for each in distinct.values() for item in each]
    columns = [_texts(map(attrgetter(name), items)) for name in _EVIDENCE[:-1]]
    columns.append(_details(item.details for item in items))
    lists = pa.ListArray.from_arrays(_numbers(ends, "i", pa.int32()), pa.StructArray.from_arrays(columns, _EVIDENCE))
    return lists.take(_numbers((places[id(each)] for each in shown), "i", pa.int32()))


def _details(mappings: Iterable[Mapping[str, str]]) -> Any:
    """Each mapping as JSON; equal ones are written once."""
    known: dict[tuple[tuple[str, str], ...], str] = {}
    found = []
    for details in mappings:
        key = tuple(details.items())
        text = known.get(key)
        if text is None:
            text = known[key] = _encoded(dict(details))
        found.append(text)
    return _texts(found)


def _texts(values: Iterable[str]) -> Any:
    """A column of text; lone surrogates, which file names in other encodings leave behind, are written as escapes."""
    import pyarrow as pa

    encoded = [text.encode("utf-8", "backslashreplace") for text in values]
    ends = array("i", accumulate(map(len, encoded), initial=0))
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))


def _numbers(values: Iterable[int], code: str, kind: Any) -> Any:
    """A column of numbers; `code` is the letter that `array` has for `kind`."""
    import pyarrow as pa

    held = array(code, values)
    return pa.Array.from_buffers(kind, len(held), [None, pa.py_buffer(held)])

"""Findings and inventory as Arrow tables, made column by column.

What many findings share, as the evidence of a series, is turned into Arrow once and then only pointed at.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
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
    columns.append(pa.array([finding.rule_version for finding in findings], pa.int32()))
    columns.append(pa.array([int(finding.severity) for finding in findings], pa.int8()))
    columns += [_texts(map(attrgetter(name), findings)) for name in _REST]
    columns.append(_exhibits([finding.evidence for finding in findings]))
    return pa.Table.from_arrays(columns, schema=finding_schema())


def inventory_table(rows: Sequence[InventoryRow]) -> Any:
    """The rows as a table of `inventory_schema`."""
    import pyarrow as pa

    columns = [_texts(map(attrgetter(name), rows)) for name in _INVENTORY[:-1]]
    columns.append(_details(row.attributes for row in rows))
    columns.append(pa.array([row.size for row in rows], pa.int64()))
    return pa.Table.from_arrays(columns, schema=inventory_schema())


def _exhibits(shown: Sequence[tuple[Evidence, ...]]) -> Any:
    """One list of evidence a finding; findings that hold the very same tuple share what is made of it."""
    import pyarrow as pa

    distinct = {id(each): each for each in shown}
    places = {name: place for place, name in enumerate(distinct)}
    ends = [0]
    for each in distinct.values():
        ends.append(ends[-1] + len(each))
    items = [item for each in distinct.values() for item in each]
    columns = [_texts(map(attrgetter(name), items)) for name in _EVIDENCE[:-1]]
    columns.append(_details(item.details for item in items))
    lists = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.StructArray.from_arrays(columns, _EVIDENCE))
    return lists.take(pa.array([places[id(each)] for each in shown], pa.int32()))


def _details(mappings: Iterable[Mapping[str, str]]) -> Any:
    """Each mapping as JSON; equal ones are written once."""
    import pyarrow as pa

    known: dict[tuple[tuple[str, str], ...], str] = {}
    found = []
    for details in mappings:
        key = tuple(details.items())
        text = known.get(key)
        if text is None:
            text = known[key] = _encoded(dict(details))
        found.append(text)
    return pa.array(found, pa.string())


def _texts(values: Iterable[str]) -> Any:
    """A column; lone surrogates, which file names in other encodings leave behind, are written as escapes."""
    import pyarrow as pa

    listed = list(values)
    try:
        return pa.array(listed, pa.string())
    except UnicodeEncodeError:
        return pa.array([text.encode("utf-8", "backslashreplace").decode("utf-8") for text in listed], pa.string())

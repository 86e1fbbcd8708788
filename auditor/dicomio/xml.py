"""Texts of XML documents such as CDA: element texts, attribute values and comments, without following anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from auditor.dicomio.limits import Limits

_START = re.compile(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<[?!A-Za-z\0]")
_SKIPPED = frozenset({"xmlns", "schemaLocation", "type"})


def is_xml(data: bytes) -> bool:
    """Whether `data` begins as an XML (or HTML) document does."""
    return bool(_START.match(data[:256]))


def xml_texts(data: bytes, limits: Limits) -> Iterator[tuple[str, str, str]]:
    """Yield (text, where, label): the label is the name of the element, with the attribute's name if it is one.

    Entities are not resolved, no DTD is loaded, nothing is fetched; what cannot be parsed yields nothing.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_blank_text=False
    )
    try:
        root = etree.fromstring(data.rstrip(b"\0 \r\n"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    if root is None:
        return
    count = 0
    for node in (*_before(root), *root.iter()):
        for text, label in _node_texts(node):
            if text and text.strip():
                count += 1
                if count > limits.texts:
                    return
                yield " ".join(text.split()), f"line[{node.sourceline or 0}]", label


def _before(root: Any) -> Iterator[Any]:
    yield from reversed(list(root.itersiblings(preceding=True)))
    yield from root.itersiblings()


def _node_texts(node: Any) -> Iterator[tuple[str | None, str]]:
    if not isinstance(node.tag, str):
        yield node.text, "comment"
    else:
        name = _local(node.tag)
        yield node.text, name
        for key, value in node.attrib.items():
            if _local(key) not in _SKIPPED:
                yield value, f"{name}@{_local(key)}"
    yield node.tail, _local(node.getparent().tag) if node.getparent() is not None else ""


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]

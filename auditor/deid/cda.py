"""HL7 CDA documents: identifying elements are emptied by name, all other text is cleaned."""

import base64
import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from lxml import etree

from auditor.deid.documents import Redacted, TextCleaner, Words
from auditor.deid.documents import redact as redact_any

_MOST_NODES = 200_000


def redact(content: bytes, cleaner: TextCleaner, words: Words | None = None) -> Redacted:
    """The document without identifiers; one with a DTD, or that is not XML, is withheld."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return Redacted(b"", "the document is not well-formed XML")
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None or tree.docinfo.externalDTD is not None:
        return Redacted(b"", "the document has a DTD")
    nodes = list(root.iter())
    if len(nodes) > _MOST_NODES:
        return Redacted(b"", "the document has too many elements")
    for node in nodes:
        if not isinstance(node.tag, str):
            _drop(node)
        else:
            _clean(node, cleaner, words)
    cleaned = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Redacted(cleaned)


def _clean(node: etree._Element, cleaner: TextCleaner, words: Words | None) -> None:
    name = etree.QName(node).localname
    rules = {**_rules()["*"], **_rules().get(name, {})}
    if rules.get("") == "remove":
        node.text = None
    elif node.get("representation", "").upper() == "B64":
        node.text = _wrapped(node.text or "", node.get("mediaType", ""), cleaner, words)
    elif node.text and node.text.strip():
        node.text = cleaner.text(node.text)
    if node.tail and node.tail.strip():
        node.tail = cleaner.text(node.tail)
    for attribute, value in list(node.attrib.items()):
        node.attrib[attribute] = _attribute(rules.get(str(attribute), ""), str(value), cleaner)


def _attribute(action: str, value: str, cleaner: TextCleaner) -> str:
    if action == "remove":
        return ""
    if action == "date":
        return cleaner.date(value)
    if action == "uid":
        return cleaner.uid(value)
    if action == "oid" and not value.strip("0123456789."):
        return value
    return cleaner.text(value)


def _wrapped(text: str, kind: str, cleaner: TextCleaner, words: Words | None) -> str:
    """A document within the document, cleaned like any other; what cannot be cleaned is left out."""
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return ""
    inner = (
        redact_any(kind, content, cleaner, words) if not content.lstrip().startswith(b"<") else Redacted(b"", "nested")
    )
    return "" if inner.withhold else base64.b64encode(inner.content).decode("ascii")


def _drop(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is None:
        return
    tail, previous = node.tail or "", node.getprevious()
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(node)


@lru_cache(maxsize=1)
def _rules() -> Mapping[str, Mapping[str, str]]:
    lines = files("auditor.deid").joinpath("data/cda.csv").read_text("utf-8").splitlines()
    found: dict[str, dict[str, str]] = {}
    for record in csv.DictReader(line for line in lines if not line.startswith("#")):
        found.setdefault(record["element"], {})[record["attribute"]] = record["action"]
    return found

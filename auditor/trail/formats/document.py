"""Files that are one document: bare audit message XML, lists of messages, FHIR resources and Bundles."""

import re
from collections.abc import Iterable

import orjson

from auditor.trail.formats import fhir
from auditor.trail.formats.message import Messages, NotAMessage
from auditor.trail.schema import Sink

LARGEST = 64 << 20
_OPEN, _CLOSE = "<AuditMessage", "</AuditMessage>"
_WRAPPER = re.compile(r"</?AuditMessage\w+[^>]*>")


def sniff(head: bytes, _name: str) -> bool:
    """Whether the file is one XML or JSON document about audit events."""
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    start = (head.replace(b"\x00", b"") if wide else head).lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith((b"<?xml", b"<!DOCTYPE", b"<AuditM", b"<!--")):
        return True
    return start.startswith((b"{", b"[")) and b"resourceType" in head.replace(b"\x00", b"")


def parse(blocks: Iterable[bytes], sink: Sink) -> None:
    """Parse the whole document; every message in it counts as one line, numbered by where it starts."""
    data = bytearray()
    for block in blocks:
        data += block
        if len(data) > LARGEST:
            sink.tally.lines += 1
            sink.tally.reject(1, "document larger than 64 MiB")
            return
    start = bytes(data[:64]).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        _json(bytes(data), sink)
    else:
        _xml(_text(bytes(data)), sink)


def _json(data: bytes, sink: Sink) -> None:
    try:
        loaded = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        sink.tally.lines += 1
        sink.tally.reject(1, "not well-formed JSON")
        return
    count = 0
    for resource in loaded if isinstance(loaded, list) else [loaded]:
        for event in fhir.events_in(resource):
            count += 1
            sink.tally.lines += 1
            sink.event(count, fhir.row(event))
    if not count:
        sink.tally.lines += 1
        sink.tally.not_audit += 1


def _xml(text: str, sink: Sink) -> None:
    messages, place, tally, text = Messages(), 0, sink.tally, _WRAPPER.sub("", text)
    refused = "<!DOCTYPE" in text or "<!ENTITY" in text
    while (start := text.find(_OPEN, place)) >= 0:
        line = text.count("\n", 0, start) + 1
        close = text.find(_CLOSE, start)
        following = text.find(_OPEN, start + 5)
        tally.lines += 1
        if close < 0 or 0 <= following < close:
            tally.reject(line, "truncated message")
            place = following if following >= 0 else len(text)
            continue
        place = close + len(_CLOSE)
        try:
            if refused:
                raise NotAMessage("document type declaration refused")
            sink.event(line, messages.row(text[start:place]))
        except NotAMessage as problem:
            tally.reject(line, str(problem))
    if not tally.lines:
        tally.lines = 1
        if "AuditMessage" in text or refused:
            tally.reject(1, "document type declaration refused" if refused else "truncated message")
        elif "<AuditEvent" in text:
            tally.reject(1, "FHIR written as XML, which is not read")
        else:
            tally.not_audit = 1


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")

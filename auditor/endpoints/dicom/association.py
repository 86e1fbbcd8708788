"""One association: proposed, used for a C-ECHO and perhaps a query that matches nobody, and released."""

import struct
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache

from auditor.endpoints.data import document
from auditor.endpoints.dicom import pdu
from auditor.endpoints.wire import Closed, Silent, Stream

_ECHO, _FIND, _RESPONSE = 0x0030, 0x0020, 0x8000
_NO_DATA, _WITH_DATA = 0x0101, 0x0000
_PENDING = (0xFF00, 0xFF01)
_MOST_PDUS = 64


@dataclass(frozen=True, slots=True)
class Titles:
    """Who calls whom."""

    called: str
    calling: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one proposal. `echo` and `find` are DIMSE statuses, None when not asked or not answered."""

    accepted: pdu.Acceptance | None = None
    rejected: pdu.Rejection | None = None
    services: Mapping[str, bool] = field(default_factory=dict)
    echo: int | None = None
    find: int | None = None
    aborted: bool = False


@cache
def names() -> Mapping[str, tuple[str, ...]]:
    """Abstract syntaxes by service, as proposed."""
    services: Mapping[str, tuple[str, ...]] = document("dicom.yaml")["services"]
    return services


def proposal(titles: Titles, *, identity: bool = False) -> pdu.Proposal:
    """Propose every service at once, so that one association tells all."""
    table = document("dicom.yaml")
    return pdu.Proposal(
        titles.called,
        titles.calling,
        tuple(uid for uids in names().values() for uid in uids),
        tuple(table["transfer_syntaxes"]),
        table["application_context"],
        table["implementation_class"],
        table["implementation_version"],
        identity,
    )


def converse(stream: Stream, titles: Titles, *, echo: bool, find: bool, identity: bool = False) -> Answer:
    """Propose, ask what may be asked, release. Raises NotDicom, Closed or Silent when no answer can be read."""
    wanted = proposal(titles, identity=identity)
    stream.send(pdu.associate(wanted))
    kind, body = pdu.read(stream)
    if kind == pdu.REJECT:
        return Answer(rejected=pdu.Rejection(body[1], body[2], body[3]))
    if kind == pdu.ABORT:
        return Answer(aborted=True)
    if kind != pdu.ACCEPT:
        raise pdu.NotDicom("the answer to an association request is another PDU")
    acceptance = pdu.accepted(body)
    context = {
        wanted.syntaxes[number // 2]: number for number in acceptance.contexts if number // 2 < len(wanted.syntaxes)
    }
    services = {name: any(uid in context for uid in uids) for name, uids in names().items()}
    echoed = found = None
    with suppress(Closed, Silent, pdu.NotDicom, struct.error):
        if echo and services["echo"]:
            echoed = _ask(stream, context[names()["echo"][0]], _ECHO, names()["echo"][0])
        model = document("dicom.yaml")["find_model"]
        if find and model in context:
            implicit = acceptance.contexts[context[model]] == wanted.transfer[0]
            found = _ask(stream, context[model], _FIND, model, _query(implicit=implicit))
        stream.send(pdu.pdu(pdu.RELEASE, bytes(4)))
        pdu.read(stream)
    return Answer(acceptance, None, services, echoed, found)


def _ask(stream: Stream, context: int, command: int, uid: str, query: bytes = b"") -> int | None:
    """Send one DIMSE request; return the status of the first answer, after reading to the last one."""
    padded = uid.encode("ascii") + b"\x00" * (len(uid) % 2)
    fields = [
        (0x0000, 0x0002, padded),
        (0x0000, 0x0100, struct.pack("<H", command)),
        (0x0000, 0x0110, struct.pack("<H", 1)),
        *([(0x0000, 0x0700, struct.pack("<H", 0))] if query else []),
        (0x0000, 0x0800, struct.pack("<H", _WITH_DATA if query else _NO_DATA)),
    ]
    body = pdu.elements(fields)
    stream.send(pdu.data(context, pdu.elements([(0, 0, struct.pack("<I", len(body)))]) + body, command=True))
    if query:
        stream.send(pdu.data(context, query, command=False))
    first: int | None = None
    for status in _statuses(stream, command | _RESPONSE):
        first = status if first is None else first
        if status not in _PENDING:
            break
    return first


def _statuses(stream: Stream, response: int):  # type: ignore[no-untyped-def]
    """Yield the status of each answer; data sets are read and dropped."""
    message = b""
    for _ in range(_MOST_PDUS):
        kind, body = pdu.read(stream)
        if kind != pdu.DATA:
            return
        at = 0
        while at + 6 <= len(body):
            length, _, control = struct.unpack_from(">IBB", body, at)
            fragment = body[at + 6 : at + 4 + length]
            at += 4 + max(length, 2)
            if not control & 1:
                continue
            message += fragment
            if control & 2:
                fields = pdu.read_elements(message)
                message = b""
                if struct.unpack("<H", fields.get((0, 0x0100), b"\0\0"))[0] == response:
                    yield struct.unpack("<H", fields.get((0, 0x0900), b"\xff\xff"))[0]


def _query(*, implicit: bool) -> bytes:
    """A study-level identifier whose keys can match nobody; it asks for no attribute of anybody."""
    table = document("dicom.yaml")["query"]
    values = [
        (0x0008, 0x0052, b"CS", table["level"]),
        (0x0010, 0x0020, b"LO", table["patient"]),
        (0x0020, 0x000D, b"UI", table["study"]),
    ]
    parts = b""
    for group, element, vr, text in values:
        raw = text.encode("ascii")
        raw += (b"\x00" if vr == b"UI" else b" ") * (len(raw) % 2)
        length = struct.pack("<I", len(raw)) if implicit else vr + struct.pack("<H", len(raw))
        parts += struct.pack("<HH", group, element) + length + raw
    return parts

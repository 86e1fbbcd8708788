"""Upper-layer PDUs of PS3.8 section 9.3, written and read by hand, every length checked."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from auditor.endpoints.wire import Stream, exactly

REQUEST, ACCEPT, REJECT, DATA, RELEASE, RELEASED, ABORT = 1, 2, 3, 4, 5, 6, 7
LARGEST = 131072
_ACCEPTED = 0
_NO_LIMIT = bytes(4)  # asynchronous operations, invoked and performed (PS3.7 D.3.3.3)


class NotDicom(Exception):
    """What came is no DICOM PDU, or breaks the rules of PS3.8."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One association as proposed: titles, the abstract syntaxes in order, and their transfer syntaxes."""

    called: str
    calling: str
    syntaxes: tuple[str, ...]
    transfer: tuple[str, ...]
    context: str
    implementation: str
    version: str
    identity: bool = False


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What an A-ASSOCIATE-AC says: context id to transfer syntax for those accepted, and what the peer is."""

    contexts: dict[int, str] = field(default_factory=dict)
    maximum: int | None = None
    implementation: str = ""
    version: str = ""
    window: str = ""
    identity: bool = False


@dataclass(frozen=True, slots=True)
class Rejection:
    """What an A-ASSOCIATE-RJ says (PS3.8 table 9-21)."""

    result: int
    source: int
    reason: int

    @property
    def transient(self) -> bool:
        """Whether the peer may accept later: says nothing of access control."""
        return self.result == 2 or (self.source == 3)

    @property
    def calling_unknown(self) -> bool:
        """Whether the calling title was the reason."""
        return self.source == 1 and self.reason == 3

    @property
    def called_unknown(self) -> bool:
        """Whether the called title was the reason."""
        return self.source == 1 and self.reason == 7


def associate(proposal: Proposal) -> bytes:
    """An A-ASSOCIATE-RQ; context ids are 1, 3, 5, … in the order of `syntaxes`.

    With `identity` the asynchronous operations window is asked for as well: an acceptor answers it only then.
    """
    body = struct.pack(">HH", 1, 0) + _title(proposal.called) + _title(proposal.calling) + bytes(32)
    body += _item(0x10, proposal.context.encode("ascii"))
    for number, syntax in enumerate(proposal.syntaxes):
        inside = bytes([2 * number + 1, 0, 0, 0]) + _item(0x30, syntax.encode("ascii"))
        inside += b"".join(_item(0x40, transfer.encode("ascii")) for transfer in proposal.transfer)
        body += _item(0x20, inside)
    user = _item(0x51, struct.pack(">I", 16384)) + _item(0x52, proposal.implementation.encode("ascii"))
    user += _item(0x55, proposal.version.encode("ascii"))
    if proposal.identity:
        name = proposal.calling.encode("ascii")
        user += _item(0x53, _NO_LIMIT)
        user += _item(0x58, b"\x01\x01" + struct.pack(">H", len(name)) + name + b"\x00\x00")
    return pdu(REQUEST, body + _item(0x50, user))


def data(context: int, message: bytes, *, command: bool) -> bytes:
    """A P-DATA-TF with one whole fragment."""
    return pdu(DATA, struct.pack(">IBB", len(message) + 2, context, 3 if command else 2) + message)


def pdu(kind: int, body: bytes) -> bytes:
    """A PDU of type `kind`."""
    return struct.pack(">BBI", kind, 0, len(body)) + body


def read(stream: Stream) -> tuple[int, bytes]:
    """One PDU: type and body; raises NotDicom for a type or length that PS3.8 does not allow."""
    kind, _, length = struct.unpack(">BBI", exactly(stream, 6))
    if not REQUEST <= kind <= ABORT or length > LARGEST:
        raise NotDicom("the answer is not a DICOM PDU")
    if kind in (REJECT, ABORT, RELEASED) and length != 4:
        raise NotDicom("a PDU has an impossible length")
    return kind, exactly(stream, length)


def accepted(body: bytes) -> Acceptance:
    """Read the body of an A-ASSOCIATE-AC."""
    contexts: dict[int, str] = {}
    user: dict[int, bytes] = {}
    try:
        for kind, item in _items(body[68:]):
            if kind == 0x21 and item[2] == _ACCEPTED:
                inner = dict(_items(item[4:]))
                contexts[item[0]] = _text(inner.get(0x40, b""))
            elif kind == 0x50:
                user = dict(_items(item))
        window = struct.unpack(">HH", user[0x53]) if 0x53 in user else ()
        return Acceptance(
            contexts,
            int.from_bytes(user[0x51][:4], "big") if 0x51 in user else None,
            _text(user.get(0x52, b"")),
            _text(user.get(0x55, b"")),
            "/".join(str(number) for number in window),
            0x59 in user,
        )
    except (IndexError, struct.error) as error:
        raise NotDicom("an A-ASSOCIATE-AC is cut short") from error


def _items(block: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(block):
        kind, _, length = struct.unpack_from(">BBH", block, at)
        if at + 4 + length > len(block):
            raise NotDicom("an item is longer than what holds it")
        yield kind, block[at + 4 : at + 4 + length]
        at += 4 + length


def _item(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBH", kind, 0, len(body)) + body


def _title(text: str) -> bytes:
    return text.encode("ascii", "replace")[:16].ljust(16)


def _text(raw: bytes) -> str:
    return raw.decode("ascii", "replace").rstrip("\x00 ")


def elements(pairs: Sequence[tuple[int, int, bytes]]) -> bytes:
    """Elements in implicit VR little endian (PS3.5 7.1.3), values padded to even length by the caller."""
    return b"".join(struct.pack("<HHI", group, element, len(value)) + value for group, element, value in pairs)


def read_elements(block: bytes) -> dict[tuple[int, int], bytes]:
    """The elements of a command set, by group and element."""
    found: dict[tuple[int, int], bytes] = {}
    at = 0
    while at + 8 <= len(block):
        group, element, length = struct.unpack_from("<HHI", block, at)
        if at + 8 + length > len(block):
            raise NotDicom("an element is longer than its message")
        found[group, element] = block[at + 8 : at + 8 + length]
        at += 8 + length
    return found

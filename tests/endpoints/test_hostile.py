"""Peers that lie, flood, stall or talk nonsense: parsers raise what they promise and nothing else, and runs end."""

import json
import socket
import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.endpoints import mllp
from auditor.endpoints.dicom import association, pdu
from auditor.endpoints.tls import flight
from auditor.endpoints.tls.certificate import describe, matches, parse
from auditor.endpoints.tls.revocation import stapled_status
from auditor.endpoints.tls.trust import Anchors, leads_to
from auditor.endpoints.web import exchange, forms
from auditor.endpoints.wire import Closed
from fixtures.endpoints import rawservers as raw
from fixtures.endpoints.crowd import accept_all
from fixtures.endpoints.pki import NAME, Authority

_QUIET = settings(max_examples=80, deadline=None)


class Said:
    """A peer that has said these bytes and closes."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __enter__(self) -> "Said":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def send(self, data: bytes) -> None:
        """Take anything."""

    def some(self, most: int) -> bytes:
        """What is left, then the end."""
        if not self._data:
            raise Closed
        found, self._data = self._data[:most], self._data[most:]
        return found


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="module")
def der(authority: Authority) -> bytes:
    pem = authority.leaf().with_suffix(".pem").read_bytes()
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def _handshake(kind: int, body: bytes) -> bytes:
    message = bytes([kind]) + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x03" + struct.pack(">H", len(message)) + message


_HELLO = b"\x03\x03" + bytes(32) + b"\x00\xc0\x2f\x00"


@_QUIET
@given(st.lists(st.tuples(st.integers(0, 25), st.binary(max_size=80)), max_size=5), st.binary(max_size=40))
def test_no_flight_of_a_server_raises_anything_unforeseen(messages: list[tuple[int, bytes]], rest: bytes) -> None:
    said = b"".join(_handshake(kind, body) for kind, body in [(2, _HELLO), *messages]) + rest
    try:
        found = flight.read_flight(Said(said))
    except (flight.Malformed, flight.Refused, Closed):
        return
    assert found.version


@pytest.mark.parametrize("length", [0xFFFFFF, 0x3FFFFFFF & 0xFFFFFF, 300_000])
def test_a_certificate_announced_with_a_giant_length_ends_the_reading(length: int) -> None:
    message = _handshake(2, _HELLO) + b"\x16\x03\x03\x00\x08\x0b" + length.to_bytes(3, "big") + b"\x3f\xff\xff\x00"
    with pytest.raises(flight.Malformed):
        flight.read_flight(Said(message + bytes(9000)))


@_QUIET
@given(st.integers(0, 2000), st.integers(1, 255))
@example(15, 128)  # a negative serial number
def test_a_certificate_with_any_changed_byte_is_read_or_refused(der: bytes, at: int, change: int) -> None:
    changed = bytearray(der)
    changed[at % len(der)] ^= change
    found = parse(bytes(changed))
    if found is not None:
        assert describe(found).fingerprint


@_QUIET
@given(st.binary(max_size=400))
def test_garbage_is_no_certificate_and_no_response(garbage: bytes) -> None:
    assert parse(b"\x30" + garbage) is None


@_QUIET
@given(st.binary(max_size=300))
def test_a_garbled_ocsp_response_is_never_good(authority: Authority, der: bytes, garbage: bytes) -> None:
    leaf = x509.load_der_x509_certificate(der)
    assert stapled_status(garbage, leaf, [authority.certificate], datetime.now(UTC)) in (
        "absent",
        "unreadable",
        "unknown",
    )


def test_a_chain_in_a_loop_leads_nowhere(tmp_path: Path) -> None:
    one, two = Authority(tmp_path / "1", "A"), Authority(tmp_path / "2", "A")
    leaf = x509.load_pem_x509_certificate(one.leaf().with_suffix(".pem").read_bytes())
    sent = [one.certificate, two.certificate] * 20
    began = time.monotonic()
    assert not leads_to(leaf, sent, Anchors((two.certificate,)), datetime.now(UTC))
    assert time.monotonic() - began < 2


@_QUIET
@given(st.binary(max_size=300))
def test_no_acceptance_raises_anything_unforeseen(garbage: bytes) -> None:
    for body in (garbage, bytes(68) + garbage):
        try:
            pdu.accepted(body)
        except pdu.NotDicom:
            continue


@_QUIET
@given(st.integers(1, 7), st.binary(max_size=200), st.one_of(st.none(), st.integers(0, 2**32 - 1)))
def test_an_association_with_a_liar_ends_in_an_answer_or_a_reason(kind: int, body: bytes, length: int | None) -> None:
    first = struct.pack(">BBI", kind, 0, len(body) if length is None else length) + body
    good = accept_all(pdu.associate(association.proposal(association.Titles("A", "B")))[6:])
    for said in (first, good + first, good + first * 3):
        try:
            association.converse(Said(said), association.Titles("A", "B"), echo=True, find=True)
        except (pdu.NotDicom, Closed):
            continue


@_QUIET
@given(st.binary(max_size=300))
def test_no_http_answer_raises_anything_unforeseen(garbage: bytes) -> None:
    for said in (garbage, b"HTTP/1.1 200 OK\r\n" + garbage, b"HTTP/1.1 302 x\r\nLocation: " + garbage + b"\r\n\r\n"):
        try:
            answer = exchange.request(Said(said), "h", "/", cookies={}, body=None, most=65536)
            forms.find_form(forms.Page("/", answer, {}))
        except (exchange.NotHttp, Closed):
            continue


@_QUIET
@given(st.text(alphabet=st.sampled_from("<>/=\"' &#;!-[]formiputyeasword\n"), max_size=200))
def test_no_page_breaks_the_search_for_a_form(page: str) -> None:
    found = forms.find_form(forms.Page("/", exchange.Response(200, {}, page.encode()), {}))
    assert found is None or found.password_field


@_QUIET
@given(st.binary(max_size=200))
def test_no_hl7_answer_raises_anything_unforeseen(garbage: bytes) -> None:
    for said in (garbage, b"\x0b" + garbage + b"\x1c\r"):
        assert mllp.ask(lambda _, said=said: Said(said), datetime.now(UTC)).accepts_unknown in (None, True, False)


@pytest.mark.parametrize(
    ("name", "host", "covered"),
    [
        ("*.clinic.test", "pacs.clinic.test", True), ("*.clinic.test", "a.pacs.clinic.test", False),
        ("*.clinic.test", "clinic.test", False), ("*", "clinic", False), ("*.test", "clinic.test", False),
        ("p*.clinic.test", "pacs.clinic.test", False), ("PACS.Clinic.Test.", "pacs.clinic.test", True),
        ("xn--rntgen-wxa.test", "r\u00f6ntgen.test", True), ("r\u00f6ntgen.test", "xn--rntgen-wxa.test", True),
        ("*.10.0.0.1", "10.0.0.1", False), ("10.0.0.1", "10.0.0.1", True), ("::1", "0:0::1", True),
        ("10.0.0.2", "10.0.0.1", False), ("", "pacs.clinic.test", False),
    ],
)  # fmt: skip
def test_names_cover_a_host_as_rfc_9525_says(name: str, host: str, covered: bool) -> None:
    assert matches((name,), host) is covered


def _endless_head(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: " + b"x" * 4000 + b"\r\n")


def _endless_body(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<form>dcm4che")
    while True:
        connection.sendall(b"<p>" * 4000)


def _round(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"HTTP/1.1 302 x\r\nLocation: /dcm4chee-web3/\r\nContent-Length: 0\r\n\r\n")


def _endless_hl7(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(b"\x0bMSH|^~\\&|")
    while True:
        connection.sendall(b"A" * 8192)


def _dripping(connection: socket.socket) -> None:
    for _ in range(60):
        connection.sendall(b"H")
        time.sleep(0.3)


def _endless_pending(connection: socket.socket) -> None:
    request = connection.recv(65536)
    connection.sendall(accept_all(request[6:]))
    while True:
        connection.sendall(struct.pack(">BBIIBB", 4, 0, 12, 8, 1, 3) + b"\x00" * 6)


@pytest.mark.parametrize(
    ("kind", "handler"),
    [("http", _endless_head), ("http", _endless_body), ("http", _round), ("hl7", _endless_hl7), ("http", _dripping),
     ("dicom", _endless_pending), ("http+tls", _dripping), ("syslog+tls", raw.tarpit), ("hl7", raw.silent)],
)  # fmt: skip
def test_a_peer_without_end_ends_in_time_and_costs_no_other(
    audit: Callable[..., dict[str, Any]], tmp_path: Path, kind: str, handler: raw.Handler
) -> None:
    hostile, fair = raw.Server(0, handler), raw.Server(0, raw.http(lambda *_: (401, "text/plain", "")))
    listed = [
        {"host": "127.0.0.1", "port": server.port, "kind": what, "server_name": NAME}
        for server, what in ((hostile, kind), (fair, "http"))
    ]
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(json.dumps({"endpoints": listed}))
    began = time.monotonic()
    found = audit(inventory, try_defaults=True, answer=0.6, endpoint=4.0)
    seconds = time.monotonic() - began
    hostile.shutdown()
    fair.shutdown()
    assert seconds < 12
    assert found[f"127.0.0.1:{fair.port}"]["row"].disposition.complete
    row = found[f"127.0.0.1:{hostile.port}"]["row"]
    assert row.attributes["attempts"]
    assert row.disposition.complete or row.reason


def test_an_ipv6_address_is_looked_at_like_any_other(audit: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        port = server.getsockname()[1]
        inventory = tmp_path / "inventory.yaml"
        inventory.write_text(json.dumps({"endpoints": [{"host": "::1", "port": port, "kind": "http"}]}))
        found = audit(inventory, answer=0.4, endpoint=2.0)
    assert "in time" in found[f"[::1]:{port}"]["row"].reason


def test_a_record_longer_than_any_is_refused_before_it_is_read() -> None:
    with pytest.raises(flight.Malformed):
        flight.read_flight(Said(b"\x16\x03\x03\xff\xff" + bytes(70_000)))

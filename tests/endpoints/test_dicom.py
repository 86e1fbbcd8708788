"""What an association tells of a peer besides who may do what: limits, windows, and nothing where none was accepted."""

import json
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pynetdicom.acse import ACSE
from pynetdicom.pdu_primitives import UserIdentityNegotiation

from fixtures.endpoints import rawservers as raw
from fixtures.endpoints.crowd import accept_all
from fixtures.endpoints.dicomservers import CALLED, serve


@pytest.fixture
def look(audit: Callable[..., dict[str, Any]], tmp_path: Path) -> Callable[[int], dict[str, Any]]:
    def run(port: int) -> dict[str, Any]:
        inventory = tmp_path / "inventory.yaml"
        listed = {"host": "127.0.0.1", "port": port, "kind": "dicom", "called_ae": CALLED}
        inventory.write_text(json.dumps({"endpoints": [listed]}))
        found: dict[str, Any] = audit(inventory)[f"127.0.0.1:{port}"]
        return found

    return run


@pytest.mark.parametrize(
    ("limit", "window", "said", "told"),
    [(16384, (5, 3), "5/3", False), (16384, (0, 0), "0/0", True), (0, None, "", True), (16384, None, "", False)],
)
def test_the_asynchronous_window_and_the_largest_pdu_are_learnt(
    look: Callable[[int], dict[str, Any]], limit: int, window: tuple[int, int] | None, said: str, told: bool
) -> None:
    def handle(connection: socket.socket) -> None:
        request = connection.recv(65536)
        connection.sendall(accept_all(request[6:], limit, window if b"\x53\x00\x00\x04" in request else None))
        connection.recv(65536)

    server = raw.Server(0, handle)
    found = look(server.port)
    server.shutdown()
    assert found["facts"].values["max_pdu"] == limit
    assert found["facts"].values["async_window"] == said
    row = found["row"].attributes
    assert (row["max_pdu"], row.get("async_window", "")) == (str(limit), said)
    assert ("endpoints.dicom-no-limits" in found["rules"]) is told


def test_a_port_that_refuses_everybody_tells_no_limit(look: Callable[[int], dict[str, Any]]) -> None:
    server = serve(0, services=("echo",))
    found = look(server.server_address[1])
    server.shutdown()
    assert "max_pdu" in found["facts"].unknown
    assert "endpoints.dicom-no-limits" not in found["rules"]


def test_the_window_is_asked_for_once_and_in_no_other_association(look: Callable[[int], dict[str, Any]]) -> None:
    asked: list[bool] = []

    def handle(connection: socket.socket) -> None:
        request = connection.recv(65536)
        asked.append(b"\x53\x00\x00\x04" in request)
        connection.sendall(accept_all(request[6:]))
        connection.recv(65536)
        connection.sendall(struct.pack(">BBI", 6, 0, 4) + bytes(4))

    server = raw.Server(0, handle)
    look(server.port)
    server.shutdown()
    assert asked.count(True) == 1
    assert len(asked) >= 3


@pytest.mark.parametrize("answers", [True, False])
def test_user_identity_that_is_answered_is_told_from_one_that_is_ignored(
    look: Callable[[int], dict[str, Any]], monkeypatch: pytest.MonkeyPatch, answers: bool
) -> None:
    if answers:  # the library itself answers Kerberos, SAML and JWT only, where PS3.7 D.3.3.7.2 asks for all types
        answer = UserIdentityNegotiation()
        answer.server_response = b""
        monkeypatch.setattr(ACSE, "_check_user_identity", lambda _: (True, answer))
    server = serve(0, calling=False)
    found = look(server.server_address[1])
    server.shutdown()
    assert found["facts"].values["answers_user_identity"] is answers
    assert ("endpoints.user-identity-ignored" in found["rules"]) is not answers


def test_what_a_peer_says_of_itself_is_learnt(look: Callable[[int], dict[str, Any]]) -> None:
    server = serve(0, calling=False)
    server.ae.implementation_version_name = "NORTH_1"
    server.ae.implementation_class_uid = "1.2.826.0.1.3680043.2.1125.77"
    found = look(server.server_address[1])
    server.shutdown()
    values = found["facts"].values
    assert (values["implementation"], values["implementation_class"]) == ("NORTH_1", "1.2.826.0.1.3680043.2.1125.77")
    assert "1.2.840.10008.1.2" in values["transfer_syntaxes"]

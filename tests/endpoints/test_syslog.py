"""Syslog sinks: by UDP, TCP and TLS, with and without certificates, and nothing that any of them could keep."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from fixtures.endpoints import rawservers as raw
from fixtures.endpoints.dicomservers import secured
from fixtures.endpoints.pki import NAME, Authority

Audit = Callable[..., dict[str, Any]]


class Receiver:
    """A syslog receiver that keeps every whole frame, as rsyslog does; `context` puts it behind TLS."""

    def __init__(self, context: ssl.SSLContext | None = None, *, closes: bool = False) -> None:
        self.kept: list[bytes] = []
        self._context, self._closes = context, closes
        self.server = raw.Server(0, self._handle)
        self.port = self.server.port

    def _handle(self, connection: socket.socket) -> None:
        with self._context.wrap_socket(connection, server_side=True) if self._context else connection as stream:
            stream.settimeout(10)
            data = b""
            while piece := stream.recv(4096):
                data += piece
                if self._closes:
                    return
                size, space, rest = data.partition(b" ")
                if space and len(rest) >= int(size):
                    self.kept.append(rest[: int(size)])


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def datagrams() -> Iterator[tuple[int, list[bytes]]]:
    got: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def receive() -> None:
            with suppress(OSError):
                while True:
                    got.append(server.recv(4096))

        threading.Thread(target=receive, daemon=True).start()
        yield server.getsockname()[1], got


def _look(audit: Audit, folder: Path, port: int, kind: str, **options: Any) -> dict[str, Any]:
    inventory = folder / "inventory.yaml"
    listed = {"host": "127.0.0.1", "port": port, "kind": kind, "server_name": NAME}
    inventory.write_text(json.dumps({"endpoints": [listed]}))
    found: dict[str, Any] = audit(inventory, answer=1.5, **options)[f"127.0.0.1:{port}"]
    return found


@pytest.mark.parametrize(
    ("verify", "rule"),
    [(None, "client-auth-none"), (ssl.CERT_OPTIONAL, "client-auth-optional"), (ssl.CERT_REQUIRED, "")],
)
@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_sink_behind_tls_is_told_by_whom_it_lets_in(
    audit: Audit, tmp_path: Path, authority: Authority, verify: Any, rule: str, newest: ssl.TLSVersion
) -> None:
    ca = authority.ca if verify is not None else None
    sink = Receiver(secured(authority.leaf(), ca, verify=verify or ssl.CERT_NONE, newest=newest))
    found = _look(audit, tmp_path, sink.port, "syslog+tls")
    sink.server.shutdown()
    told = {each.removeprefix("endpoints.") for each in found["rules"]} & {
        "client-auth-none", "client-auth-optional", "plaintext-syslog", "syslog-closes"}  # fmt: skip
    assert told == ({rule} if rule else set())
    assert sink.kept == []


@pytest.mark.parametrize("kind", ["syslog", "syslog+tls"])
def test_a_sink_without_tls_is_plain_only_where_it_was_listed_so(audit: Audit, tmp_path: Path, kind: str) -> None:
    sink = Receiver()
    found = _look(audit, tmp_path, sink.port, kind)
    sink.server.shutdown()
    assert ("endpoints.plaintext-syslog" in found["rules"]) is (kind == "syslog")
    assert found["row"].disposition.complete is (kind == "syslog")
    assert sink.kept == []


def test_a_sink_that_is_listed_plain_and_speaks_tls_is_not_called_plain(
    audit: Audit, tmp_path: Path, authority: Authority
) -> None:
    sink = Receiver(secured(authority.leaf()))
    found = _look(audit, tmp_path, sink.port, "syslog")
    sink.server.shutdown()
    assert found["facts"].values["tls"] is True
    assert "endpoints.plaintext-syslog" not in found["rules"]


def test_a_sink_that_closes_at_a_frame_is_told(audit: Audit, tmp_path: Path) -> None:
    sink = Receiver(closes=True)
    found = _look(audit, tmp_path, sink.port, "syslog")
    sink.server.shutdown()
    assert "endpoints.syslog-closes" in found["rules"]


def test_udp_is_plain_where_it_is_open_and_nothing_is_left_behind(
    audit: Audit, tmp_path: Path, datagrams: tuple[int, list[bytes]]
) -> None:
    port, got = datagrams
    found = _look(audit, tmp_path, port, "syslog+udp")
    time.sleep(0.05)
    assert "endpoints.plaintext-syslog" in found["rules"]
    assert set(got) == {b""}


def test_a_closed_udp_port_is_not_passed(audit: Audit, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
    found = _look(audit, tmp_path, port, "syslog+udp")
    assert found["row"].reason == "the port is closed"
    assert not found["row"].disposition.complete

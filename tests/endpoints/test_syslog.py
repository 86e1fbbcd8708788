"""Syslog sinks: by UDP, TCP and TLS, with and without certificates, and nothing that any of them could keep."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
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


_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
_VERIFY = {"none": None, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}


class Sinks:
    """Every kind of sink, looked at in one run; `found` is by name, `kept` what any of them would have stored."""

    def __init__(self, folder: Path, audit: Audit) -> None:
        self._authority, self._folder = Authority(folder / "pki"), folder
        receivers = {name: (Receiver(context, closes=closes), kind) for name, context, closes, kind in self._made()}
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        gone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with udp, gone:
            for each in (udp, gone):
                each.bind(("127.0.0.1", 0))
            ports = {name: (receiver.port, kind) for name, (receiver, kind) in receivers.items()}
            ports |= {"udp": (udp.getsockname()[1], "syslog+udp"), "udp gone": (gone.getsockname()[1], "syslog+udp")}
            gone.close()
            self.found = self._look(audit, ports)
            udp.settimeout(2)
            self.datagram = udp.recv(4096)
        for receiver, _ in receivers.values():
            receiver.server.shutdown()
        self.kept = [frame for receiver, _ in receivers.values() for frame in receiver.kept]

    def _made(self) -> Iterator[tuple[str, ssl.SSLContext | None, bool, str]]:
        leaf = self._authority.leaf()
        for version, newest in _VERSIONS.items():
            for word, verify in _VERIFY.items():
                ca = self._authority.ca if verify is not None else None
                context = secured(leaf, ca, verify=verify or ssl.CERT_NONE, newest=newest)
                yield f"{word} {version}", context, False, "syslog+tls"
        yield "plain", None, False, "syslog"
        yield "plain listed with TLS", None, False, "syslog+tls"
        yield "TLS listed plain", secured(leaf), False, "syslog"
        yield "closes", None, True, "syslog"

    def _look(self, audit: Audit, ports: dict[str, tuple[int, str]]) -> dict[str, Any]:
        inventory = self._folder / "inventory.yaml"
        listed = [
            {"host": "127.0.0.1", "port": port, "kind": kind, "server_name": NAME} for port, kind in ports.values()
        ]
        inventory.write_text(json.dumps({"endpoints": listed}))
        told = audit(inventory, answer=1.5)
        return {name: told[f"127.0.0.1:{port}"] for name, (port, _) in ports.items()}


@pytest.fixture(scope="module")
def sinks(tmp_path_factory: pytest.TempPathFactory, audit: Audit) -> Sinks:
    return Sinks(tmp_path_factory.mktemp("sinks"), audit)


@pytest.mark.parametrize(("word", "rule"), [("none", "client-auth-none"), ("optional", "client-auth-optional"),
                                            ("required", "")])  # fmt: skip
@pytest.mark.parametrize("version", sorted(_VERSIONS))
def test_a_sink_behind_tls_is_told_by_whom_it_lets_in(sinks: Sinks, word: str, version: str, rule: str) -> None:
    told = {each.removeprefix("endpoints.") for each in sinks.found[f"{word} {version}"]["rules"]}
    told &= {"client-auth-none", "client-auth-optional", "plaintext-syslog", "syslog-closes"}
    assert told == ({rule} if rule else set())


def test_a_sink_without_tls_is_plain_only_where_it_was_listed_so(sinks: Sinks) -> None:
    plain, other = sinks.found["plain"], sinks.found["plain listed with TLS"]
    assert "endpoints.plaintext-syslog" in plain["rules"]
    assert plain["row"].disposition.complete
    assert "endpoints.plaintext-syslog" not in other["rules"]
    assert not other["row"].disposition.complete


def test_a_sink_that_is_listed_plain_and_speaks_tls_is_not_called_plain(sinks: Sinks) -> None:
    found = sinks.found["TLS listed plain"]
    assert found["facts"].values["tls"] is True
    assert "endpoints.plaintext-syslog" not in found["rules"]


def test_a_sink_that_closes_at_a_frame_is_told(sinks: Sinks) -> None:
    assert "endpoints.syslog-closes" in sinks.found["closes"]["rules"]


def test_udp_is_plain_where_it_is_open_and_a_closed_port_is_not_passed(sinks: Sinks) -> None:
    assert "endpoints.plaintext-syslog" in sinks.found["udp"]["rules"]
    assert sinks.found["udp gone"]["row"].reason == "the port is closed"
    assert not sinks.found["udp gone"]["row"].disposition.complete


def test_nothing_is_left_behind_that_a_sink_could_keep(sinks: Sinks) -> None:
    assert sinks.kept == []
    assert sinks.datagram == b""

"""Servers that are odd and legal: certificates asked for in TLS 1.3, names that decide, limits, reasons to reject."""

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.endpoints import rawservers as raw
from fixtures.endpoints.dicomservers import CALLED, KNOWN, secured
from fixtures.endpoints.pki import NAME, Authority

Answers = Callable[[str, str], tuple[int, str, str]]
TLS13 = ssl.TLSVersion.TLSv1_3
PLAIN = {"plaintext-dicom"}


def listing(*paths: str) -> Answers:
    """A server that lists patients at `paths` and knows nothing else."""
    return lambda path, _: (200, "application/json", '["a"]') if path in paths else (404, "text/plain", "no")


def asking(path: str, login: str) -> tuple[int, str, str]:
    return 401, "application/json", '[{"error": "log in"}]'


def rejecting(result: int, source: int, reason: int) -> raw.Handler:
    """An A-ASSOCIATE-RJ (PS3.8 9.3.4)."""

    def handle(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"\x03\x00\x00\x00\x00\x04\x00" + bytes([result, source, reason]))

    return handle


def bannered(text: bytes) -> raw.Handler:
    """A server of another kind, that speaks first."""

    def handle(connection: socket.socket) -> None:
        connection.sendall(text)
        connection.recv(4096)

    return handle


class OneAtATime:
    """Resets every connection but the first of those that are open at once."""

    def __init__(self, handler: raw.Handler) -> None:
        self._handler, self._place = handler, threading.Semaphore(1)

    def __call__(self, connection: socket.socket) -> None:
        if not self._place.acquire(blocking=False):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        try:
            self._handler(connection)
        finally:
            self._place.release()


def by_name(good: ssl.SSLContext, other: ssl.SSLContext) -> ssl.SSLContext:
    """The good context for its name, and an alert for any other."""

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        if name != NAME:
            return int(ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME)
        connection.context = good
        return None

    other.sni_callback = choose
    return other


def servers(authority: Authority) -> Iterator[tuple[str, str, raw.Handler, set[str] | None, bool]]:
    """Name, kind, handler, faults (None: cannot be judged), and whether our certificate is listed."""
    good, ca = authority.leaf("good"), authority.ca
    patients = raw.http(listing("/patients"), context=secured(good, ca, oldest=TLS13))
    optional = secured(good, ca, oldest=TLS13, verify=ssl.CERT_OPTIONAL)
    yield ("1.3 asked", "http+tls", raw.http(listing("/patients"), context=optional),
           {"tls-no-1.2", "client-auth-optional", "http-no-auth"}, False)  # fmt: skip
    yield "1.3 required", "http+tls", patients, {"tls-no-1.2"}, False
    yield "1.3 required, ours", "http+tls", patients, {"tls-no-1.2", "http-no-auth"}, True
    named = by_name(secured(good), secured(authority.leaf("wrong-host")))
    yield "by name", "http+tls", raw.http(asking, context=named), {"client-auth-none"}, False
    single = OneAtATime(raw.http(asking, context=secured(good, ca)))
    yield "one at a time", "http+tls", single, set(), False
    reasons = {"calling": (1, 1, 3), "called": (1, 1, 7), "none": (1, 1, 1), "congestion": (2, 3, 1)}
    for name, reason in reasons.items():
        yield f"rejects {name}", "dicom", rejecting(*reason), PLAIN, False
    for name, kind, banner in (
        ("smtp", "dicom", b"220 mail ESMTP\r\n"),
        ("ssh", "dicom+tls", b"SSH-2.0-OpenSSH_9.2\r\n"),
    ):
        yield name, kind, bannered(banner), None, False
    yield "page for all", "http", raw.http(lambda *_: (200, "text/html", "<html>")), {"plaintext-http"}, False
    yield "log-in", "http", raw.http(asking), {"plaintext-http"}, False
    for name, path in (
        ("below a prefix", "/orthanc/patients"),
        ("under its title", f"/dcm4chee-arc/aets/{CALLED}/rs/studies?limit=1"),
    ):
        yield name, "http", raw.http(listing(path)), {"plaintext-http", "http-no-auth"}, False


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, audit: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("odd")
    authority = Authority(folder / "pki")
    client = authority.leaf("client")
    planted = list(servers(authority))
    running = [raw.Server(0, handler) for _, _, handler, _, _ in planted]
    endpoints = [
        {"host": "127.0.0.1", "port": server.port, "kind": kind, "server_name": NAME, "called_ae": CALLED,
         "known_calling_ae": KNOWN, "client_certificate": ours}
        for server, (_, kind, _, _, ours) in zip(running, planted, strict=True)
    ]  # fmt: skip
    inventory = folder / "inventory.yaml"
    identity = {"client_certificate": f"{client}.pem", "client_key": f"{client}.key", "ca": str(authority.ca)}
    inventory.write_text(json.dumps({"endpoints": endpoints, **identity}))
    told = audit(inventory)
    for server in running:
        server.shutdown()
    return {
        name: (told[f"127.0.0.1:{server.port}"], faults)
        for server, (name, _, _, faults, _) in zip(running, planted, strict=True)
    }


def test_each_has_exactly_its_faults(found: dict[str, Any]) -> None:
    wrong = {
        name: (sorted(faults - told["faults"]), sorted(told["faults"] - faults), told["row"].reason)
        for name, (told, faults) in found.items()
        if faults is not None and told["faults"] != faults
    }
    assert not wrong


def test_what_speaks_another_language_cannot_be_judged_and_passes_nothing(found: dict[str, Any]) -> None:
    others = {name: told for name, (told, faults) in found.items() if faults is None}
    assert {name: told["row"].disposition.name for name, told in others.items()} == dict.fromkeys(others, "UNREADABLE")
    assert not any(told["faults"] for told in others.values())


def test_a_rejection_tells_what_its_reason_tells(found: dict[str, Any]) -> None:
    known = {name: told["facts"].values.get("accepts_unknown_calling") for name, (told, _) in found.items()}
    assert {name: known[f"rejects {name}"] for name in ("calling", "called", "none", "congestion")} == {
        "calling": False, "called": None, "none": None, "congestion": None,
    }  # fmt: skip
    assert "time being" in found["rejects congestion"][0]["facts"].unknown["accepts_unknown_calling"]

"""Servers that speak only what today's libraries have left out: what is spoken inside is looked at all the same."""

import json
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.endpoints.gate import Gate
from auditor.endpoints.tls import hello
from auditor.endpoints.tls.oldkeys import recipe
from auditor.endpoints.tls.oldsession import open_by_hand
from auditor.endpoints.tls.session import Denied, Identity
from auditor.endpoints.tls.suites import all_suites, by_number
from auditor.endpoints.wire import Address, Closed
from fixtures.endpoints import rawservers as raw
from fixtures.endpoints.crowd import dicom
from fixtures.endpoints.pki import NAME, Authority

_OPEN = {"ae-any-calling", "ae-any-called", "anon-echo", "anon-get", "anon-move", "anon-store", "storage-any-sop"}
_OLD: list[tuple[str, dict[str, Any]]] = [
    ("SSL 3.0, RC4", {"oldest": (3, 0), "newest": (3, 0), "ciphers": ["rc4"]}),
    ("SSL 3.0, 3DES", {"oldest": (3, 0), "newest": (3, 0), "ciphers": ["3des"]}),
    ("SSL 3.0, AES", {"oldest": (3, 0), "newest": (3, 0), "ciphers": ["aes256"], "exchanges": ["rsa"]}),
    ("SSL 3.0, ephemeral", {"oldest": (3, 0), "newest": (3, 0), "ciphers": ["aes128"], "exchanges": ["dhe_rsa"]}),
    ("TLS 1.0, 3DES", {"oldest": (3, 1), "newest": (3, 1), "ciphers": ["3des"], "exchanges": ["ecdhe_rsa"]}),
    ("TLS 1.1, 3DES", {"oldest": (3, 2), "newest": (3, 2), "ciphers": ["3des"], "exchanges": ["dhe_rsa"]}),
    ("TLS 1.2, RC4", {"ciphers": ["rc4"], "exchanges": ["rsa"]}),
    ("TLS 1.2, 3DES, asks", {"ciphers": ["3des"], "exchanges": ["rsa"], "ask": True}),
    ("SSL 3.0, asks", {"oldest": (3, 0), "newest": (3, 0), "ciphers": ["rc4"], "ask": True}),
]
# 3DES in Python, many servers in one process: on a busy machine an answer takes its time.
_PATIENT = {"answer": 30.0, "endpoint": 180.0}
_DEMANDING: list[tuple[str, dict[str, Any]]] = [
    ("SSL 3.0, RC4", {"oldest": (3, 0), "newest": (3, 0), "ciphers": ["rc4"]}),
    ("TLS 1.0, 3DES", {"oldest": (3, 1), "newest": (3, 1), "ciphers": ["3des"]}),
    ("TLS 1.1, RC4", {"oldest": (3, 2), "newest": (3, 2), "ciphers": ["rc4"], "exchanges": ["rsa"]}),
    ("TLS 1.2, 3DES", {"ciphers": ["3des"], "exchanges": ["dhe_rsa"]}),
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, audit: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("old")
    leaf = Authority(folder / "pki").leaf("rsa")
    servers = {name: raw.Server(0, raw.old_tls(leaf, inside=dicom, **how)) for name, how in _OLD}
    inventory = folder / "inventory.yaml"
    listed = [
        {"host": "127.0.0.1", "port": server.port, "kind": "dicom+tls", "server_name": NAME}
        for server in servers.values()
    ]
    inventory.write_text(json.dumps({"endpoints": listed}))
    told = audit(inventory, **_PATIENT)
    for server in servers.values():
        server.shutdown()
    return {name: told[f"127.0.0.1:{server.port}"] for name, server in servers.items()}


@pytest.mark.parametrize("name", [name for name, _ in _OLD])
def test_an_open_archive_behind_old_tls_is_found_open(found: dict[str, Any], name: str) -> None:
    assert found[name]["faults"] >= _OPEN, found[name]["row"]
    asked = "client-auth-optional" if "asks" in name else "client-auth-none"
    assert asked in found[name]["faults"]


@pytest.fixture(scope="module")
def demanding(tmp_path_factory: pytest.TempPathFactory, audit: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Servers that let nobody in without a certificate, each listed without and with ours."""
    folder = tmp_path_factory.mktemp("demanding")
    authority = Authority(folder / "pki")
    leaf, client = authority.leaf("rsa"), authority.leaf("client-rsa")
    told: dict[str, Any] = {}
    for name, how in _DEMANDING:
        server = raw.Server(0, raw.old_tls(leaf, inside=dicom, demand=True, **how))
        for ours in (False, True):
            inventory = folder / "inventory.yaml"
            listed = {"host": "127.0.0.1", "port": server.port, "kind": "dicom+tls", "client_certificate": ours}
            identity = {
                "client_certificate": str(client.with_suffix(".pem")),
                "client_key": str(client.with_suffix(".key")),
            }
            inventory.write_text(json.dumps({"endpoints": [listed], **identity}))
            told[f"{name}, {'with' if ours else 'without'} ours"] = audit(inventory, **_PATIENT)[
                f"127.0.0.1:{server.port}"
            ]
        server.shutdown()
    return told


@pytest.mark.parametrize("name", [name for name, _ in _DEMANDING])
def test_an_old_server_that_demands_a_certificate_is_judged_so_and_opened_with_ours(
    demanding: dict[str, Any], name: str
) -> None:
    closed, opened = demanding[f"{name}, without ours"], demanding[f"{name}, with ours"]
    assert closed["facts"].values["client_auth"] == opened["facts"].values["client_auth"] == "required"
    assert not closed["faults"] & _OPEN
    assert "client certificate is required" in closed["facts"].unknown["anonymous_echo"]
    assert opened["faults"] >= _OPEN, opened["row"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", ["client-rsa", "client"])
@pytest.mark.parametrize("version", [hello.TLS10, hello.TLS11, hello.TLS12])
def test_a_certificate_shown_by_hand_is_taken_by_openssl(tmp_path: Path, version: int, kind: str) -> None:
    authority = Authority(tmp_path / "pki")
    leaf, client = authority.leaf("rsa"), authority.leaf(kind)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-SHA:@SECLEVEL=0")
    context.load_cert_chain(leaf.with_suffix(".pem"), leaf.with_suffix(".key"))
    context.load_verify_locations(authority.ca)
    context.verify_mode = ssl.CERT_REQUIRED

    def handle(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.sendall(b"in")

    server = raw.Server(0, handle)
    identity = Identity(str(client.with_suffix(".pem")), str(client.with_suffix(".key")))
    address = Address("127.0.0.1", server.port, NAME, 5.0, Gate(4, 0.0), time.monotonic() + 20)
    with open_by_hand(address, "test", version, by_number()[0x002F], identity) as stream:
        assert stream.some(10) == b"in"
    with pytest.raises((Denied, Closed)):
        open_by_hand(address, "test", version, by_number()[0x002F])
    server.shutdown()


def test_only_suites_without_a_static_key_exchange_but_rsa_are_spoken_by_hand() -> None:
    spoken = {suite.name for suite in all_suites() if recipe(suite) is not None}
    assert {"TLS_RSA_WITH_RC4_128_MD5", "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_DH_anon_WITH_RC4_128_MD5"} <= spoken
    assert not any("GCM" in name or "_NULL_" in name or "_DH_RSA_" in name or "EXPORT" in name for name in spoken)


def test_a_version_met_by_a_closed_door_while_the_server_is_busy_is_found_all_the_same(
    audit: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    leaf = Authority(tmp_path / "pki").leaf("rsa")
    server = raw.Server(0, raw.busy(raw.old_tls(leaf, oldest=(3, 1), inside=dicom), version=(3, 1), seconds=2.5))
    inventory = tmp_path / "inventory.yaml"
    listed = [{"host": "127.0.0.1", "port": server.port, "kind": "dicom+tls", "server_name": NAME}]
    inventory.write_text(json.dumps({"endpoints": listed}))
    found = audit(inventory, **_PATIENT)[f"127.0.0.1:{server.port}"]
    server.shutdown()
    assert {"tls-1.0", "tls-1.1"} <= found["faults"], found["row"]

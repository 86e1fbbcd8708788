"""What a first flight tells beside version and suite: compression (RFC 3749) and secure renegotiation (RFC 5746)."""

import json
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from fixtures.endpoints import rawservers as raw
from fixtures.endpoints.pki import NAME, Authority

_SUITE = b"\x00\x2f"  # TLS_RSA_WITH_AES_128_CBC_SHA
_TLS13_OFFERED = b"\x00\x2b\x00\x03\x02\x03\x04"
_SECURE = b"\xff\x01\x00\x01\x00"
RULES = {"endpoints.tls-compression", "endpoints.tls-renegotiation"}


def _answering(der: bytes, method: int, extensions: bytes) -> raw.Handler:
    """TLS 1.2 up to the end of the first flight with one suite, and an alert for everything else."""
    chosen = b"\x03\x03" + bytes(range(32)) + b"\x00" + _SUITE + bytes([method])
    chosen += struct.pack(">H", len(extensions)) + extensions if extensions else b""
    listed = len(der).to_bytes(3, "big") + der
    flight = ((2, chosen), (11, len(listed).to_bytes(3, "big") + listed), (14, b""))
    said = b"".join(bytes([kind]) + len(body).to_bytes(3, "big") + body for kind, body in flight)

    def handle(connection: socket.socket) -> None:
        asked = connection.recv(4096)
        if asked[9:11] == b"\x03\x03" and _SUITE in asked and _TLS13_OFFERED not in asked:
            connection.sendall(b"\x16\x03\x03" + struct.pack(">H", len(said)) + said)
            connection.recv(4096)
        else:
            connection.sendall(b"\x15\x03\x01\x00\x02\x02\x28")

    return handle


@pytest.mark.parametrize(
    ("method", "extensions", "told"),
    [(0, _SECURE, set()), (1, _SECURE, {"endpoints.tls-compression"}), (0, b"", {"endpoints.tls-renegotiation"})],
)
def test_compression_and_renegotiation_are_told_apart_by_the_answer_of_the_server(
    audit: Callable[..., dict[str, Any]], tmp_path: Path, method: int, extensions: bytes, told: set[str]
) -> None:
    leaf = x509.load_pem_x509_certificate(Authority(tmp_path / "pki").leaf("rsa").with_suffix(".pem").read_bytes())
    server = raw.Server(0, _answering(leaf.public_bytes(Encoding.DER), method, extensions))
    listed = [{"host": "127.0.0.1", "port": server.port, "kind": "dicom+tls", "server_name": NAME}]
    (tmp_path / "inventory.yaml").write_text(json.dumps({"endpoints": listed}))
    found = audit(tmp_path / "inventory.yaml")[f"127.0.0.1:{server.port}"]
    server.shutdown()
    assert found["facts"].values["tls_versions"] == ("TLS 1.2",)
    assert found["rules"] & RULES == told

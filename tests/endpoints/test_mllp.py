"""HL7 over MLLP against a real asyncio peer: who is accepted, in the clear and behind TLS, and nothing is created."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.endpoints import rawservers as raw
from fixtures.endpoints.crowd import inside
from fixtures.endpoints.dicomservers import secured
from fixtures.endpoints.pki import NAME, Authority

_KNOWN = "RIS"


class Engine:
    """An interface engine: parses each message, knows its senders or takes any, answers by its `style`."""

    def __init__(self, style: str) -> None:
        self.style, self.messages = style, list[list[list[str]]]()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        self._ready.wait(5)

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._end.wait()
        server.close()

    def close(self) -> None:
        """Stop."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(5)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                raw = await reader.readuntil(b"\x1c\r")
                message = [line.split("|") for line in raw.strip(b"\x0b\x1c\r").decode().split("\r")]
                self.messages.append(message)
                writer.write(self._answer(message))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    def _answer(self, message: list[list[str]]) -> bytes:
        code = "AA" if self.style != "knows" or message[0][2] == _KNOWN else "AR"
        code = "CA" if self.style == "enhanced" else code
        lines = [f"MSH|^~\\&|PACS|WEST|{message[0][2]}|X|20260504||RSP^K22|9|P|2.5", f"MSA|{code}|{message[0][9]}"]
        text = ("\r\n" if self.style == "windows" else "\r").join(lines) + "\r"
        if self.style == "separator":
            text = text.replace("|", "!")
        if self.style == "silent on acknowledgement":
            text = lines[0] + "\r"
        return b"\x0b" + text.encode() + b"\x1c\r"


@pytest.fixture
def engine() -> Iterator[Callable[..., Engine]]:
    made: list[Engine] = []

    def make(*how: Any) -> Engine:
        made.append(Engine(*how))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def look(audit: Callable[..., dict[str, Any]], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def run(port: int, kind: str) -> dict[str, Any]:
        inventory = tmp_path / "inventory.yaml"
        inventory.write_text(json.dumps({"endpoints": [{"host": "127.0.0.1", "port": port, "kind": kind}]}))
        found: dict[str, Any] = audit(inventory, answer=2.0)[f"127.0.0.1:{port}"]
        return found

    return run


@pytest.mark.parametrize(
    ("style", "told"),
    [("any", True), ("enhanced", True), ("windows", True), ("separator", True), ("knows", False),
     ("silent on acknowledgement", False)],
)  # fmt: skip
def test_an_engine_that_takes_any_sender_is_told_and_one_that_knows_its_senders_is_not(
    engine: Callable[..., Engine], look: Callable[..., dict[str, Any]], style: str, told: bool
) -> None:
    peer = engine(style)
    found = look(peer.port, "hl7")
    assert ("endpoints.hl7-any-sender" in found["rules"]) is told
    assert "endpoints.plaintext-hl7" in found["rules"]


def test_only_a_query_is_sent_and_no_message_that_creates_anything(
    engine: Callable[..., Engine], look: Callable[..., dict[str, Any]]
) -> None:
    peer = engine("any")
    look(peer.port, "hl7")
    assert {message[0][8] for message in peer.messages} == {"QBP^Q22^QBP_Q21"}
    assert all(segment[0] in ("MSH", "QPD", "RCP", "") for message in peer.messages for segment in message)


def test_behind_mutual_tls_the_engine_is_asked_with_our_certificate_and_said_unknown_without(
    audit: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    authority = Authority(tmp_path / "pki")
    client = authority.leaf("client")
    servers = [raw.Server(0, inside(secured(authority.leaf(), authority.ca), _takes_any)) for _ in range(2)]
    listed = [
        {"host": "127.0.0.1", "port": each.port, "kind": "hl7+tls", "server_name": NAME, "client_certificate": ours}
        for each, ours in zip(servers, (True, False), strict=True)
    ]
    files = {"client_certificate": str(client.with_suffix(".pem")), "client_key": str(client.with_suffix(".key"))}
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(json.dumps({"endpoints": listed, **files}))
    told = audit(inventory, answer=2.0)
    for each in servers:
        each.shutdown()
    ours, without = (told[f"127.0.0.1:{each.port}"] for each in servers)
    assert "endpoints.hl7-any-sender" in ours["rules"]
    assert "endpoints.plaintext-hl7" not in ours["rules"]
    assert "client certificate is required" in without["facts"].unknown["accepts_unknown_sender"]


def _takes_any(stream: Any) -> None:
    stream.recv(4096)
    stream.sendall(b"\x0bMSH|^~\\&|A|B|C|D|1||ACK|1|P|2.5\rMSA|AA|1\r\x1c\r")


def test_a_peer_that_frames_something_else_is_not_taken_for_hl7(look: Callable[..., dict[str, Any]]) -> None:
    def handle(connection: Any) -> None:
        connection.recv(4096)
        connection.sendall(b"\x0bhello\x1c\r")

    server = raw.Server(0, handle)
    found = look(server.port, "hl7")
    server.shutdown()
    assert "not HL7" in found["row"].reason

"""The receiver: what was acknowledged is on disk, after kill -9 too, and no byte can be changed unnoticed."""

import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.errors import StoreError
from auditor.trail.formats import octets
from auditor.trail.receiver.chain import LONGEST, ChainStore, whole_frames
from auditor.trail.receiver.proof import verify
from auditor.trail.receiver.server import Receiver, tls_context
from auditor.trail.schema import Sink
from tests.trail.hospital import message
from tests.trail.test_bad_days import counted, readings

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
FRAME = b"11 <85>1 hello"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "c.pem", folder / "k.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=localhost",
    ]
    subprocess.run([*command, "-days", "2", "-keyout", key, "-out", cert], check=True, capture_output=True, timeout=60)
    return cert, key


def client(pair: tuple[Path, Path], *, shows: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if shows:
        context.load_cert_chain(*pair)
    return context


def send(port: int, context: ssl.SSLContext, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as raw, context.wrap_socket(raw) as secure:
        secure.sendall(data)
        secure.unwrap().close()


def test_messages_of_a_client_with_a_certificate_are_stored_and_datagrams_too(
    tmp_path: Path, pair: tuple[Path, Path]
) -> None:
    receiver = Receiver(tmp_path / "s", tls_context(*pair, pair[0]), "127.0.0.1", 0, 0)
    receiver.start()
    send(receiver.port, client(pair, shows=True), FRAME * 500)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(b"<85>1 hello", ("127.0.0.1", receiver.udp_port))
    for _ in range(100):
        if receiver.writer.counters.messages == 501:
            break
        time.sleep(0.05)
    receiver.stop()

    assert verify(tmp_path / "s").messages == 501
    assert oct((tmp_path / "s" / "audit-000001.syslog").stat().st_mode)[-3:] == "600"


def test_a_client_without_a_certificate_is_refused(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    receiver = Receiver(tmp_path / "s", tls_context(*pair, pair[0]), "127.0.0.1", 0)
    receiver.start()
    with contextlib.suppress(OSError):
        send(receiver.port, client(pair, shows=False), FRAME)
    receiver.stop()

    assert verify(tmp_path / "s").messages == 0


def test_nothing_acknowledged_is_lost_when_the_command_is_killed_and_started_again(
    tmp_path: Path, pair: tuple[Path, Path]
) -> None:
    store = [sys.executable, "-m", "auditor", "trail", "receive", "--into", tmp_path / "s"]
    command = [*store, "--host", "127.0.0.1", "--port", "0"]
    command += ["--certificate", pair[0], "--key", pair[1]]
    text = f"<85>1 2026-03-04T05:06:07Z h EHR 1 - - {message(AT, 'EHR', '110103', 'anna', patient='7')}".encode()
    frame, acknowledged = b"%d %s" % (len(text), text), 0
    for _ in range(3):
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            told = process.stderr.readline()
            port = int(told.split("port ")[1].split(";")[0])
            for _ in range(3):
                send(port, client(pair, shows=False), frame * 200)
                acknowledged += 200
            raw = socket.create_connection(("127.0.0.1", port), timeout=20)
            with raw, client(pair, shows=False).wrap_socket(raw) as secure:
                secure.sendall(frame * 50 + frame[:5])
                os.kill(process.pid, signal.SIGKILL)

    ChainStore(tmp_path / "s").close()
    stored = verify(tmp_path / "s").messages
    sink = Sink()
    octets.parse((file.read_bytes() for file in sorted((tmp_path / "s").glob("*.syslog"))), sink)
    assert acknowledged <= stored <= acknowledged + 3 * 50
    assert (sink.tally.events, sink.tally.rejections) == (stored, 0)
    checked = subprocess.run([*store, "--verify"], check=True, capture_output=True, text=True, timeout=60)
    assert checked.stdout.startswith(f"{stored} messages in ")


def test_whole_frames_behind_the_last_link_are_saved_and_the_rest_is_cut_off(tmp_path: Path) -> None:
    store = ChainStore(tmp_path)
    store.append([FRAME, FRAME * 2], 3)
    store.close()
    with (tmp_path / "audit-000001.syslog").open("ab") as stream:
        stream.write(FRAME * 2 + b"99 half")
    again = ChainStore(tmp_path)
    again.append([FRAME], 1)
    again.close()

    assert again.recovered == 2
    assert (verify(tmp_path).batches, verify(tmp_path).messages) == (3, 6)


def test_whole_messages_of_a_connection_that_breaks_off_are_stored(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    receiver = Receiver(tmp_path / "s", tls_context(*pair, None), "127.0.0.1", 0)
    receiver.start()
    address = ("127.0.0.1", receiver.port)
    with socket.create_connection(address, timeout=20) as raw, client(pair, shows=False).wrap_socket(raw) as secure:
        secure.sendall(FRAME * 40 + FRAME[:6])
        secure.shutdown(socket.SHUT_RDWR)
    for _ in range(200):
        if receiver.writer.counters.broken:
            break
        time.sleep(0.05)
    receiver.stop()

    assert receiver.writer.counters.broken == 1
    assert verify(tmp_path / "s").messages == 40


def test_one_changed_byte_breaks_the_chain(tmp_path: Path) -> None:
    store = ChainStore(tmp_path)
    for _ in range(3):
        store.append([FRAME * 2], 2)
    store.close()
    file = tmp_path / "audit-000001.syslog"
    data = file.read_bytes()
    for place in range(0, len(data), 7):
        file.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(StoreError):
            verify(tmp_path)


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "audit-000001.syslog").unlink(),
        lambda folder: (folder / "chain.jsonl").unlink(),
        lambda folder: (folder / "chain.jsonl").write_bytes(b"{}\n"),
        lambda folder: (folder / "chain.jsonl").write_bytes(
            b"".join((folder / "chain.jsonl").read_bytes().splitlines(keepends=True)[1:])
        ),
        lambda folder: (folder / "audit-000001.syslog").write_bytes(FRAME * 7),
        lambda folder: os.truncate(folder / "audit-000001.syslog", 3 * len(FRAME)),
        lambda folder: (folder / "audit-000002.syslog").write_bytes(FRAME),
    ],
    ids=["segment gone", "chain gone", "no link", "first link gone", "more bytes", "fewer bytes", "more segments"],
)
def test_nothing_can_be_added_taken_away_or_cut_off_before_the_last_link(
    tmp_path: Path, harm: Callable[[Path], object]
) -> None:
    store = ChainStore(tmp_path)
    for _ in range(3):
        store.append([FRAME * 2], 2)
    store.close()
    assert verify(tmp_path).messages == 6

    harm(tmp_path)

    with pytest.raises(StoreError):
        verify(tmp_path)


def test_a_store_in_use_is_whole_though_its_last_batch_is_not_linked_yet(tmp_path: Path) -> None:
    store = ChainStore(tmp_path)
    store.append([FRAME], 1)
    with (tmp_path / "audit-000001.syslog").open("ab") as stream:
        stream.write(FRAME)

    assert verify(tmp_path).messages == 1
    store.close()
    with pytest.raises(StoreError, match="not as they were stored"):
        verify(tmp_path)


def test_a_search_reads_a_store_without_its_books_and_tells_when_it_was_changed(tmp_path: Path) -> None:
    store = ChainStore(tmp_path / "logs")
    text = f"<85>1 2026-03-04T05:06:07Z h EHR 1 - - {message(AT, 'EHR', '110103', 'anna', patient='7')}".encode()
    store.append([b"%d %s" % (len(text), text)] * 3, 3)
    store.close()
    (whole,) = readings(tmp_path)
    segment = tmp_path / "logs" / "audit-000001.syslog"
    segment.write_bytes(segment.read_bytes().replace(b"anna", b"bert", 1))
    (changed,) = readings(tmp_path)

    assert counted(whole)["events"] == "3"
    assert whole.facts[0].values.get("log_changed") is None
    assert changed.facts[0].values["log_changed"] is True


def test_two_receivers_on_one_store_are_one_too_many(tmp_path: Path) -> None:
    store = ChainStore(tmp_path)
    with pytest.raises(StoreError):
        ChainStore(tmp_path)
    store.close()


def test_frames_out_of_bounds_are_no_frames() -> None:
    assert whole_frames(FRAME + b"5 ab", 18) == (len(FRAME), 1)
    assert whole_frames(FRAME + b"5 abcde", 18) == (len(FRAME), 1)
    for bad in (b"hello", b"99999999 x", b"0 x"):
        with pytest.raises(ValueError, match="octet count"):
            whole_frames(bad, len(bad))


def test_long_messages_and_messages_in_many_pieces_are_stored_whole(tmp_path: Path, pair: tuple[Path, Path]) -> None:
    texts = [b"<85>1 " + b"x" * size for size in (1, 70_000, LONGEST - 6, 5, LONGEST - 6, 300_000)]
    frames = b"".join(b"%d %s" % (len(text), text) for text in texts * 2)
    receiver = Receiver(tmp_path / "s", tls_context(*pair, None), "127.0.0.1", 0)
    receiver.start()
    address = ("127.0.0.1", receiver.port)
    with socket.create_connection(address, timeout=20) as raw, client(pair, shows=False).wrap_socket(raw) as secure:
        for place in range(0, len(frames), 333_333):
            secure.sendall(frames[place : place + 333_333])
            time.sleep(0.01)
        secure.unwrap().close()
    receiver.stop()

    assert verify(tmp_path / "s").messages == 12
    assert (tmp_path / "s" / "audit-000001.syslog").read_bytes() == frames

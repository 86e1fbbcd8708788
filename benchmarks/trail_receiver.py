"""How fast the receiver takes messages, as a share of a bare asyncio TLS sink: trail_receiver.py [N] [ROUNDS]

Both take the same N messages from the same sender over TLS on loopback, one after the other in every round, so that
what else the machine does meets both; the median and the range of the rounds are told. The receiver's time ends when
the close of the connection is answered, that is, when every message is on disk and linked.
"""

import asyncio
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from auditor.trail.receiver.proof import verify
from auditor.trail.receiver.server import Receiver, tls_context

BODY = (
    b'<85>1 2026-01-02T03:04:05.678Z host APP 1 IHE+RFC-3881 [m sequenceId="%d"] <AuditMessage>'
    + b"x" * 1000
    + b"</AuditMessage>"
)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for this run."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", key, "-out", cert], check=True, capture_output=True, timeout=60)
    return cert, key


def send(port: int, data: bytes) -> float:
    """Send everything and close in order; seconds until the close is answered."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), timeout=120) as raw:
        secure = context.wrap_socket(raw)
        start = time.perf_counter()
        secure.sendall(data)
        secure.unwrap()
        return time.perf_counter() - start


def bare(cert: Path, key: Path, data: bytes) -> float:
    """Seconds a bare asyncio sink takes."""
    ready: list[int] = []

    async def sink(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1 << 16):
            pass
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(sink, "127.0.0.1", 0, ssl=tls_context(cert, key, None))
        ready.append(server.sockets[0].getsockname()[1])
        async with server:
            await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
    while not ready:
        time.sleep(0.01)
    return send(ready[0], data)


def ours(folder: Path, cert: Path, key: Path, data: bytes) -> tuple[float, int, int]:
    """Seconds the receiver takes; batches and messages on disk as the chain has them."""
    receiver = Receiver(folder, tls_context(cert, key, None), "127.0.0.1", 0)
    receiver.start()
    seconds = send(receiver.port, data)
    receiver.stop()
    proof = verify(folder)
    return seconds, proof.batches, proof.messages


def main(count: int, rounds: int) -> None:
    """Print rates and their ratio, round by round, and the median."""
    frames = b"".join(str(len(m)).encode() + b" " + m for m in (BODY % number for number in range(count)))
    ratios = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cert, key = certificate(folder)
        for number in range(rounds):
            sink = bare(cert, key, frames)
            took, batches, stored = ours(folder / f"store{number}", cert, key, frames)
            if stored != count:
                raise SystemExit(f"{count} messages sent, {stored} on disk")
            ratios.append(sink / took)
            print(
                f"bare sink {count / sink:,.0f}/s; receiver {count / took:,.0f}/s, {stored} messages on disk in "
                f"{batches} batches; ratio {ratios[-1]:.2f}"
            )
    middle = statistics.median(ratios)
    print(f"ratio {middle:.2f}, {min(ratios):.2f} to {max(ratios):.2f} in {rounds} rounds (to reach: at least 0.33)")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]] + [100_000, 7][len(sys.argv) - 1 :]
    main(*given[:2])

"""How fast the receiver takes messages, as a share of a bare asyncio TLS sink in the same run: trail_receiver.py [N]

Both take the same messages from the same sender over TLS on loopback. The receiver's time ends when the close of the
connection is answered, that is, when every message is on disk and linked.
"""

import asyncio
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from auditor.trail.receiver.chain import verify
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


def main(count: int) -> None:
    """Print rates and their ratio."""
    frames = b"".join(str(len(m)).encode() + b" " + m for m in (BODY % number for number in range(count)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cert, key = certificate(folder)
        sink = bare(cert, key, frames)
        receiver = Receiver(folder / "store", tls_context(cert, key, None), "127.0.0.1", 0)
        receiver.start()
        ours = send(receiver.port, frames)
        receiver.stop()
        stored = verify(folder / "store")
    print(
        f"bare sink {count / sink:,.0f}/s; receiver {count / ours:,.0f}/s, {stored[1]} "
        f"messages on disk in {stored[0]} batches"
    )
    print(f"ratio {sink / ours:.2f} (to reach: at least 0.33)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)

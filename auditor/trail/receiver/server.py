"""The receiver: TLS and UDP in front, one writer thread behind, and nobody told before the disk has it.

Syslog over TLS has no acknowledgement of its own (RFC 5425). Here a connection that is closed in order gets its
close answered only when all it sent is on disk, and a sender that is faster than the disk is held back.
"""

import contextlib
import select
import socket
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import AuditorError, ConfigError
from auditor.trail.receiver.chain import LONGEST, ChainStore, whole_frames

HELD = 32 << 20
IDLE_SECONDS = 3600.0
HANDSHAKE_SECONDS = 20.0
CONNECTIONS = 512
_READ = 1 << 20
_COUNT = 9
"""Octets of the longest count, with its space."""


@dataclass(slots=True)
class Counters:
    """What came in: messages and bytes on disk, connections, and streams that broke off or broke the framing."""

    messages: int = 0
    bytes: int = 0
    connections: int = 0
    broken: int = 0
    saved: int = 0


def tls_context(certificate: Path, key: Path, clients: Path | None) -> ssl.SSLContext:
    """A server context of TLS 1.2 and later; with `clients`, only certificates of that CA get in. Raises
    ConfigError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
        if clients is not None:
            context.load_verify_locations(clients)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            "the receiver's certificates cannot be used", right="PEM files: certificate, its key, CA of the clients"
        ) from error
    return context


class Writer(threading.Thread):
    """The one that writes: takes whole frames of all connections and puts them on disk batch by batch."""

    def __init__(self, store: ChainStore) -> None:
        super().__init__(name="writer", daemon=True)
        self.counters = Counters(saved=store.recovered)
        self.failure: AuditorError | None = None
        self._store = store
        self._changed = threading.Condition()
        self._pending: list[bytes] = []
        self._messages = 0
        self._taken = self._stored = 0
        self._ending = False

    def put(self, frames: bytes, messages: int) -> int:
        """Take whole frames, waiting while too much is held; the number to wait for until they are on disk."""
        with self._changed:
            self._changed.wait_for(lambda: self._taken - self._stored < HELD or self.failure)
            self._pending.append(frames)
            self._messages += messages
            self._taken += len(frames)
            self._changed.notify_all()
            return self._taken

    def on_disk(self, number: int) -> bool:
        """Wait until everything up to `number` is on disk; False when the disk failed."""
        with self._changed:
            self._changed.wait_for(lambda: self._stored >= number or self.failure)
            return self.failure is None

    def end(self) -> None:
        """Write what is held and stop."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        self.join()

    def run(self) -> None:
        """Write batches until told to end, or until the disk fails."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._pending or self._ending)
                if not self._pending:
                    return
                batch, messages = self._pending, self._messages
                self._pending, self._messages = [], 0
            try:
                size = self._store.append(batch, messages).length
            except AuditorError as error:
                with self._changed:
                    self.failure = error
                    self._changed.notify_all()
                return
            with self._changed:
                self._stored += size
                self.counters.messages += messages
                self.counters.bytes += size
                self._changed.notify_all()


class Receiver:
    """Listens on TLS and, if asked, on UDP. `start` returns when both listen; `stop` when all is on disk."""

    def __init__(
        self, folder: Path, context: ssl.SSLContext, host: str, port: int, udp_port: int | None = None
    ) -> None:
        self._store = ChainStore(folder)
        self.writer = Writer(self._store)
        self._context = context
        self._listener = socket.create_server((host, port), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM) if udp_port is not None else None
        if self._udp is not None:
            self._udp.bind((host, udp_port))
        self.udp_port = int(self._udp.getsockname()[1]) if self._udp else 0
        self._slots = threading.BoundedSemaphore(CONNECTIONS)
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()

    def start(self) -> None:
        """Begin to receive, in threads of its own."""
        self.writer.start()
        threading.Thread(target=self._accept, name="accept", daemon=True).start()
        if self._udp is not None:
            threading.Thread(target=self._datagrams, args=(self._udp,), name="udp", daemon=True).start()

    def stop(self) -> None:
        """Stop listening, end connections, put what is held on disk, close the store."""
        for listener in (self._listener, self._udp):
            if listener is not None:
                with contextlib.suppress(OSError):
                    listener.shutdown(socket.SHUT_RDWR)
                listener.close()
        with self._guard:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.writer.end()
        self._store.close()

    def _accept(self) -> None:
        while True:
            self._slots.acquire()
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connection, args=(raw,), daemon=True).start()

    def _connection(self, raw: socket.socket) -> None:
        """One connection: frames as they come; its orderly close is answered when all of it is on disk."""
        try:
            raw.settimeout(HANDSHAKE_SECONDS)
            with self._context.wrap_socket(raw, server_side=True, suppress_ragged_eofs=False) as secure:
                with self._guard:
                    self._open.add(secure)
                    self.writer.counters.connections += 1
                try:
                    if self.writer.on_disk(self._read(secure)):
                        secure.unwrap()
                finally:
                    with self._guard:
                        self._open.discard(secure)
        except (OSError, ValueError):
            with self._guard:
                self.writer.counters.broken += 1
        finally:
            raw.close()
            self._slots.release()

    def _read(self, secure: ssl.SSLSocket) -> int:
        """Take what comes until the sender closes; the number to wait for until all of it is on disk.

        Frames are handed on when the buffer is nearly full, when nothing more has come yet, and when the connection
        breaks off.
        """
        buffer, filled, number = bytearray(_READ + LONGEST + _COUNT), 0, 0
        place, more = memoryview(buffer), select.poll()
        more.register(secure, select.POLLIN)
        secure.settimeout(0)
        while True:
            broken, drained, got = None, False, 0
            try:
                got = secure.recv_into(place[filled:])
            except ssl.SSLWantReadError:
                drained = True
            except OSError as error:
                broken = error
            filled += got
            if got and filled < _READ:
                continue
            end, count = whole_frames(buffer, filled)
            if end:
                number = self.writer.put(bytes(place[:end]), count)
                filled -= end
                place[:filled] = bytes(place[end : end + filled])
            if broken or (drained and not more.poll(IDLE_SECONDS * 1000)):
                raise broken or TimeoutError
            if not got and not drained:
                secure.settimeout(HANDSHAKE_SECONDS)
                return number

    def _datagrams(self, udp: socket.socket) -> None:
        """UDP (RFC 5426): each datagram is one message; none is acknowledged."""
        while True:
            try:
                data = udp.recv(65536)
            except OSError:
                return
            if data:
                self.writer.put(str(len(data)).encode() + b" " + data, 1)

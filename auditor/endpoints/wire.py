"""A TCP connection with limits: a deadline for all of it, and a most for what is read."""

import socket
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

from auditor.endpoints.gate import Gate
from auditor.errors import ReadError

MAXIMUM_BYTES = 512 * 1024
RETRIES = 2
PAUSE_SECONDS = 0.25


class Closed(Exception):
    """The other side closed the connection."""


class Silent(Exception):
    """The other side did not answer in time."""


class Unreachable(Exception):
    """No connection could be made; the text says why, without naming anybody."""


class Stream(Protocol):
    """What protocols are spoken over: plain TCP, or TLS on top of it."""

    def send(self, data: bytes) -> None:
        """Send all of `data`; raises Silent or Closed."""

    def some(self, most: int) -> bytes:
        """Read at least one and at most `most` bytes; raises Silent or Closed."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to connect, the name to ask for (SNI), how long one connection may take in seconds, and through which gate.

    `deadline` (of `time.monotonic`) ends all work on this endpoint.
    """

    host: str
    port: int
    server_name: str
    seconds: float
    gate: Gate
    deadline: float

    @property
    def left(self) -> float:
        """Seconds left of the endpoint's time, never below zero."""
        return max(0.0, self.deadline - time.monotonic())

    def open(self, what: str) -> "Wire":
        """Connect, with `what` for the log of what was sent; raises Silent or Unreachable."""
        seconds = min(self.seconds, self.left)
        if seconds <= 0:
            raise Silent
        self.gate.enter(self.host, what)
        try:
            return Wire(connect(self.host, self.port, seconds), seconds, self)
        except BaseException:
            self.gate.leave(self.host)
            raise


class Wire:
    """One connection; every read and write must end before `seconds` are over.

    Raises Silent at the deadline, Closed when the peer closes or resets, ReadError when it sends more
    than MAXIMUM_BYTES.
    """

    def __init__(self, connection: socket.socket, seconds: float, address: Address) -> None:
        self._deadline = time.monotonic() + seconds
        self._left = MAXIMUM_BYTES
        self._address: Address | None = address
        self.socket = connection

    def __enter__(self) -> "Wire":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; safe to call twice."""
        self.socket.close()
        if self._address is not None:
            self._address.gate.leave(self._address.host)
            self._address = None

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        try:
            self.socket.settimeout(self._remaining())
            self.socket.sendall(data)
        except TimeoutError as error:
            raise Silent from error
        except OSError as error:
            raise Closed from error

    def some(self, most: int) -> bytes:
        """Read at least one and at most `most` bytes."""
        try:
            self.socket.settimeout(self._remaining())
            data = self.socket.recv(most)
        except TimeoutError as error:
            raise Silent from error
        except OSError as error:
            raise Closed from error
        if not data:
            raise Closed
        self._left -= len(data)
        if self._left < 0:
            raise ReadError("the peer sends without end", right=f"at most {MAXIMUM_BYTES} bytes")
        return data

    def _remaining(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise Silent
        return left


def exactly(stream: Stream, count: int) -> bytes:
    """Read `count` bytes from a stream."""
    parts = bytearray()
    while len(parts) < count:
        parts += stream.some(count - len(parts))
    return bytes(parts)


def connect(host: str, port: int, seconds: float) -> socket.socket:
    """Connect to an IP address within `seconds`; raises Silent on a time-out, Unreachable otherwise.

    A reset at once is tried again twice after a pause: servers that limit connections do that.
    """
    for attempt in range(RETRIES + 1):
        try:
            return socket.create_connection((host, port), timeout=seconds)
        except TimeoutError as error:
            raise Silent from error
        except ConnectionResetError:
            time.sleep(PAUSE_SECONDS * (attempt + 1))
        except ConnectionRefusedError as error:
            raise Unreachable("the port is closed") from error
        except OSError as error:
            raise Unreachable("the host cannot be reached") from error
    raise Unreachable("the host resets every connection")

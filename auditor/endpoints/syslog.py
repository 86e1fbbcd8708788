"""A syslog sink seen from outside. It never answers (RFC 5425 4.3, RFC 6587), and is sent no message it would keep.

Over TCP and TLS only the length of a frame is sent (RFC 5425 4.3.1), and the connection closed before any message:
what no receiver can store. Over UDP an empty datagram is sent, which is no message either (RFC 5426 3.1).
"""

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from auditor.endpoints.tls.session import Denied, NotAgreed
from auditor.endpoints.wire import Address, Closed, Silent, Unreachable
from auditor.errors import ReadError

BEGINNING = b"512 "
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Sink:
    """Whether a sink is there, and whether it keeps the connection at the beginning of a frame (None: not asked)."""

    spoken: bool
    reason: str = ""
    takes_frames: bool | None = None


def begin(open_stream: Callable[[str], Any]) -> Sink:
    """Open a stream, send the beginning of a frame, and see whether the connection is kept."""
    try:
        with open_stream("the length of a syslog frame, and no message") as stream:
            return Sink(True, takes_frames=keeps(stream))
    except Silent:
        return Sink(False, "no connection in time")
    except Closed:
        return Sink(False, "the port closes the connection at once")
    except (Denied, NotAgreed) as error:
        return Sink(False, f"the TLS session could not be set up: {error}")
    except (Unreachable, ReadError) as error:
        return Sink(False, str(error).splitlines()[0])


def keeps(stream: Any) -> bool:
    """Whether the beginning of a frame is taken; raises Denied when the answer is an alert about our certificate."""
    stream.send(BEGINNING)
    try:
        stream.some(1)
    except Silent:
        return True
    except Closed:
        return False
    return False


def knock(address: Address) -> Sink:
    """Send an empty datagram to a port listed as UDP. Silence is taken for a sink: a closed port is refused by ICMP."""
    address.gate.enter(address.host, "empty UDP datagram")
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sender:
            sender.settimeout(min(PATIENCE, max(0.01, address.left)))
            sender.connect((address.host, address.port))
            sender.send(b"")
            with suppress(TimeoutError):
                sender.recv(1)
            return Sink(True)
    except OSError:
        return Sink(False, "the port is closed")
    finally:
        address.gate.leave(address.host)

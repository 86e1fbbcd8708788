"""A whole TLS session over a Wire, for what is spoken inside: every read stays under the Wire's deadline."""

import ssl
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar

from auditor.endpoints.wire import Address, Closed, Wire
from auditor.errors import ReadError

T = TypeVar("T")
_CHUNK = 16384
_MOST_ROUNDS = 200


class Denied(Exception):
    """The server ended the handshake with an alert, or closed in the midst of it; the text names the alert."""


class NotAgreed(Exception):
    """This machine's TLS library and the server have no version or suite in common, or the server breaks the rules."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Our client certificate: paths of PEM files."""

    certificate: str
    key: str


class TlsWire:
    """A TLS client over an open Wire. The server's certificate is judged elsewhere, so any is taken here."""

    def __init__(self, wire: Wire, server_name: str, identity: Identity | None) -> None:
        self._wire = wire
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = _context(identity).wrap_bio(self._in, self._out, server_hostname=server_name or None)
        self._pump(self._tls.do_handshake)

    def __enter__(self) -> "TlsWire":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.close()

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        self._pump(lambda: self._tls.write(data))

    def some(self, most: int) -> bytes:
        """Read at least one and at most `most` bytes; raises Closed at the end of the session."""
        data: bytes = self._pump(lambda: self._tls.read(most))
        if not data:
            raise Closed
        return data

    def _pump(self, step: Callable[[], T]) -> T:
        """Run one step of the TLS state machine to its end, moving bytes as it wants them."""
        for _ in range(_MOST_ROUNDS):
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._flush()
                self._feed()
                continue
            except ssl.SSLZeroReturnError as error:
                raise Closed from error
            except (ssl.SSLError, ValueError) as error:
                self._flush_quietly()
                raise _explained(error) from error
            self._flush()
            return result
        raise ReadError("the peer's TLS goes on without end")

    def _flush(self) -> None:
        if self._out.pending:
            self._wire.send(self._out.read())

    def _flush_quietly(self) -> None:
        try:
            self._flush()
        except Closed:
            return

    def _feed(self) -> None:
        try:
            self._in.write(self._wire.some(_CHUNK))
        except Closed:
            self._in.write_eof()
            raise


def open_tls(address: Address, what: str, identity: Identity | None = None) -> TlsWire:
    """Connect and complete a handshake; raises Denied, NotAgreed, Closed, Silent or Unreachable."""
    wire = address.open(what)
    try:
        return TlsWire(wire, address.server_name, identity)
    except BaseException:
        wire.close()
        raise


def _context(identity: Identity | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    context.options |= ssl.OP_LEGACY_SERVER_CONNECT if hasattr(ssl, "OP_LEGACY_SERVER_CONNECT") else 0x4
    if identity is not None:
        context.load_cert_chain(identity.certificate, identity.key)
    return context


def _explained(error: Exception) -> Exception:
    reason = str(getattr(error, "reason", "") or "")
    if "ALERT" in reason:
        name = reason.split("ALERT_", 1)[-1].replace("_", " ").lower()
        return Denied(name)
    return NotAgreed(reason.replace("_", " ").lower() or "the server breaks the rules of TLS")

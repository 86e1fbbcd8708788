"""One TLS 1.3 hello, and the server's encrypted flight read as far as its certificate (RFC 8446 4)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cryptography.exceptions import InvalidTag

from auditor.endpoints.tls import hello
from auditor.endpoints.tls.flight import (
    APPLICATION,
    CERTIFICATE,
    CERTIFICATE_REQUEST,
    FINISHED,
    HANDSHAKE,
    SERVER_HELLO,
    Flight,
    Malformed,
    Refused,
    certificates,
    messages,
    records,
    stapled_13,
    take,
)
from auditor.endpoints.tls.secrets import Keys, Opener, opener
from auditor.endpoints.wire import Address, Closed, Silent


def ask_13(address: Address, numbers: Sequence[int]) -> Flight:
    """A TLS 1.3 hello; the server's flight is decrypted as far as its certificate and its own question for one."""
    keys = Keys()
    message = hello.client_hello(hello.TLS13, numbers, address.server_name, shares=keys.shares())
    with address.open("TLS 1.3 ClientHello") as wire:
        wire.send(hello.record(message, hello.TLS13))
        stream = records(wire)
        server_hello = b""
        for kind, fragment in stream:
            if kind == HANDSHAKE:
                server_hello += fragment
                if len(server_hello) >= 4 + int.from_bytes(server_hello[1:4], "big"):
                    break
        body = server_hello[4:]
        if server_hello[:1] != b"\x02" or len(body) < 38:
            raise Malformed("no ServerHello")
        flight = take(Flight(), SERVER_HELLO, body)
        share = flight.extensions.get(0x0033, b"")
        if flight.retry or flight.version != hello.TLS13 or len(share) < 5:
            return flight
        try:
            secret = keys.agree(int.from_bytes(share[:2], "big"), share[4:])
        except (KeyError, ValueError) as error:
            raise Malformed("the server's key share is no key") from error
        key = opener(flight.suite, secret, message + server_hello)
        return _read_encrypted(flight, stream, key)


def _read_encrypted(flight: Flight, stream: Iterator[tuple[int, bytes]], key: Opener) -> Flight:
    try:
        for kind, body in messages(_decrypted(stream, key)):
            if kind == CERTIFICATE_REQUEST:
                flight = replace(flight, asks_certificate=True)
            elif kind == CERTIFICATE:
                flight = replace(flight, certificates=certificates(body, tls13=True), stapled=stapled_13(body))
            elif kind == FINISHED:
                return replace(flight, whole=True)
    except (InvalidTag, IndexError) as error:
        raise Malformed("the server's flight cannot be read") from error
    except (Closed, Silent, Refused):
        return flight
    return flight


def _decrypted(stream: Iterator[tuple[int, bytes]], key: Opener) -> Iterator[bytes]:
    for kind, fragment in stream:
        if kind == APPLICATION:
            inner, text = key.open(fragment)
            if inner == HANDSHAKE:
                yield text

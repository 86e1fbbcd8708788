"""One HTTP/1.1 request and its answer (RFC 9112), read no further than needed."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.endpoints.wire import Closed, Silent, Stream

_LARGEST_HEAD = 32768
_GLANCE = 4096
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: |\r|\n)")


class NotHttp(Exception):
    """What came is no HTTP response."""


@dataclass(frozen=True, slots=True)
class Response:
    """Status, headers by lower-case name (repeated ones joined by newlines), and the first bytes of the body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    glance: bytes = b""

    @property
    def media_type(self) -> str:
        """The content type without parameters, lower case."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


def get(stream: Stream, host: str, path: str, *, login: tuple[str, str] | None = None, accept: str = "*/*") -> Response:
    """Send one GET and read the head and a glance of the body; raises NotHttp, Closed or Silent.

    Redirects are never followed. `login` is sent as Basic (RFC 7617).
    """
    extra = []
    if login:
        token = base64.b64encode(f"{login[0]}:{login[1]}".encode()).decode("ascii")
        extra.append(f"Authorization: Basic {token}")
    return _asked(stream, _head_of("GET", host, path, accept, extra), b"", _GLANCE)


def request(
    stream: Stream, host: str, path: str, *, cookies: Mapping[str, str], body: str | None, most: int
) -> Response:
    """Send one GET, or a POST of a form's `body`, with cookies, and read at most `most` bytes of the answer's body."""
    extra = [f"Cookie: {'; '.join(f'{name}={value}' for name, value in cookies.items())}"] if cookies else []
    sent = (body or "").encode("ascii", "replace")
    if body is not None:
        extra += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(sent)}"]
    head = _head_of("GET" if body is None else "POST", host, path, "text/html, */*;q=0.5", extra)
    return _asked(stream, head, sent, most)


def _head_of(method: str, host: str, path: str, accept: str, extra: list[str]) -> list[str]:
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {host}",
        "User-Agent: imaging-auditor",
        f"Accept: {accept}",
        "Origin: https://origin.invalid",
        "Connection: close",
        *extra,
    ]
    return [line.replace("\r", "").replace("\n", "") for line in lines]


def _asked(stream: Stream, lines: list[str], sent: bytes, most: int) -> Response:
    stream.send(("\r\n".join(lines) + "\r\n\r\n").encode("ascii", "replace") + sent)
    head, rest = _head(stream)
    headers = _headers(head)
    body = _body(stream, rest) if most == _GLANCE else _whole(stream, rest, headers, most)
    return Response(int(_status(head)), headers, body)


def _whole(stream: Stream, begun: bytes, headers: Mapping[str, str], most: int) -> bytes:
    """The body as far as it is announced or comes, at most `most` bytes."""
    length = headers.get("content-length", "")
    wanted = min(most, int(length)) if length.isdecimal() and len(length) < 12 else most
    raw = begun
    while len(raw) < wanted:
        try:
            raw += stream.some(min(16384, wanted - len(raw)))
        except (Closed, Silent):
            break
    return raw[:wanted]


def _head(stream: Stream) -> tuple[bytes, bytes]:
    raw = b""
    while b"\r\n\r\n" not in raw and b"\n\n" not in raw:
        if len(raw) >= 12 and not _STATUS.match(raw):
            raise NotHttp("the answer is not HTTP")
        if len(raw) > _LARGEST_HEAD:
            raise NotHttp("the head of the answer does not end")
        try:
            raw += stream.some(4096)
        except Closed:
            if _STATUS.match(raw):
                return raw, b""
            if raw:
                raise NotHttp("the answer is not HTTP") from None
            raise
    end = raw.find(b"\r\n\r\n")
    return (raw[:end], raw[end + 4 :]) if end >= 0 else tuple(raw.split(b"\n\n", 1))  # type: ignore[return-value]


def _status(head: bytes) -> bytes:
    found = _STATUS.match(head + b"\n")
    if not found:
        raise NotHttp("the answer is not HTTP")
    return found.group(1)


def _headers(head: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in head.decode("latin-1").splitlines()[1:101]:
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip().lower()
            found[key] = f"{found[key]}\n{value.strip()}" if key in found else value.strip()
    return found


def _body(stream: Stream, begun: bytes) -> bytes:
    raw = begun
    while len(raw) < _GLANCE:
        try:
            raw += stream.some(_GLANCE - len(raw))
        except (Closed, Silent):
            break
        if raw.count(b"\n") > 4 or len(raw) > 512:
            break
    return raw[:_GLANCE]

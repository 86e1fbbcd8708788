"""Log-in forms with vendors' passwords: tried only when asked for, each account once, and success told from failure."""

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from fixtures.endpoints import rawservers as raw

_PAGE = "<html><title>dcm4che</title><form id='kc-form-login' action='{action}' method='post'>"
_PAGE += (
    "<input name='{user}'><input type='hidden' name='ticket' value='t1'><input type='password' name='{word}'></form>"
)


class Product:
    """A web application with a form; `style` is how it says yes and no."""

    def __init__(self, style: str, account: tuple[str, str]) -> None:
        self.style, self.account = style, account
        self.tries: Counter[str] = Counter()
        self.server = raw.Server(0, self._handle)
        self.port = self.server.port

    def _handle(self, connection: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(4096)
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        size = next((int(line[15:]) for line in lines if line.lower().startswith("content-length:")), 0)
        while len(body) < size:
            body += connection.recv(4096)
        cookies = next((line for line in lines if line.startswith("Cookie:")), "")
        method, path = lines[0].split(" ")[:2]
        connection.sendall(self._answer(method, path, cookies, parse_qs(body.decode())))

    def _answer(self, method: str, path: str, cookies: str, sent: dict[str, list[str]]) -> bytes:
        if method == "POST":
            return self._judge(sent)
        if "session=in" in cookies:
            return _said(200, "<html>welcome</html>")
        if self.style == "keycloak":
            if path.startswith("/dcm4chee-arc/ui2/"):
                return _said(302, "", "Location: /auth/realms/dcm4che/auth?client_id=ui", "Set-Cookie: kc=1; Path=/")
            if path.startswith("/auth/realms/"):
                return _said(200, _PAGE.format(action="/auth/act?code=x1&amp;tab=2", user="username", word="password"))
        elif path.startswith("/dcm4chee-web3"):
            return _said(200, _PAGE.format(action="j_security_check", user="j_username", word="j_password"))
        elif path == "/" and self.style == "elsewhere":
            return _said(302, "", "Location: https://login.elsewhere.test/auth")
        return _said(404, "no")

    def _judge(self, sent: dict[str, list[str]]) -> bytes:
        prefix = "" if self.style == "keycloak" else "j_"
        user, word = sent[f"{prefix}username"][0], sent[f"{prefix}password"][0]
        assert sent["ticket"] == ["t1"]
        self.tries[user] += 1
        right = (user, word) == self.account or self.style == "anybody"
        if self.style == "keycloak":
            if right:
                return _said(302, "", "Location: https://elsewhere.test/ui2/?state=1&code=abc")
            return _said(200, _PAGE.format(action="/auth/act", user="username", word="password"), "Set-Cookie: kc=2")
        if right:
            return _said(302, "", "Location: /dcm4chee-web3/home", "Set-Cookie: session=in")
        return _said(302, "", "Location: /dcm4chee-web3/start?again=1")


def _said(status: int, body: str, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} x", "Content-Type: text/html", f"Content-Length: {len(body)}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@pytest.fixture
def product() -> Iterator[Callable[..., Product]]:
    made: list[Product] = []

    def make(style: str, account: tuple[str, str] = ("", "")) -> Product:
        made.append(Product(style, account))
        return made[-1]

    yield make
    for each in made:
        each.server.shutdown()


@pytest.fixture
def faults(audit: Callable[..., dict[str, Any]], tmp_path: Path) -> Callable[..., set[str]]:
    def look(port: int, **options: Any) -> set[str]:
        inventory = tmp_path / "inventory.yaml"
        inventory.write_text(json.dumps({"endpoints": [{"host": "127.0.0.1", "port": port, "kind": "http"}]}))
        found: set[str] = audit(inventory, **options)[f"127.0.0.1:{port}"]["faults"]
        return found

    return look


@pytest.mark.parametrize(
    ("style", "account"),
    [("keycloak", ("root", "changeit")), ("keycloak", ("user", "changeit")), ("web3", ("admin", "admin"))],
)
def test_a_vendor_account_behind_a_form_is_found(product: Any, faults: Any, style: str, account: Any) -> None:
    server = product(style, account)
    assert "default-credentials" in faults(server.port, try_defaults=True)
    assert max(server.tries.values()) == 1


@pytest.mark.parametrize("style", ["keycloak", "web3"])
def test_accounts_with_passwords_of_their_own_are_quiet_and_tried_once(product: Any, faults: Any, style: str) -> None:
    server = product(style, ("root", "a-long-one-6127"))
    assert "default-credentials" not in faults(server.port, try_defaults=True)
    assert server.tries
    assert set(server.tries.values()) == {1}


def test_a_form_that_seems_to_let_anybody_in_proves_nothing(product: Any, faults: Any) -> None:
    server = product("anybody")
    assert "default-credentials" not in faults(server.port, try_defaults=True)
    assert len(server.tries) == 1


def test_nothing_is_tried_unless_asked_for(product: Any, faults: Any) -> None:
    server = product("keycloak", ("root", "changeit"))
    faults(server.port)
    assert not server.tries


def test_a_log_in_on_another_host_is_not_followed(product: Any, faults: Any) -> None:
    server = product("elsewhere")
    assert "default-credentials" not in faults(server.port, try_defaults=True)

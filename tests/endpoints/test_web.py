"""What a web server says beside its pages: headers, cookies, where it leads to; and that no page is kept."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures.endpoints import rawservers as raw
from fixtures.endpoints.dicomservers import secured
from fixtures.endpoints.pki import NAME, Authority
from fixtures.endpoints.site import Counted, Site

Look = Callable[..., dict[str, Any]]
MANNERS = {
    "endpoints.http-no-hsts",
    "endpoints.http-cors-any",
    "endpoints.http-cookie-bare",
    "endpoints.http-version-shown",
}
GOOD = {
    "Strict-Transport-Security": "max-age=63072000",
    "Access-Control-Allow-Origin": "https://viewer.audit.test",
    "Set-Cookie": "session=1; Secure; HttpOnly",
    "Server": "archive",
}


@pytest.fixture
def look(audit: Callable[..., dict[str, Any]], tmp_path: Path) -> Look:
    """One HTTPS server that asks for a log-in, with these headers."""
    leaf = Authority(tmp_path / "pki").leaf("good")

    def run(headers: dict[str, str]) -> dict[str, Any]:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        server = raw.Server(0, raw.http(lambda *_: (401, "text/plain", ""), context=secured(leaf), headers=lines))
        listed = [{"host": "127.0.0.1", "port": server.port, "kind": "http+tls", "server_name": NAME}]
        inventory = tmp_path / "inventory.yaml"
        inventory.write_text(json.dumps({"endpoints": listed}))
        try:
            return audit(inventory)[f"127.0.0.1:{server.port}"]
        finally:
            server.shutdown()

    return run


def test_a_server_with_good_headers_breaks_no_manners(look: Look) -> None:
    found = look(GOOD)
    assert found["row"].disposition.complete
    assert not found["rules"] & MANNERS


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [("Strict-Transport-Security", None, "http-no-hsts"), ("Access-Control-Allow-Origin", "*", "http-cors-any"),
     ("Set-Cookie", "session=1; HttpOnly", "http-cookie-bare"), ("Set-Cookie", "session=1; Secure", "http-cookie-bare"),
     ("Server", "nginx/1.22.1", "http-version-shown")],
)  # fmt: skip
def test_each_header_at_fault_is_told_by_its_own_rule(look: Look, name: str, value: str | None, rule: str) -> None:
    found = look({key: text for key, text in {**GOOD, name: value}.items() if text is not None})
    assert found["rules"] & MANNERS == {f"endpoints.{rule}"}


def test_a_redirect_to_another_host_is_not_followed(
    audit: Callable[..., dict[str, Any]], tmp_path: Path, counted: Callable[..., Counted]
) -> None:
    other = counted()
    headers = f"Location: http://127.0.0.1:{other.port}/patients\r\n"
    server = raw.Server(0, raw.http(lambda *_: (302, "text/html", ""), headers=headers))
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(json.dumps({"endpoints": [{"host": "127.0.0.1", "port": server.port, "kind": "http"}]}))
    found = audit(inventory, try_defaults=True)[f"127.0.0.1:{server.port}"]
    server.shutdown()
    assert other.met == 0
    assert "http-no-auth" not in found["faults"]


def test_of_a_list_of_patients_nothing_is_kept(site: Site) -> None:
    server = raw.Server(0, raw.http(lambda *_: (200, "application/json", '[{"PatientName": "ZYBULKA^ODO"}]')))
    code, text = site.audit([{"host": "127.0.0.1", "port": server.port, "kind": "http"}], "--format", "json")
    server.shutdown()
    assert code == 1
    assert "endpoints.http-no-auth" in text
    assert "ZYBULKA" not in text
    kept = [path for path in (site.folder / "store").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if b"ZYBULKA" in path.read_bytes()]

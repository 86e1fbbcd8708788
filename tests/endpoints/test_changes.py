"""What disagrees in an estate, and what is different from the run before, told by the command."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from fixtures.endpoints import rawservers as raw
from fixtures.endpoints.dicomservers import secured, serve
from fixtures.endpoints.pki import NAME, Authority
from fixtures.endpoints.site import Counted, Site

_AT_ONCE = "connections_per_host = 16"


def _port(port: int, kind: str = "dicom+tls", **more: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": port, "kind": kind, "server_name": NAME, **more}


@pytest.fixture
def keyed(site: Site) -> Site:
    """A site with a key of its own, so that its runs can be compared."""
    key = site.folder / "site.key"
    key.write_text("6b" * 32 + "\n")
    key.chmod(0o600)
    site.configure(f"{_AT_ONCE}\n[site]\nkey_file = '{key}'")
    return site


@contextmanager
def _tls(leaf: Path, ca: Path, port: int = 0, **options: Any) -> Iterator[int]:
    server = serve(port, context=secured(leaf, ca, **options))
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def test_what_is_new_since_the_last_run_is_told_port_by_port(keyed: Site, counted: Callable[..., Counted]) -> None:
    authority, web = Authority(keyed.folder / "pki"), counted()
    aes, leaf = {"ciphers": "ECDHE+AESGCM+AES256"}, authority.leaf()
    with ExitStack() as stack:
        certificate, suite, version, same = (stack.enter_context(_tls(leaf, authority.ca, **aes)) for _ in range(4))
        listed = [_port(port) for port in (certificate, suite, version, same)]
        first = keyed.audit(listed, "--format", "json")[1]
    with ExitStack() as stack:
        stack.enter_context(_tls(authority.leaf("rsa"), authority.ca, certificate, **aes))
        stack.enter_context(_tls(leaf, authority.ca, suite, ciphers="ECDHE+AESGCM"))
        old = {"ciphers": "ECDHE+AESGCM+AES256:ECDHE+AES", "oldest": ssl.TLSVersion.TLSv1_1}
        stack.enter_context(_tls(leaf, authority.ca, version, **old))
        stack.enter_context(_tls(leaf, authority.ca, same, **aes))
        new = {"host": "127.0.0.1", "kind": "http", "port": web.port}
        then = keyed.audit([*listed, new], "--format", "json")[1]
    assert not any(".change-" in rule for rule in _failed(first))
    assert _evidence(then, "endpoints.change-new-port") == {f"127.0.0.1:{web.port}"}
    assert _evidence(then, "endpoints.change-new-version") == {f"127.0.0.1:{version}"}
    assert _evidence(then, "endpoints.change-certificate-changed") == {f"127.0.0.1:{certificate}"}
    assert {f"127.0.0.1:{suite}", f"127.0.0.1:{same}"} & _evidence(then, "endpoints.change-new-suite") == {
        f"127.0.0.1:{suite}"
    }


def test_without_a_site_key_runs_cannot_be_compared_and_no_port_is_called_new(
    site: Site, counted: Callable[..., Counted]
) -> None:
    web = [{"host": "127.0.0.1", "kind": "http", "port": counted().port} for _ in range(2)]
    site.audit(web[:1], "--format", "json")
    assert not any(".change-" in rule for rule in _failed(site.audit(web, "--format", "json")[1]))


def _failed(text: str) -> set[str]:
    return {each["rule"] for each in json.loads(text)["findings"] if each["outcome"] == "fail"}


def test_a_certificate_about_to_end_is_told_thirty_fourteen_and_seven_days_before(site: Site) -> None:
    authority = Authority(site.folder / "pki")
    site.configure(_AT_ONCE)
    with ExitStack() as stack:
        ports = {
            stack.enter_context(_tls(authority.leaf("soon", days=days), authority.ca)): days for days in (40, 25, 12, 5)
        }
        _, text = site.audit([_port(port) for port in ports], "--format", "json")
    told: dict[int, set[str]] = {days: set() for days in ports.values()}
    for each in json.loads(text)["findings"]:
        if ".cert-expires-" in each["rule"] and each["outcome"] == "fail":
            told[ports[int(each["subject"].rpartition(":")[2])]].add(each["rule"].rpartition("expires-")[2])
    assert told == {40: set(), 25: {"soon"}, 12: {"soon", "in-two-weeks"}, 5: {"soon", "in-two-weeks", "in-a-week"}}


_OPENS = {
    "orthanc.json": '{"HttpServerEnabled": false, "DicomPort": PORT}',
    "dcmqrscp.cfg": "NetworkTCPPort = PORT # here\nAETable BEGIN\nWEST /var R (1, 1mb) ct1\nAETable END\n",
    "a.ldif": "dn: cn=d,dicomDeviceName=a\nobjectClass: dicomNetworkConnection\ndicomPort: PORT\n",
    "dicom.ini": "[sscscp]\nMyACRNema = WEST\nTCPPort = PORT\n",
    "nginx.conf": "http { server { listen 127.0.0.1:81; listen 0.0.0.0:PORT ssl; } }\n",
    "stunnel.conf": "[a]\naccept = PORT\nconnect = 127.0.0.1:104\n",
    "scp.service": "[Service]\nExecStart=/usr/bin/storescp -aet WEST PORT\n",
}


class Estate:
    """One estate in which everything disagrees once, and agrees beside it; `told` is one run over it by the command."""

    def __init__(self, site: Site, server: Counted) -> None:
        authority, gone = Authority(site.folder / "pki"), raw.Server(0, raw.closing)
        gone.shutdown()
        leaf = authority.leaf()
        shown = x509.load_pem_x509_certificate(leaf.with_suffix(".pem").read_bytes())
        right = shown.fingerprint(hashes.SHA256()).hex(":").upper()
        self.gone, self.web = gone.port, server.port
        site.configure(_AT_ONCE)
        with _tls(leaf, authority.ca) as self.one, _tls(leaf, authority.ca) as self.two:
            listed = [
                _port(self.one, certificate_sha256=right),
                _port(self.two, certificate_sha256="00" * 32),
                _port(self.web, "http+tls"),
                *(
                    {"host": f"127.0.0.{host}", "port": self.gone, "kind": "dicom", "called_ae": title}
                    for host, title in ((1, "WEST"), (2, "WEST"), (3, "EAST"))
                ),
                {"host": "127.0.0.3", "port": self.two, "kind": "dicom", "called_ae": "EAST"},
            ]
            _, self.told = site.audit(listed, "--format", "json", configs=self._configs(site))

    def _configs(self, site: Site) -> list[dict[str, str]]:
        closed = f'{{"DicomServerEnabled": false, "HttpServerEnabled": false, "HttpPort": {self.web}}}'
        texts = {f"un-{name}": text.replace("PORT", "2109") for name, text in _OPENS.items()}
        texts |= {f"ok-{name}": text.replace("PORT", str(self.web)) for name, text in _OPENS.items()}
        texts |= {"here.json": closed, "there.json": closed}
        for name, text in texts.items():
            (site.folder / name).write_text(text)
        return [{"path": name, "host": "10.0.0.7" if name == "there.json" else "127.0.0.1"} for name in texts]


def test_an_estate_is_told_wherever_list_configuration_and_answers_disagree(
    site: Site, counted: Callable[..., Counted]
) -> None:
    estate = Estate(site, counted())
    expected = {
        "listed-but-gone": {*(f"127.0.0.{host}:{estate.gone}" for host in (1, 2, 3)), f"127.0.0.3:{estate.two}"},
        "title-on-two-hosts": {"127.0.0.1, 127.0.0.2"},
        "open-but-unlisted": {f"un-{name}" for name in _OPENS},
        "open-though-closed": {"here.json"},
        "transport-differs": {f"127.0.0.1:{estate.web}"},
    }
    assert {rule: _evidence(estate.told, f"endpoints.estate-{rule}") for rule in expected} == expected
    rule = "endpoints.cert-not-the-deployed-one"
    found = {each["subject"] for each in json.loads(estate.told)["findings"] if each["rule"] == rule}
    assert found == {f"127.0.0.1:{estate.two}"}


def _evidence(text: str, rule: str) -> set[str]:
    findings = [each for each in json.loads(text)["findings"] if each["rule"] == rule and each["outcome"] == "fail"]
    return {one["locator"] for each in findings for one in each["evidence"]}

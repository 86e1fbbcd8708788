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


def _port(port: int, kind: str = "dicom+tls", **more: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": port, "kind": kind, "server_name": NAME, **more}


@pytest.fixture
def keyed(site: Site) -> Site:
    """A site with a key of its own, so that its runs can be compared."""
    key = site.folder / "site.key"
    key.write_text("6b" * 32 + "\n")
    key.chmod(0o600)
    site.configure(f"[site]\nkey_file = '{key}'")
    return site


@contextmanager
def _tls(leaf: Path, ca: Path, port: int = 0, **options: Any) -> Iterator[int]:
    server = serve(port, context=secured(leaf, ca, **options))
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def test_another_certificate_and_a_suite_that_came_back_are_told_by_the_next_run(keyed: Site) -> None:
    first, same, then = _three_runs(keyed)
    assert (first, same) == (set(), set())
    assert then == {"endpoints.change-certificate-changed", "endpoints.change-new-suite"}


def test_without_a_site_key_runs_cannot_be_compared_and_no_port_is_called_new(site: Site) -> None:
    assert _three_runs(site) == [set(), set(), set()]


def _three_runs(site: Site) -> list[set[str]]:
    """Two runs over one server, and one after it got another certificate and one suite more: changes told by each."""
    authority = Authority(site.folder / "pki")
    with _tls(authority.leaf(), authority.ca, ciphers="ECDHE+AESGCM+AES256") as port:
        listed = [_port(port, "dicom+tls", server_name=NAME)]
        told = [site.audit(listed, "--format", "json")[1] for _ in range(2)]
    with _tls(authority.leaf(), authority.ca, port, ciphers="ECDHE+AESGCM"):
        told.append(site.audit(listed, "--format", "json")[1])
    return [{rule for rule in _failed(text) if ".change-" in rule} for text in told]


def _failed(text: str) -> set[str]:
    return {each["rule"] for each in json.loads(text)["findings"] if each["outcome"] == "fail"}


def test_a_port_that_was_not_there_before_is_told_and_only_that(keyed: Site, counted: Callable[..., Counted]) -> None:
    old, new = counted(), counted()
    web = {"host": "127.0.0.1", "kind": "http"}
    keyed.audit([{**web, "port": old.port}], "--format", "json")
    _, text = keyed.audit([{**web, "port": old.port}, {**web, "port": new.port}], "--format", "json")
    assert _evidence(text, "endpoints.change-new-port") == {f"127.0.0.1:{new.port}"}


def test_a_version_that_came_back_is_told(keyed: Site) -> None:
    authority = Authority(keyed.folder / "pki")
    with _tls(authority.leaf(), authority.ca) as port:
        keyed.audit([_port(port)], "--format", "json")
    with _tls(authority.leaf(), authority.ca, port, oldest=ssl.TLSVersion.TLSv1_1, ciphers="ECDHE+AESGCM:ECDHE+AES"):
        _, text = keyed.audit([_port(port)], "--format", "json")
    assert "endpoints.change-new-version" in _failed(text)


def test_a_certificate_about_to_end_is_told_thirty_fourteen_and_seven_days_before(site: Site) -> None:
    authority = Authority(site.folder / "pki")
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


def test_a_listed_port_that_is_gone_is_told(site: Site, counted: Callable[..., Counted]) -> None:
    server, gone = counted(), raw.Server(0, raw.closing)
    gone.shutdown()
    _, text = site.audit([_port(server.port, "http"), _port(gone.port, "dicom")], "--format", "json")
    assert _evidence(text, "endpoints.estate-listed-but-gone") == {f"127.0.0.1:{gone.port}"}


def test_one_title_on_two_hosts_is_told_and_two_ports_of_one_host_are_not(site: Site) -> None:
    gone = raw.Server(0, raw.closing)
    gone.shutdown()
    listed = [
        {"host": f"127.0.0.{host}", "port": gone.port, "kind": "dicom", "called_ae": title}
        for host, title in ((1, "WEST"), (2, "WEST"), (3, "EAST"))
    ]
    listed.append({**listed[2], "kind": "dicom+tls"})
    _, text = site.audit(listed, "--format", "json")
    assert _evidence(text, "endpoints.estate-title-on-two-hosts") == {"127.0.0.1, 127.0.0.2"}


_OPENS = {
    "orthanc.json": '{"HttpServerEnabled": false, "DicomPort": PORT}',
    "dcmqrscp.cfg": "NetworkTCPPort = PORT # here\nAETable BEGIN\nWEST /var R (1, 1mb) ct1\nAETable END\n",
    "a.ldif": "dn: cn=d,dicomDeviceName=a\nobjectClass: dicomNetworkConnection\ndicomPort: PORT\n",
    "dicom.ini": "[sscscp]\nMyACRNema = WEST\nTCPPort = PORT\n",
    "nginx.conf": "http { server { listen 127.0.0.1:81; listen 0.0.0.0:PORT ssl; } }\n",
    "stunnel.conf": "[a]\naccept = PORT\nconnect = 127.0.0.1:104\n",
    "scp.service": "[Service]\nExecStart=/usr/bin/storescp -aet WEST PORT\n",
}


def test_a_port_that_a_configuration_opens_and_nobody_listed_is_told(
    site: Site, counted: Callable[..., Counted]
) -> None:
    server = counted()
    configs = [{"path": name, "host": "127.0.0.1"} for name in _OPENS]
    for port, told in ((2109, set(_OPENS)), (server.port, set())):
        for name, text in _OPENS.items():
            (site.folder / name).write_text(text.replace("PORT", str(port)))
        _, shown = site.audit([_port(server.port, "http")], "--format", "json", configs=configs)
        assert _evidence(shown, "endpoints.estate-open-but-unlisted") == told


def test_a_port_that_is_open_though_its_configuration_closes_it_is_told(
    site: Site, counted: Callable[..., Counted]
) -> None:
    server = counted()
    text = f'{{"DicomServerEnabled": false, "HttpServerEnabled": false, "HttpPort": {server.port}}}'
    configs = [{"path": name, "host": host} for name, host in (("here.json", "127.0.0.1"), ("there.json", "10.0.0.7"))]
    for entry in configs:
        (site.folder / entry["path"]).write_text(text)
    _, shown = site.audit([_port(server.port, "http")], "--format", "json", configs=configs)
    assert _evidence(shown, "endpoints.estate-open-though-closed") == {"here.json"}


def test_a_certificate_that_is_not_the_deployed_one_is_told(site: Site) -> None:
    authority = Authority(site.folder / "pki")
    leaf = authority.leaf()
    shown = x509.load_pem_x509_certificate(leaf.with_suffix(".pem").read_bytes())
    right = shown.fingerprint(hashes.SHA256()).hex(":").upper()
    with _tls(leaf, authority.ca) as one, _tls(leaf, authority.ca) as two:
        listed = [_port(one, certificate_sha256=right), _port(two, certificate_sha256="00" * 32)]
        _, text = site.audit(listed, "--format", "json")
    rule = "endpoints.cert-not-the-deployed-one"
    told = {each["subject"] for each in json.loads(text)["findings"] if each["rule"] == rule}
    assert told == {f"127.0.0.1:{two}"}


def test_a_port_listed_with_tls_that_answers_without_is_told(site: Site, counted: Callable[..., Counted]) -> None:
    server = counted()
    _, text = site.audit([_port(server.port, "http+tls")], "--format", "json")
    assert _evidence(text, "endpoints.estate-transport-differs") == {f"127.0.0.1:{server.port}"}


def _evidence(text: str, rule: str) -> set[str]:
    findings = [each for each in json.loads(text)["findings"] if each["rule"] == rule and each["outcome"] == "fail"]
    return {one["locator"] for each in findings for one in each["evidence"]}

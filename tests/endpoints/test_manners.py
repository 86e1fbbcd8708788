"""How a run behaves towards the hosts it looks at: what it sends, how often, and what it leaves alone."""

import json
import socket
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pynetdicom import evt

from auditor.endpoints import networks
from fixtures.endpoints import rawservers as raw
from fixtures.endpoints.dicomservers import CALLED, serve
from fixtures.endpoints.site import Counted, Site


def _port(port: int, kind: str = "http", **more: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": port, "kind": kind, **more}


def test_an_address_outside_the_sites_networks_is_not_contacted_and_this_is_said(
    site: Site, counted: Callable[..., Counted]
) -> None:
    server = counted()
    (site.folder / "auditor.toml").write_text("[site]\nnetworks = ['10.0.0.0/8']\n[audit]\nexecutor = 'serial'\n")
    code, text = site.audit([_port(server.port)], "--format", "json")
    assert code == 3
    assert "outside the site's networks" in text
    assert server.met == 0


def test_a_name_that_leads_to_an_unlisted_network_as_well_is_refused_whole(
    audit: Callable[..., dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    counted: Callable[..., Counted],
) -> None:
    server = counted()
    both = [(2, 1, 6, "", ("127.0.0.1", 0)), (2, 1, 6, "", ("192.0.2.7", 0))]
    monkeypatch.setattr(networks, "getaddrinfo", lambda *_, **__: both)
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(json.dumps({"endpoints": [{"host": "pacs.audit.test", "port": server.port, "kind": "http"}]}))
    found = audit(inventory)[f"pacs.audit.test:{server.port}"]
    assert "outside the site's networks" in found["row"].reason
    assert "http: refused" in found["row"].attributes["attempts"]
    assert server.met == 0


def test_closed_silent_and_unknown_ports_are_not_evaluated_and_the_others_go_on(
    site: Site, counted: Callable[..., Counted]
) -> None:
    silent, server = raw.Server(0, raw.silent), counted()
    gone = raw.Server(0, raw.closing)
    gone.shutdown()
    listed = [
        _port(gone.port, "dicom"),
        _port(silent.port, "dicom+tls"),
        {"host": "no-such-host.invalid", "port": 104, "kind": "dicom"},
        _port(server.port),
    ]
    code, text = site.audit(listed, "--format", "json")
    silent.shutdown()
    assert code == 3
    for reason in ("the port is closed", "in time", "the host name is unknown"):
        assert reason in text
    assert "plaintext-http" in text


def test_a_dry_run_prints_every_exchange_and_contacts_nothing(site: Site, counted: Callable[..., Counted]) -> None:
    server = counted()
    listed = [_port(server.port), _port(server.port, "dicom", allow_find=True), _port(server.port, "hl7+tls")]
    listed.append({"host": "192.0.2.7", "port": 104, "kind": "dicom"})
    code, text = site.audit(listed, "--dry-run", "--try-defaults")
    assert (code, server.met) == (0, 0)
    for said in ("GET /studies", "log-in as orthanc", "C-FIND that matches nobody", "QBP^Q22", "TLS 1.2 ClientHello"):
        assert said in text
    assert text.endswith("nothing: the address lies outside the site's networks\n")
    assert not (site.folder / "store").exists()


def test_a_run_sends_nothing_that_the_dry_run_did_not_name(
    site: Site, audit: Callable[..., dict[str, Any]], counted: Callable[..., Counted]
) -> None:
    dicom = serve(0, services=("echo", "find"), calling=False)
    web, port = counted(), dicom.server_address[1]
    _, promised = site.audit([_port(web.port), _port(port, "dicom", called_ae=CALLED)], "--dry-run")
    found = audit(site.folder / "inventory.yaml")
    dicom.shutdown()
    sent = [each for row in found.values() for each in row["row"].attributes.get("sent", "").split("; ") if each]
    assert len(sent) > 8
    assert [each for each in sent if each.rpartition(" x")[0] not in promised] == []


def test_vendor_logins_are_left_alone_unless_asked_for(site: Site, counted: Callable[..., Counted]) -> None:
    server = counted()
    site.audit([_port(server.port)])
    assert server.met > 1
    assert not server.logins


def test_each_vendor_account_is_tried_at_most_once(site: Site, counted: Callable[..., Counted]) -> None:
    server = counted()
    site.audit([_port(server.port)], "--try-defaults")
    assert len(server.logins) >= 4
    assert set(server.logins.values()) == {1}


@pytest.mark.parametrize("limit", [1, 2])
def test_a_host_never_sees_more_connections_than_its_limit(
    limit: int, site: Site, counted: Callable[..., Counted]
) -> None:
    server = counted(dwell=0.02)
    site.configure(f"connections_per_host = {limit}")
    site.audit([_port(server.port, name=f"view {each}", server_name=f"v{each}.audit.test") for each in range(4)])
    assert server.met > 8
    assert server.most == limit


@pytest.mark.parametrize("allowed", [False, True])
def test_nothing_is_ever_stored_moved_or_fetched_and_queries_need_permission(allowed: bool, site: Site) -> None:
    asked: Counter[str] = Counter()
    server = serve(0, services=("echo", "find", "get", "move", "store", "private"), calling=False, called=False)
    server.bind(evt.EVT_DIMSE_RECV, lambda event: asked.update([type(event.message).__name__]))
    port = server.server_address[1]
    site.audit([_port(port, "dicom", called_ae=CALLED)], allow_find=allowed)
    server.shutdown()
    assert asked.pop("C_ECHO_RQ") >= 1
    assert dict(asked) == ({"C_FIND_RQ": 1} if allowed else {})


def test_the_site_sets_the_title_we_call_by(site: Site) -> None:
    callers: set[str] = set()
    server = serve(0, services=("echo",), calling=False)
    server.bind(evt.EVT_REQUESTED, lambda event: callers.add(event.assoc.requestor.primitive.calling_ae_title))
    site.configure("calling_ae = 'SITE_AUDIT'")
    site.audit([_port(server.server_address[1], "dicom", called_ae=CALLED)])
    server.shutdown()
    assert callers == {"SITE_AUDIT"}


def test_between_two_connections_to_a_host_the_pause_passes(site: Site) -> None:
    begun: list[float] = []
    answer = raw.http(lambda *_: (401, "text/plain", ""))

    def handle(connection: socket.socket) -> None:
        begun.append(time.monotonic())
        answer(connection)

    server = raw.Server(0, handle)
    site.configure("pause_seconds = 0.2")
    site.audit([_port(server.port)])
    server.shutdown()
    assert len(begun) > 4
    assert (begun[-1] - begun[0]) / (len(begun) - 1) > 0.19

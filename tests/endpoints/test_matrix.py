"""Who may do what on whom: in the printed table, in the exported run, and so in the report, for clean sites too."""

import json
from typing import Any

from auditor.endpoints.matrix import MOST, Permission, view
from fixtures.endpoints.dicomservers import CALLED, KNOWN, secured, serve
from fixtures.endpoints.pki import NAME, Authority
from fixtures.endpoints.site import Site

_ALL = ("echo", "find", "get", "move", "store", "private")


def _cells(text: str) -> dict[tuple[str, str], tuple[str, str, int]]:
    """Of an exported run: caller and called to note, state and how much of it is without TLS."""
    parts = json.loads(text)["run"]["parts"]
    return {
        (view["rows"][cell["row"]]["text"], view["columns"][cell["column"]]["text"]): (
            cell["note"], cell["state"], cell["marked"])
        for part in parts for view in part["views"] for cell in view["cells"]
    }  # fmt: skip


def _listed(port: int, kind: str = "dicom", **more: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": port, "kind": kind, "called_ae": CALLED, "known_calling_ae": KNOWN, **more}


def test_an_open_archive_shows_what_anybody_may_do_and_that_it_is_in_the_clear(site: Site) -> None:
    server = serve(0, services=_ALL, calling=False)
    port = server.server_address[1]
    _, text = site.audit([_listed(port)], "--format", "json", allow_find=True)
    server.shutdown()
    cells = _cells(text)
    assert cells["anybody", f"{CALLED} 127.0.0.1:{port}"] == ("EFgms·", "open", 5)
    assert cells[KNOWN, f"{CALLED} 127.0.0.1:{port}"] == ("", "configured", 0)


def test_an_archive_that_knows_its_peers_shows_who_is_refused_and_who_is_not(site: Site) -> None:
    server = serve(0, services=("echo", "store"))
    port = server.server_address[1]
    listed = [_listed(port)]
    _, text = site.audit(listed, "--format", "json")
    _, table = site.audit(listed)
    server.shutdown()
    cells = _cells(text)
    assert cells["anybody", f"{CALLED} 127.0.0.1:{port}"] == ("······", "refused", 0)
    assert cells[KNOWN, f"{CALLED} 127.0.0.1:{port}"] == ("E···s·", "accepted", 2)
    assert "Who may do what on whom" in table
    assert f"    {KNOWN:<11}  E···s·  accepted, without TLS" in table.splitlines()
    assert "fail" in table.splitlines()[-1]


def test_behind_mutual_tls_strangers_are_refused_and_holders_of_a_certificate_are_told_apart(site: Site) -> None:
    authority = Authority(site.folder / "pki")
    client = authority.leaf("client")
    server = serve(0, services=("echo",), calling=False, context=secured(authority.leaf(), authority.ca))
    port = server.server_address[1]
    files = {"client_certificate": str(client.with_suffix(".pem")), "client_key": str(client.with_suffix(".key"))}
    ours = _listed(port, "dicom+tls", server_name=NAME, client_certificate=True)
    _, text = site.audit([ours], "--format", "json", **files)
    _, other = site.audit([{**ours, "client_certificate": False}], "--format", "json")
    server.shutdown()
    column = f"{CALLED} 127.0.0.1:{port}"
    assert _cells(text)["anybody", column][:2] == ("······", "refused")
    assert _cells(text)["anybody with a certificate", column] == ("E·····", "open", 0)
    assert _cells(other)["anybody", column][:2] == ("······", "refused")


def test_what_configurations_grant_stands_beside_what_is_answered(site: Site) -> None:
    (site.folder / "orthanc.json").write_text(
        '{"DicomAet": "WEST", "DicomAlwaysAllowStore": false, "DicomModalities": '
        '{"a": ["CT1", "h", 104], "b": {"AET": "WS1", "Host": "i", "Port": 104, "AllowMove": false}}}'
    )
    (site.folder / "qr.cfg").write_text(
        "HostTable BEGIN\nroom = (RAD1, h, 104), (RAD2, h, 105)\nHostTable END\n"
        "AETable BEGIN\nSHELF /var RW (9, 1mb) room\nPOOL /var R (9, 1mb) ANY\nAETable END\n"
    )
    (site.folder / "device.ldif").write_text(
        "dn: dicomDeviceName=a\nobjectClass: dicomDevice\n\ndn: dicomAETitle=ARC,dicomDeviceName=a\n"
        "objectClass: dicomNetworkAE\ndicomAETitle: ARC\ndcmAcceptedCallingAETitle: MR1\n"
        "\ndn: cn=t,dicomAETitle=ARC,dicomDeviceName=a\nobjectClass: dicomTransferCapability\n"
        "dicomTransferRole: SCP\ndicomSOPClass: 1.2.840.10008.1.1\n"
    )
    listed = [{"path": name} for name in ("orthanc.json", "qr.cfg", "device.ldif")]
    _, text = site.audit([], "--format", "json", configs=listed)
    cells = {pair: note for pair, (note, state, _) in _cells(text).items() if state == "configured"}
    assert cells == {
        ("anybody", "WEST orthanc"): "e·····",
        ("CT1", "WEST orthanc"): "efgms?",
        ("WS1", "WEST orthanc"): "efg·s?",
        ("RAD1", "SHELF dcmqrscp"): "efgms?",
        ("RAD2", "SHELF dcmqrscp"): "efgms?",
        ("anybody", "POOL dcmqrscp"): "efgm·?",
        ("MR1", "ARC dcm4chee"): "e?????",
    }


def test_a_configured_title_that_a_live_port_answers_to_is_one_column(site: Site) -> None:
    server = serve(0, services=("echo",), calling=False)
    port = server.server_address[1]
    (site.folder / "o.json").write_text(f'{{"DicomAet": "{CALLED}", "DicomModalities": {{"a": ["CT1", "h", 104]}}}}')
    _, text = site.audit([_listed(port)], "--format", "json", configs=[{"path": "o.json"}])
    server.shutdown()
    cells = _cells(text)
    assert {called for _, called in cells} == {f"{CALLED} 127.0.0.1:{port}"}
    assert cells["anybody", f"{CALLED} 127.0.0.1:{port}"][1] == "open"
    assert cells["CT1", f"{CALLED} 127.0.0.1:{port}"][:2] == ("efgms?", "configured")


def test_of_very_many_callers_the_most_connected_stay_and_the_rest_are_counted() -> None:
    found = [Permission(f"CT{number}", "WEST", "accepted", {}) for number in range(MOST + 40)]
    found.append(Permission("ZZ", "WEST", "accepted", {}))
    found.append(Permission("ZZ", "EAST", "accepted", {}))
    table = view("estate", found)
    assert len(table.rows) == MOST
    assert table.left_out == 41
    assert "ZZ" in {row.text for row in table.rows}
    assert len(table.cells) == MOST + 1


def test_a_silent_port_is_not_called_refused(site: Site) -> None:
    gone = serve(0)
    port = gone.server_address[1]
    gone.shutdown()
    gone.server_close()
    _, text = site.audit([_listed(port)], "--format", "json")
    assert _cells(text)["anybody", f"{CALLED} 127.0.0.1:{port}"] == ("??????", "unanswered", 0)

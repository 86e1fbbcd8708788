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


class Estate:
    """Archives open and closed, in the clear and behind TLS, with configurations, in one run of the command."""

    def __init__(self, site: Site) -> None:
        authority = Authority(site.folder / "pki")
        site.configure("connections_per_host = 16")
        client, context = authority.leaf("client"), secured(authority.leaf(), authority.ca)
        servers = {
            "open": serve(0, services=_ALL, calling=False),
            "knows": serve(0, services=("echo", "store")),
            "mutual": serve(0, services=("echo",), calling=False, context=context),
            "mutual without ours": serve(0, services=("echo",), calling=False, context=context),
            "gone": serve(0),
        }
        self.ports = {name: server.server_address[1] for name, server in servers.items()}
        servers.pop("gone").shutdown()
        for name, text in _FILES.items():
            (site.folder / name).write_text(text)
        listed = [
            _listed(port, "dicom+tls", server_name=NAME, client_certificate=name == "mutual")
            if "mutual" in name
            else _listed(port)
            for name, port in self.ports.items()
        ]
        files = {"client_certificate": str(client.with_suffix(".pem")), "client_key": str(client.with_suffix(".key"))}
        configs = [{"path": name} for name in _FILES]
        _, text = site.audit(listed, "--format", "json", allow_find=True, configs=configs, **files)
        self.cells = _cells(text)
        for server in servers.values():
            server.shutdown()

    def of(self, name: str) -> dict[str, tuple[str, str, int]]:
        """Caller to cell, of one server."""
        column = f"{CALLED} 127.0.0.1:{self.ports[name]}"
        return {caller: cell for (caller, called), cell in self.cells.items() if called == column}


_FILES = {
    "orthanc.json": '{"DicomAet": "WEST", "DicomAlwaysAllowStore": false, "DicomModalities": '
    '{"a": ["CT1", "h", 104], "b": {"AET": "WS1", "Host": "i", "Port": 104, "AllowMove": false}}}',
    "qr.cfg": "HostTable BEGIN\nroom = (RAD1, h, 104), (RAD2, h, 105)\nHostTable END\n"
    "AETable BEGIN\nSHELF /var RW (9, 1mb) room\nPOOL /var R (9, 1mb) ANY\nAETable END\n",
    "device.ldif": "dn: dicomDeviceName=a\nobjectClass: dicomDevice\n\ndn: dicomAETitle=ARC,dicomDeviceName=a\n"
    "objectClass: dicomNetworkAE\ndicomAETitle: ARC\ndcmAcceptedCallingAETitle: MR1\n"
    "\ndn: cn=t,dicomAETitle=ARC,dicomDeviceName=a\nobjectClass: dicomTransferCapability\n"
    "dicomTransferRole: SCP\ndicomSOPClass: 1.2.840.10008.1.1\n",
}
_UNKNOWN, _NOTHING = ("??????", "unanswered", 0), ("······", "refused", 0)


def test_an_estate_shows_who_may_do_what_on_whom(site: Site) -> None:
    estate = Estate(site)
    listed = ("", "configured", 0)
    assert estate.of("open") == {"anybody": ("EFgms·", "open", 5), KNOWN: listed}
    assert estate.of("knows") == {"anybody": _NOTHING, KNOWN: ("E···s·", "accepted", 2)}
    holder = {"anybody with a certificate": ("E·····", "open", 0)}
    assert estate.of("mutual") == {"anybody": _NOTHING, **holder, KNOWN: listed}
    assert estate.of("mutual without ours") == {"anybody": _NOTHING, KNOWN: listed}
    assert estate.of("gone") == {"anybody": _UNKNOWN, KNOWN: listed}
    assert {pair: note for pair, (note, _, _) in estate.cells.items() if "127.0.0.1" not in pair[1]} == {
        ("anybody", "WEST orthanc"): "e·····",
        ("CT1", "WEST orthanc"): "efgms?",
        ("WS1", "WEST orthanc"): "efg·s?",
        ("RAD1", "SHELF dcmqrscp"): "efgms?",
        ("RAD2", "SHELF dcmqrscp"): "efgms?",
        ("anybody", "POOL dcmqrscp"): "efgm·?",
        ("MR1", "ARC dcm4chee"): "e?????",
    }


def test_a_configured_title_that_a_live_port_answers_to_is_one_column_of_the_printed_table(site: Site) -> None:
    server = serve(0, services=("echo",))
    port = server.server_address[1]
    (site.folder / "o.json").write_text(f'{{"DicomAet": "{CALLED}", "DicomModalities": {{"a": ["CT1", "h", 104]}}}}')
    _, table = site.audit([_listed(port)], configs=[{"path": "o.json"}])
    server.shutdown()
    lines = table.splitlines()
    start = lines.index(f"  {CALLED} 127.0.0.1:{port}")
    assert lines[start + 1 : start + 4] == [
        "    CT1          efgms?  configured",
        f"    {KNOWN}  E·····  accepted, without TLS",
        "    anybody      ······  refused",
    ]
    assert "fail" in lines[-1]


def test_of_very_many_callers_the_most_connected_stay_and_the_rest_are_counted() -> None:
    found = [Permission(f"CT{number}", "WEST", "accepted", {}) for number in range(MOST + 40)]
    found.append(Permission("ZZ", "WEST", "accepted", {}))
    found.append(Permission("ZZ", "EAST", "accepted", {}))
    table = view("estate", found)
    assert len(table.rows) == MOST
    assert table.left_out == 41
    assert "ZZ" in {row.text for row in table.rows}
    assert len(table.cells) == MOST + 1

"""Real peers, as Debian packages them, each with the faults that its settings mean."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.endpoints.dicomservers import CALLED, KNOWN
from fixtures.endpoints.peers import Peers, free_port, missing, orthanc
from fixtures.endpoints.pki import NAME, Authority

pytestmark = pytest.mark.peers("storescp", "dcmqrscp", "Orthanc", "stunnel4", "nginx")
OPEN = {"ae-any-calling", "ae-any-called", "anon-echo", "anon-store"}
NEGOTIATED = {"anon-get", "anon-move"}
OLD = {"tls-1.0", "tls-1.1"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, audit: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    assert missing() == []
    folder = tmp_path_factory.mktemp("peers")
    programs = Peers(folder)
    try:
        peers = _Peers(folder, programs)
        programs.ready()
        inventory = folder / "inventory.yaml"
        inventory.write_text(json.dumps(peers.inventory()))
        result = audit(inventory, try_defaults=True, answer=20.0, endpoint=90.0)
        yield {name: result[f"127.0.0.1:{port}"] for name, (port, _, _) in peers.ports.items()}
    finally:
        programs.stop()


class _Peers:
    def __init__(self, folder: Path, programs: Peers) -> None:
        self.folder, self.programs = folder, programs
        self.authority = Authority(folder / "pki")
        self.leaf = self.authority.leaf("rsa")
        self.client = self.authority.leaf("client")
        self.ports: dict[str, tuple[int, str, bool]] = {}
        self._dcmtk()
        self._orthanc()
        self._stunnel()
        self._nginx()

    def start(
        self, name: str, kind: str, program: str, arguments: list[Any], port: int, *, client: bool = False
    ) -> None:
        self.programs.start(program, arguments, port)
        self.ports[name] = (port, kind, client)

    def _dcmtk(self) -> None:
        key, pem = self.leaf.with_suffix(".key"), self.leaf.with_suffix(".pem")
        tls = ["+tls", key, pem, "+cf", self.authority.ca]
        for name, kind, options in (
            ("storescp", "dicom", []),
            ("storescp promiscuous", "dicom", ["-pm"]),
            ("storescp tls", "dicom+tls", [*tls, "-rc"]),
            ("storescp null", "dicom+tls", [*tls, "-vc", "+pn"]),
            ("storescp ignoring", "dicom+tls", [*tls, "-ic"]),
        ):  # fmt: skip
            port = free_port()
            self.start(name, kind, "storescp", ["--ignore", *options, port], port)
        port, area = free_port(), self.folder / "area"
        area.mkdir()
        config = self.folder / "dcmqrscp.cfg"
        config.write_text(
            f"NetworkTCPPort = {port}\nMaxPDUSize = 16384\nMaxAssociations = 16\n"
            f"HostTable BEGIN\nroom = ({KNOWN}, 127.0.0.1, 104)\nHostTable END\n"
            "VendorTable BEGIN\nVendorTable END\n"
            f"AETable BEGIN\n{CALLED} {area} RW (10, 1024mb) ANY\nAETable END\n"
        )
        self.start("dcmqrscp", "dicom", "dcmqrscp", ["-c", config], port)

    def _orthanc(self) -> None:
        pem, key, ca = (str(each) for each in (*map(self.leaf.with_suffix, (".pem", ".key")), self.authority.ca))
        both = self.folder / "https.pem"
        both.write_bytes(Path(pem).read_bytes() + Path(key).read_bytes())
        tls = {
            "DicomTlsEnabled": True,
            "DicomTlsCertificate": pem,
            "DicomTlsPrivateKey": key,
            "DicomTlsTrustedCertificates": ca,
        }
        closed = {f"DicomAlwaysAllow{each}": False for each in ("Echo", "Store", "Find", "Get", "Move")}
        for name, settings, web in (
            ("orthanc", {"RemoteAccessAllowed": True, "AuthenticationEnabled": False}, "http"),
            ("orthanc closed", {**closed, **tls, "DicomCheckCalledAet": True, "RemoteAccessAllowed": True,
                                "SslEnabled": True, "SslCertificate": str(both),
                                "RegisteredUsers": {"north": "a-long-one-6127"}}, "http+tls"),
            ("orthanc defaults", {"RemoteAccessAllowed": True}, "http"),
        ):  # fmt: skip
            dicom, http = free_port(), free_port()
            file = orthanc(self.folder, dicom, http, settings)
            kind = "dicom+tls" if "DicomTlsEnabled" in settings else "dicom"
            self.start(name, kind, "Orthanc", [file], dicom, client="tls" in kind)
            self.ports[f"{name} web"] = (http, web, False)

    def _stunnel(self) -> None:
        for name, lines in (("stunnel", "sslVersionMin = TLSv1.2\nciphers = ECDHE+AESGCM"),
                            ("stunnel mutual", f"verifyChain = yes\nCAfile = {self.authority.ca}\n"
                                               "sslVersionMin = TLSv1.2\nciphers = ECDHE+AESGCM")):  # fmt: skip
            port = free_port()
            both = self.folder / "stunnel.pem"
            both.write_bytes(self.leaf.with_suffix(".pem").read_bytes() + self.leaf.with_suffix(".key").read_bytes())
            both.chmod(0o600)
            config = self.folder / f"stunnel{port}.conf"
            config.write_text(
                f"foreground = yes\npid =\n[dicom]\naccept = 127.0.0.1:{port}\n"
                f"connect = 127.0.0.1:{self.ports['dcmqrscp'][0]}\ncert = {both}\n{lines}\n"
            )
            self.start(name, "dicom+tls", "stunnel4", [config], port, client="mutual" in name)

    def _nginx(self) -> None:
        ports = [free_port() for _ in range(6)]
        (self.folder / "staple.der").write_bytes(self.authority.staple(self.leaf, revoked=True))
        pem, key = (self.leaf.with_suffix(each) for each in (".pem", ".key"))
        ours = "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM;"
        verify = f"ssl_client_certificate {self.authority.ca}; ssl_verify_client"
        backend = f"location / {{ proxy_pass http://127.0.0.1:{self.ports['orthanc web'][0]}; }}"
        servers = (
            f"server {{ listen 127.0.0.1:{ports[0]}; return 301 https://$host$request_uri; }}"
            f"server {{ listen 127.0.0.1:{ports[1]} ssl; {ours} {verify} on; {backend} }}"
            f"server {{ listen 127.0.0.1:{ports[2]} ssl; {ours} {verify} optional; {backend} }}"
            f"server {{ listen 127.0.0.1:{ports[3]} ssl; ssl_protocols TLSv1.2; ssl_ciphers HIGH:!aNULL; {backend} }}"
            f"server {{ listen 127.0.0.1:{ports[4]} ssl; {ours} server_name elsewhere.test; ssl_reject_handshake on; }}"
            f"server {{ listen 127.0.0.1:{ports[4]} ssl; {ours} server_name {NAME}; {backend} }}"
            f"server {{ listen 127.0.0.1:{ports[5]} ssl; {ours} ssl_stapling on; "
            f"ssl_stapling_file {self.folder}/staple.der; {verify} on; {backend} }}"
        )
        temporary = "".join(f"{each}_temp_path {self.folder}/{each};" for each in
                            ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
        config = self.folder / "nginx.conf"
        config.write_text(
            f"daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log; events {{}}\n"
            f"http {{ access_log off; {temporary} ssl_certificate {pem}; ssl_certificate_key {key}; {servers} }}\n"
        )
        self.start("nginx redirect", "http", "nginx", ["-p", self.folder, "-c", config], ports[0])
        for name, port in zip(("mutual", "optional", "high", "by name", "stapled"), ports[1:], strict=True):
            self.ports[f"nginx {name}"] = (port, "http+tls", False)

    def inventory(self) -> dict[str, Any]:
        names = {"server_name": NAME, "called_ae": CALLED, "known_calling_ae": KNOWN, "host": "127.0.0.1"}
        return {
            "ca": str(self.authority.ca),
            "allow_find": True,
            "client_certificate": str(self.client.with_suffix(".pem")),
            "client_key": str(self.client.with_suffix(".key")),
            "endpoints": [
                {"name": name, "port": port, "kind": kind, "client_certificate": client, **names}
                for name, (port, kind, client) in self.ports.items()
            ],
        }


@pytest.mark.parametrize(
    ("name", "faults"),
    [
        ("storescp", {"plaintext-dicom", *OPEN}),
        ("storescp promiscuous", {"plaintext-dicom", *OPEN, "storage-any-sop"}),
        ("storescp null", {*OPEN, *OLD, "client-auth-optional", "cipher-null", "cipher-no-fs"}),
        ("dcmqrscp", {"plaintext-dicom", *OPEN - {"ae-any-called"}, *NEGOTIATED, "anon-find"}),
        ("orthanc", {"plaintext-dicom", *OPEN, *NEGOTIATED}),
        ("orthanc web", {"plaintext-http", "http-no-auth"}),
        ("orthanc defaults web", {"plaintext-http", "default-credentials"}),
        ("stunnel", {*OPEN - {"ae-any-called"}, *NEGOTIATED, "anon-find", "client-auth-none"}),
        ("stunnel mutual", {*OPEN - {"ae-any-called"}, *NEGOTIATED, "anon-find"}),
        ("nginx redirect", set()),
        ("nginx mutual", set()),
        ("nginx optional", {"client-auth-optional", "http-no-auth"}),
        ("nginx high", {"client-auth-none", "http-no-auth", "cipher-cbc", "cipher-no-fs"}),
        ("nginx stapled", {"cert-revoked"}),
        ("nginx by name", {"client-auth-none", "http-no-auth"}),
    ],
)
def test_a_real_peer_shows_exactly_the_faults_of_its_settings(
    found: dict[str, Any], name: str, faults: set[str]
) -> None:
    assert found[name]["faults"] == faults
    assert found[name]["row"].disposition.complete, found[name]["row"].reason


def test_a_closed_orthanc_behind_mutual_tls_is_judged_with_our_certificate(found: dict[str, Any]) -> None:
    faults = found["orthanc closed"]["faults"]
    assert not faults & {*OPEN, *NEGOTIATED, "client-auth-none", "client-auth-optional", "plaintext-dicom"}
    assert {"tls-1.0", "cipher-no-fs"} <= faults, found["orthanc closed"]["row"]


def test_a_closed_orthanc_asks_for_a_log_in(found: dict[str, Any]) -> None:
    assert not found["orthanc closed web"]["faults"] & {"http-no-auth", "default-credentials", "plaintext-http"}


def test_a_storescp_behind_mutual_tls_is_judged_as_to_tls_and_says_why_not_the_rest(found: dict[str, Any]) -> None:
    values, unknown = found["storescp tls"]["facts"].values, found["storescp tls"]["facts"].unknown
    assert values["client_auth"] == "required"
    assert "client certificate is required" in unknown["anonymous_echo"]

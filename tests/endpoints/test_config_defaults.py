"""What is written nowhere: defaults by the product's version, known or not, and files that are not here."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.endpoints.configs.read import read_config
from auditor.model.outcome import Outcome
from fixtures.endpoints import rawservers as raw
from fixtures.endpoints.configcases import LDIF_GOOD, NGINX_GOOD, ORTHANC_GOOD, STUNNEL_GOOD, UNIT

Audit = Callable[..., dict[str, Any]]
NGINX = NGINX_GOOD.replace("ssl_protocols TLSv1.2 TLSv1.3;", "").partition("stream")[0]
STUNNEL = STUNNEL_GOOD.replace("sslVersionMin = TLSv1.2\n", "")
LDIF = LDIF_GOOD.replace("dcmTLSProtocol: TLSv1.2\n", "")
TLS_UNIT = UNIT.format("+tls k.pem c.pem +cf ca.pem", "WESTPACS")
OLD = {"endpoints.config-tls-1-0", "endpoints.config-tls-1-1"}
GROUP_1024 = """-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
"""


def judged(audit: Audit, folder: Path, product: str, name: str, text: str, **entry: str) -> dict[str, Any]:
    (folder / name).write_text(text)
    inventory = folder / "estate.yaml"
    inventory.write_text(json.dumps({"configs": [{"product": product, "path": name, **entry}]}))
    found = next(each for each in audit(inventory).values() if each["facts"].values["scope"] == "configuration")
    found["open"] = {each.rule for each in found["findings"] if each.outcome is Outcome.NOT_EVALUATED}
    return found


@pytest.mark.parametrize(
    ("product", "name", "text", "version", "faults"),
    [
        ("nginx", "a.conf", NGINX, "1.22.1", {"tls-1.0", "tls-1.1"}),
        ("nginx", "a.conf", NGINX, "1.27.3", set()),
        ("nginx", "a.conf", NGINX, "1.8.1", {"tls-sslv3", "tls-1.0", "tls-1.1"}),
        ("nginx", "a.conf", NGINX_GOOD.partition("stream")[0], "1.8.1", set()),
        ("dcm4chee", "a.ldif", LDIF, "5.18.0", {"tls-1.0", "tls-1.1"}),
        ("dcm4chee", "a.ldif", LDIF, "5.31.0", set()),
        ("systemd", "a.service", TLS_UNIT, "3.6.6", {"tls-1.0", "tls-1.1", "cipher-cbc", "cipher-no-fs"}),
        ("systemd", "a.service", TLS_UNIT, "3.6.7", set()),
        ("systemd", "a.service", TLS_UNIT, "3.6.9", set()),
        ("orthanc", "a.json", ORTHANC_GOOD, "1.11.3",
         {"tls-1.0", "tls-1.1", "cipher-cbc", "cipher-no-fs", "cfg-remote-code"}),
        ("orthanc", "a.json", ORTHANC_GOOD.replace('"DicomTlsRemoteCertificateRequired": true',
         '"DicomTlsRemoteCertificateRequired": false, "DicomTlsMinimumProtocolVersion": 4'), "1.12.3",
         {"client-auth-optional"}),
        ("orthanc", "a.json", ORTHANC_GOOD.replace('"DicomTlsRemoteCertificateRequired": true',
         '"DicomTlsRemoteCertificateRequired": false, "DicomTlsMinimumProtocolVersion": 4'), "1.12.4",
         {"client-auth-none"}),
    ],
)  # fmt: skip
def test_a_key_that_is_absent_counts_as_the_listed_version_has_it(
    audit: Audit, tmp_path: Path, product: str, name: str, text: str, version: str, faults: set[str]
) -> None:
    listed = judged(audit, tmp_path, product, name, text, version=version)
    scp = {"ae-any-calling", "ae-any-called", "anon-echo", "anon-store"} if product == "systemd" else set()
    assert listed["faults"] == faults | scp
    assert listed["row"].attributes["version"] == f"{version} (inventory)"
    assert not listed["open"] & OLD


@pytest.mark.parametrize(
    ("product", "name", "text"),
    [
        ("nginx", "a.conf", NGINX),
        ("stunnel", "a.conf", STUNNEL),
        ("systemd", "a.service", TLS_UNIT),
        ("orthanc", "a.json", ORTHANC_GOOD),
    ],
)
def test_where_versions_disagree_and_none_is_known_nothing_passes_and_it_is_said(
    audit: Audit, tmp_path: Path, product: str, name: str, text: str
) -> None:
    found = judged(audit, tmp_path, product, name, text)
    assert "endpoints.config-tls-left-open" in found["rules"]
    assert found["open"] >= OLD
    assert not found["faults"] & {"tls-1.0", "tls-1.1"}
    assert found["row"].attributes["version"] == "not known"


@pytest.mark.parametrize(
    ("product", "name", "text", "version"),
    [
        ("nginx", "a.conf", f"# nginx 1.18.0 (Ubuntu), changed in May\n{NGINX}", "1.18.0 (comment in line 1)"),
        ("nginx", "a.conf", f"# listens for PACS 2.4.1 since 2019.12\n{NGINX}", "not known"),
        ("nginx", "a.conf", f"# http2 needs nginx 1.9.5, reuseport is new in nginx 1.9.1\n{NGINX}", "not known"),
        ("orthanc", "a.json", "// Orthanc 1.12.4, House 7\n" + ORTHANC_GOOD, "1.12.4 (comment in line 1)"),
        ("orthanc", "a.json", ORTHANC_GOOD.replace("// one archive", "// (like Orthanc 1.5.8)"), "not known"),
        ("stunnel", "a.conf", f"; stunnel version 5.72 for Windows\n{STUNNEL}", "5.72 (comment in line 1)"),
        ("systemd", "a.service", f"# dcmtk v3.6.5\n{TLS_UNIT}", "3.6.5 (comment in line 1)"),
        ("orthanc", "a.yml", "services:\n  pacs:\n    image: jodogne/orthanc-plugins:1.12.4\n    environment:\n"
         "      ORTHANC__DICOM_AET: WESTPACS\n", "1.12.4 (tag of the image)"),
    ],
)  # fmt: skip
def test_a_file_may_tell_its_version_itself(
    audit: Audit, tmp_path: Path, product: str, name: str, text: str, version: str
) -> None:
    assert judged(audit, tmp_path, product, name, text)["row"].attributes["version"] == version


def test_the_package_installed_beside_a_copy_of_a_machine_tells_the_version(audit: Audit, tmp_path: Path) -> None:
    status = tmp_path / "var/lib/dpkg/status"
    status.parent.mkdir(parents=True)
    status.write_text(
        "Package: nginx\nStatus: deinstall ok config-files\nVersion: 1.14.0\n\n"
        "Package: nginx-light\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.22.1-9+deb12u1\n"
    )
    folder = tmp_path / "etc/nginx"
    folder.mkdir(parents=True)
    (folder / "nginx.conf").write_text(NGINX)
    inventory = tmp_path / "estate.yaml"
    inventory.write_text(json.dumps({"configs": [{"product": "nginx", "path": "etc/nginx"}]}))
    found = audit(inventory)["etc/nginx"]
    assert found["row"].attributes["version"] == "1.22.1-9+deb12u1 (package nginx-light)"
    assert found["faults"] == {"tls-1.0", "tls-1.1"}


def test_a_default_names_the_versions_that_have_it(audit: Audit, tmp_path: Path) -> None:
    found = judged(audit, tmp_path, "nginx", "a.conf", NGINX, version="1.20.0")
    where = {one.locator for each in found["findings"] if each.rule in OLD for one in each.evidence}
    assert where == {"default of nginx since 1.9.1 and before 1.23.4"}


def test_tls_settings_of_an_include_that_is_not_here_pass_nothing(audit: Audit, tmp_path: Path) -> None:
    text = "http { include mime.types; server { listen 443 ssl; include snippets/tls.conf; } }\n"
    found = judged(audit, tmp_path, "nginx", "a.conf", text)
    assert found["faults"] == set()
    assert found["open"] >= OLD | {"endpoints.config-cipher-cbc", "endpoints.config-client-auth-none"}
    assert (found["row"].disposition.name, found["row"].reason) == ("PARTLY_READ", "not here: snippets/tls.conf")


def test_a_setting_nearer_than_the_missing_include_counts(audit: Audit, tmp_path: Path) -> None:
    text = "http { include x.conf; server { listen 443 ssl; ssl_protocols TLSv1 TLSv1.2; ssl_verify_client on; } }\n"
    found = judged(audit, tmp_path, "nginx", "a.conf", text)
    assert found["faults"] == {"tls-1.0"}
    assert "endpoints.config-cipher-cbc" in found["open"]
    assert not found["open"] & {*OLD, "endpoints.config-client-auth-none"}


@pytest.mark.parametrize(
    ("group", "faults"),
    [(GROUP_1024, {"dh-small"}), ("", set()), ("-----BEGIN DH PARAMETERS-----\nx\n-----END", set())],
)
def test_the_group_of_ssl_dhparam_is_measured(audit: Audit, tmp_path: Path, group: str, faults: set[str]) -> None:
    if group:
        (tmp_path / "dh.pem").write_text(group)
    text = NGINX_GOOD.replace("ECDHE-RSA", "DHE-RSA").replace("events", "events").partition("stream")[0]
    text = text.replace("listen 443 ssl;", "listen 443 ssl; ssl_dhparam /etc/nginx/dh.pem;")
    found = judged(audit, tmp_path, "nginx", "nginx.conf", text)
    assert found["faults"] == faults
    assert ("endpoints.config-dh-small" in found["open"]) is (not faults)


def test_stunnel_includes_a_folder_in_place(audit: Audit, tmp_path: Path) -> None:
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "00-global.conf").write_text("sslVersionMin = TLSv1.1\n")
    (tmp_path / "conf.d" / "10-pacs.conf").write_text(STUNNEL)
    found = judged(audit, tmp_path, "stunnel", "stunnel.conf", "pid = /run/a.pid\ninclude = /etc/stunnel/conf.d\n")
    assert found["faults"] == {"tls-1.1"}
    where = {one.locator for each in found["findings"] if each.rule in OLD for one in each.evidence}
    assert where == {"conf.d/00-global.conf:1"}


def test_a_folder_that_stunnel_includes_and_that_is_not_here_is_named(audit: Audit, tmp_path: Path) -> None:
    found = judged(audit, tmp_path, "stunnel", "stunnel.conf", f"include = conf.d\n{STUNNEL_GOOD}")
    assert (found["row"].disposition.name, found["row"].reason) == ("PARTLY_READ", "not here: conf.d")


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ("verifyChain = yes\nrequireCert = no", {"client-auth-optional"}),
        ("requireCert = no\nverifyChain = yes", set()),
        ("verify = 0", {"client-auth-optional"}),
        ("verify = 1", {"client-auth-optional"}),
        ("verify = 1\nrequireCert = yes", set()),
        ("verifyPeer = no", {"client-auth-none"}),
    ],
)
def test_options_of_stunnel_overwrite_each_other_in_order(
    audit: Audit, tmp_path: Path, lines: str, faults: set[str]
) -> None:
    text = STUNNEL_GOOD.replace("verifyChain = yes", lines)
    assert judged(audit, tmp_path, "stunnel", "a.conf", text)["faults"] == faults


def test_stunnel_takes_tls_1_0_by_itself_where_its_security_level_is_lowered(audit: Audit, tmp_path: Path) -> None:
    found = judged(audit, tmp_path, "stunnel", "a.conf", STUNNEL + "securityLevel = 0\n")
    assert found["faults"] == {"tls-1.0", "tls-1.1"}


@pytest.mark.parametrize(
    ("host", "version"), [("127.0.0.1", "1.20.1 (answer of 127.0.0.1:{})"), ("pacs2", "not known")]
)
def test_what_a_port_of_the_same_host_answers_tells_the_version(
    audit: Audit, tmp_path: Path, host: str, version: str
) -> None:
    server = raw.Server(0, raw.http(lambda *_: (404, "text/plain", "no"), headers="Server: nginx/1.20.1\r\n"))
    (tmp_path / "a.conf").write_text(NGINX)
    inventory = tmp_path / "estate.yaml"
    listed = [{"host": "127.0.0.1", "port": server.port, "kind": "http"}]
    inventory.write_text(
        json.dumps({"endpoints": listed, "configs": [{"product": "nginx", "path": "a.conf", "host": host}]})
    )
    found = audit(inventory)["a.conf"]
    server.shutdown()
    assert found["row"].attributes["version"] == version.format(server.port)
    assert bool(found["rules"] & OLD) is (host == "127.0.0.1")


def test_a_drop_in_changes_the_unit_and_is_named(audit: Audit, tmp_path: Path) -> None:
    folder = tmp_path / "a.service.d"
    folder.mkdir()
    (folder / "tls.conf").write_text("[Service]\nExecStart=\nExecStart=/usr/bin/storescp +tls k c +py -aet ORTHANC 1\n")
    found = judged(audit, tmp_path, "systemd", "a.service", UNIT.format("", "WESTPACS"))
    assert "plaintext-dicom" not in found["faults"]
    where = {
        e.locator for each in found["findings"] if each.rule.endswith("config-weak-ae-title") for e in each.evidence
    }
    assert where == {"a.service.d/tls.conf:3"}


def test_options_in_an_environment_file_that_is_not_here_are_not_taken_for_none(audit: Audit, tmp_path: Path) -> None:
    unit = "[Service]\nEnvironmentFile=-/etc/default/receiver\nExecStart=/usr/bin/storescp $OPTIONS 104\n"
    gone = judged(audit, tmp_path, "systemd", "a.service", unit)
    assert "plaintext-dicom" not in gone["faults"]
    assert (gone["row"].disposition.name, gone["row"].reason) == (
        "PARTLY_READ", "line 3: what stands in OPTIONS is not here",
    )  # fmt: skip
    (tmp_path / "receiver").write_text("# options\nOPTIONS='-aet WESTPACS -pm'\n")
    assert judged(audit, tmp_path, "systemd", "a.service", unit)["faults"] >= {"plaintext-dicom", "storage-any-sop"}


def test_a_word_in_the_column_on_tls_that_nobody_knows_is_not_taken_for_yes(audit: Audit, tmp_path: Path) -> None:
    found = judged(audit, tmp_path, "inventory", "a.csv", "AET;Host;TLS\nCT1;10.0.0.1;vielleicht\n")
    assert (found["faults"], found["row"].disposition.name) == (set(), "PARTLY_READ")
    assert "line 2" in found["row"].reason


def test_titles_that_conquest_lists_beside_its_settings_limit_its_callers(audit: Audit, tmp_path: Path) -> None:
    ini = "[sscscp]\nMyACRNema = WESTPACS\nTCPPort = 5678\n"
    (tmp_path / "dgatesop.lst").write_text("#None none RemoteAE\nVerification 1.2.840.10008.1.1 sop\n")
    assert judged(audit, tmp_path, "conquest", "dicom.ini", ini)["faults"] == {"plaintext-dicom", "ae-any-calling"}
    (tmp_path / "dgatesop.lst").write_text("scanner CT1 RemoteAE\nself WESTPACS LocalAE\n")
    assert judged(audit, tmp_path, "conquest", "dicom.ini", ini)["faults"] == {"plaintext-dicom"}


def test_of_the_files_beside_dicom_ini_only_the_list_it_names_is_read(tmp_path: Path) -> None:
    (tmp_path / "dicom.ini").write_text("[sscscp]\nMicroPACS = sscscp\nSOPClassList = C:\\dicom\\Allowed.LST\n")
    (tmp_path / "allowed.lst").write_text("scanner CT1 RemoteAE\n")
    (tmp_path / "worklist.lst").write_bytes(b"\0\0\0")
    found = read_config(tmp_path / "dicom.ini")
    assert not found.problem
    assert [one.value for one in found.statements if one.aspect == "calling-title"] == ["CT1"]

"""Configuration files of every product: what is faulty in them, what is not, and what cannot be read."""

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.model.outcome import Outcome

Audit = Callable[..., dict[str, Any]]
SUITE = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
PIN = base64.b64encode(b"secret").decode()
OPEN_TO_ALL = {"ae-any-calling", "anon-echo", "anon-find", "anon-get", "anon-move", "anon-store", "cfg-no-host-check"}

ORTHANC_GOOD = """{ // one archive
  "DicomAet": "WESTPACS", "DicomCheckCalledAet": true, "DicomTlsEnabled": true, /* since 1.12 */
  "DicomTlsRemoteCertificateRequired": true, "DicomAlwaysAllowEcho": false, "DicomAlwaysAllowStore": false,
  "DicomCheckModalityHost": true, "RemoteAccessAllowed": true, "SslEnabled": true, "SslVerifyPeers": true,
  "SslCiphersAccepted": ["ECDHE-RSA-AES256-GCM-SHA384"], "AuthenticationEnabled": true,
  "RegisteredUsers": {"reader": "Vq7-lantern-oak-93"},
}"""
ORTHANC_BAD = """{
  "DicomAet": "ORTHANC",
  "DicomAlwaysAllowFind": true, "DicomAlwaysAllowGet": true, "DicomAlwaysAllowMove": true,
  "UnknownSopClassAccepted": true, "RemoteAccessAllowed": ${REMOTE:-true}, "AuthenticationEnabled": false,
  "ExecuteLuaEnabled": true, "HttpsVerifyPeers": false, "PostgreSQL": {"Password": "postgres"},
  "DicomModalities": {"a": ["CT1", "10.0.0.1", 104], "b": {"AET": "CT1", "Host": "10.0.0.2", "Port": 104}}
}"""
ORTHANC_FAULTS = OPEN_TO_ALL | {
    "plaintext-dicom", "plaintext-http", "ae-any-called", "storage-any-sop", "http-no-auth", "cfg-remote-code",
    "cfg-no-peer-verify", "cfg-default-secret", "cfg-duplicate-ae", "cfg-weak-ae-title",
}  # fmt: skip

DOCKER_BAD = """services:
  pacs:
    image: orthancteam/orthanc
    environment:
      ORTHANC__DICOM_AET: WESTPACS
      ORTHANC__DICOM_CHECK_CALLED_AET: "true"
      ORTHANC__DICOM_CHECK_MODALITY_HOST: "true"
      ORTHANC__DICOM_ALWAYS_ALLOW_ECHO: "false"
      ORTHANC__DICOM_ALWAYS_ALLOW_STORE: "false"
      ORTHANC__REMOTE_ACCESS_ALLOWED: "true"
      ORTHANC__AUTHENTICATION_ENABLED: "true"
      ORTHANC__REGISTERED_USERS: '{"orthanc": "orthanc"}'
"""

QR_GOOD = """NetworkTCPPort = 11112
HostTable BEGIN
ct1 = (CT1, 10.0.0.1, 104)
HostTable END
AETable BEGIN
WESTPACS /var/dicom RW (200, 1024mb) ct1
AETable END
"""
QR_BAD = QR_GOOD.replace(") ct1", ") ANY").replace("HostTable END", "ct2 = (CT1, 10.0.0.2, 104)\nHostTable END")

LDIF_GOOD = f"""version: 1

dn: dicomDeviceName=west,cn=Devices,dc=example
objectClass: dicomDevice
objectClass: dcmArchiveDevice
dicomDeviceName: west
dcmKeyStorePin: Vq7-lantern-oak-93
dcmValidateCallingAEHostname: TRUE

dn: cn=dicom-tls,dicomDeviceName=west,cn=Devices,dc=example
objectClass: dicomNetworkConnection
dicomPort: 2762
dicomTLSCipherSuite: TLS_ECDHE_RSA_WITH_
 {SUITE.removeprefix("TLS_ECDHE_RSA_WITH_")}
dcmTLSProtocol: TLSv1.2

dn: dicomAETitle=WESTPACS,dicomDeviceName=west,cn=Devices,dc=example
objectClass: dicomNetworkAE
dicomAETitle: WESTPACS
dicomAssociationAcceptor: TRUE
dcmAcceptedCallingAETitle: CT1

dn: cn=audit,dicomDeviceName=west,cn=Devices,dc=example
objectClass: dcmAuditLogger
dicomInstalled: TRUE
"""
LDIF_BAD = (
    LDIF_GOOD.replace("dcmKeyStorePin: Vq7-lantern-oak-93", f"dcmKeyStorePin:: {PIN}")
    .replace("Hostname: TRUE", "Hostname: FALSE")
    .replace("dicomInstalled: TRUE", "dicomInstalled: FALSE")
    .replace("dcmAcceptedCallingAETitle: CT1\n", "")
    .replace("TLSv1.2", "TLSv1\ndcmTLSNeedClientAuth: FALSE")
    .replace("dicomAETitle: WESTPACS", "dicomAETitle: DCM4CHEE")
)
LDIF_FAULTS = {
    "cfg-default-secret", "cfg-no-host-check", "cfg-audit-off", "ae-any-calling", "tls-1.0", "tls-no-1.2",
    "client-auth-none", "cfg-weak-ae-title",
}  # fmt: skip
DEVICE: dict[str, Any] = {
    "dicomDeviceName": "west",
    "dicomNetworkConnection": [{"cn": "dicom", "dicomHostname": "pacs", "dicomPort": 104}],
    "dicomNetworkAE": [{"dicomAETitle": "WESTPACS", "dicomAssociationAcceptor": True}],
    "dcmDevice": {"dcmArchiveDevice": {}, "dcmKeyStorePin": "changeit"},
}

RECEIVER = "dn: dicomDeviceName=arr\nobjectClass: dicomDevice\n\ndn: cn=s,dicomDeviceName=arr\ndicomPort: 514\n"
RECEIVER += "objectClass: dicomNetworkConnection\n"
ENTITY_ANY = """dn: dicomAETitle=*,dicomDeviceName=a
objectClass: dicomNetworkAE
dicomAETitle: *
dcmAcceptedMoveDestination: *

dn: cn=t,dicomAETitle=*,dicomDeviceName=a
objectClass: dicomTransferCapability
dicomTransferRole: SCP
dicomSOPClass: *
"""
INI = "[sscscp]\nMyACRNema = {}\nTCPPort = 5678\nSQLServer = west\nPassword = {}\nTroubleLogFile = {}\n"
NGINX = """events {{ }}
http {{ access_log {log}; server {{ listen 443 ssl; ssl_protocols {versions};
  ssl_ciphers {ciphers}; ssl_verify_client {verify};
  location / {{ proxy_pass https://10.0.0.1; proxy_ssl_verify {peer}; }} }} }}
stream {{ ssl_ciphers {ciphers}; server {{ listen {dicom}; ssl_verify_client {verify}; proxy_pass 127.0.0.1:104; }} }}
"""
NGINX_GOOD = NGINX.format(log="/var/log/a.log", versions="TLSv1.2 TLSv1.3", ciphers="ECDHE-RSA-AES256-GCM-SHA384",
                          verify="on", peer="on", dicom="2762 ssl")  # fmt: skip
NGINX_BAD = NGINX.format(log="off", versions="TLSv1 TLSv1.1", ciphers="AES256-SHA:RC4-SHA", verify="optional",
                         peer="off", dicom="104")  # fmt: skip
STUNNEL_GOOD = """[dicom]
accept = 2762
connect = 127.0.0.1:104
verifyChain = yes
CAfile = /etc/ca.pem
sslVersionMin = TLSv1.2
ciphers = ECDHE-RSA-AES256-GCM-SHA384
"""
STUNNEL_BAD = "output = /dev/null\n[in]\naccept = 2762\nconnect = 104\nsslVersion = TLSv1\nciphers = AES256-SHA\n"
STUNNEL_BAD += "[out]\nclient = yes\naccept = 127.0.0.1:105\nconnect = peer:2762\n"
UNIT = "[Service]\nExecStart=/usr/bin/storescp {} \\\n  -aet {} 2762\n"
SCP = {"ae-any-calling", "ae-any-called", "anon-echo", "anon-store"}

CASES: list[tuple[str, str, str, set[str]]] = [
    ("orthanc", "good.json", ORTHANC_GOOD, set()),
    ("orthanc", "bad.json", ORTHANC_BAD, ORTHANC_FAULTS),
    ("orthanc", "compose.yml", DOCKER_BAD, {"plaintext-dicom", "plaintext-http", "default-credentials"}),
    ("dcmqrscp", "good.cfg", QR_GOOD, {"plaintext-dicom"}),
    ("dcmqrscp", "bad.cfg", QR_BAD, OPEN_TO_ALL | {"plaintext-dicom", "cfg-duplicate-ae"}),
    ("dcm4chee", "good.ldif", LDIF_GOOD, set()),
    ("dcm4chee", "bad.ldif", LDIF_BAD, LDIF_FAULTS),
    ("dcm4chee", "bad.json", json.dumps(DEVICE, indent=1),
     {"plaintext-dicom", "ae-any-calling", "cfg-no-host-check", "cfg-audit-off", "cfg-default-secret"}),
    ("conquest", "good.ini", INI.format("WESTPACS", "Vq7-lantern-oak-93", "trouble.log"),
     {"plaintext-dicom", "ae-any-calling"}),
    ("conquest", "bad.ini", INI.format("CONQUESTSRV1", "postgres", "NUL"),
     {"plaintext-dicom", "ae-any-calling", "cfg-weak-ae-title", "cfg-default-secret", "cfg-log-off"}),
    ("conquest", "good.map", "CT1 10.0.0.1 104 un\n", set()),
    ("conquest", "bad.map", "CT1 10.0.0.1 104 un\nCT1 10.0.0.2 104 un\n* * 1234 un\n",
     {"cfg-duplicate-ae", "cfg-move-any-destination"}),
    ("conquest", "comment.map", "/* AE host port\n * the peers\n * * 1234 un\n */\nCT1 10.0.0.1 104 un\n", set()),
    ("dcm4chee", "receiver.ldif", RECEIVER + "dcmProtocol: SYSLOG_TLS\n", set()),
    ("dcm4chee", "plain.ldif", RECEIVER + "dcmProtocol: SYSLOG_UDP\n", {"cfg-audit-plaintext"}),
    ("dcm4chee", "users.ldif", f"dn: uid=root\nobjectClass: person\nuserPassword:: {PIN}\n", {"cfg-default-secret"}),
    ("dcm4chee", "change.ldif", f"{LDIF_BAD}\ndn: dicomDeviceName=west,cn=Devices,dc=example\nchangetype: modify\n"
     "replace: dcmKeyStorePin\ndcmKeyStorePin: Vq7-lantern-oak-93\n-\n", LDIF_FAULTS - {"cfg-default-secret"}),
    ("dcm4chee", "any.ldif", ENTITY_ANY, {"ae-any-calling", "ae-any-called", "storage-any-sop",
     "cfg-move-any-destination"}),
    ("nginx", "syslog.conf", "http { access_log syslog:server=10.0.0.9:514; server { listen 127.0.0.1:80; } }\n",
     {"cfg-audit-plaintext"}),
    ("nginx", "near.conf", "http { access_log syslog:server=unix:/dev/log; server { listen 127.0.0.1:80; } }\n", set()),
    ("nginx", "over.conf", "http { access_log off; server { listen 127.0.0.1:80; access_log /var/log/a; } }\n", set()),
    ("nginx", "root.conf", "http { server { listen 127.0.0.1:80; location / { access_log off; root /srv; } } }\n",
     {"cfg-log-off"}),
    ("orthanc", "env.yml", "x: &e {}\nservices:\n  o:\n    environment:\n      <<: *e\n      ORTHANC__DICOM_AET: WEST\n"
     "      POSTGRES_PASSWORD: postgres\n", {"plaintext-dicom", "plaintext-http", "default-credentials", "ae-any-called",
     "ae-any-calling", "anon-echo", "anon-store", "cfg-no-host-check", "cfg-default-secret"}),
    ("orthanc", "bare.json", ORTHANC_GOOD.replace('"SslVerifyPeers": true', '"SslVerifyPeers": ${PEERS}'), set()),
    ("nginx", "good.conf", NGINX_GOOD, set()),
    ("nginx", "bad.conf", NGINX_BAD, {"cfg-log-off", "tls-1.0", "tls-1.1", "tls-no-1.2", "cipher-cbc", "cipher-rc4",
     "cipher-no-fs", "client-auth-optional", "cfg-no-peer-verify", "plaintext-dicom"}),
    ("stunnel", "good.conf", STUNNEL_GOOD, set()),
    ("stunnel", "bad.conf", STUNNEL_BAD, {"cfg-log-off", "client-auth-none", "tls-1.0", "tls-no-1.2", "cipher-cbc",
     "cipher-no-fs", "cfg-no-peer-verify"}),
    ("inventory", "good.csv", "AE Title;Host;Port;TLS\nCT1;10.0.0.1;2762;yes\n", set()),
    ("inventory", "bad.csv", "aet|ip|port|tls\nCT1|10.0.0.1|104|no\nCT1|10.0.0.2|104|yes\n",
     {"plaintext-dicom", "cfg-duplicate-ae"}),
    ("inventory", "bad.yaml", "- {ae_title: CT1, host: 0.0.0.0}\n- {ae_title: A_TITLE_FAR_TOO_LONG, host: b}\n",
     {"cfg-no-host-check", "cfg-weak-ae-title"}),
    ("systemd", "tls.service", UNIT.format("+tls k.pem c.pem +cf ca.pem", "WESTPACS"), SCP),
    ("systemd", "bad.service", UNIT.format("-pm", "STORESCP"),
     SCP | {"plaintext-dicom", "storage-any-sop", "cfg-weak-ae-title"}),
]  # fmt: skip
BROKEN = [
    ("orthanc", "a.json", '{"DicomAet": "A",\n "DicomPort" 104}', "line 2"),
    ("orthanc", "a.env", "ORTHANC__POSTGRE_SQL=1\nORTHANC__POSTGRE_SQL__HOST=db\n", "line 2"),
    ("dcmqrscp", "a.cfg", "AETable BEGIN\nWEST\n", "line 2"),
    ("dcm4chee", "a.ldif", "dn: cn=x\nobjectClass:: ***\n", "line 2"),
    ("dcm4chee", "a.json", '{"name": 1}', "dicomDeviceName"),
    ("conquest", "a.ini", "[sscscp\nTCPPort = 1\n", "line 1"),
    ("conquest", "a.map", "CT1 here\n", "line 1"),
    ("nginx", "a.conf", "http {\n server { listen 80; }\n", "a.conf"),
    ("nginx", "loop.conf", "events { }\ninclude loop.conf;\n", "includes itself"),
    ("stunnel", "a.conf", "[in]\naccept 104\n", "line 2"),
    ("inventory", "a.csv", "aet;ip\nCT1;a;b;c\n", "line 2"),
    ("inventory", "wide.csv", "aet;ip\nCT1;" + "x" * 200_000 + "\n", "line 2"),
    ("inventory", "a.yaml", "a: &a [x, x]\nb: [*a, *a]\n", "YAML"),
    ("systemd", "a.service", 'ExecStart=/usr/bin/storescp "104\n', "line 1"),
    ("orthanc", "large.json", " " * 8_000_001, "larger"),
    ("orthanc", "deep.json", "[" * 100_000, "nested"),
    ("nginx", "empty.conf", "\n", "empty"),
]


def judged(audit: Audit, path: Path, product: str) -> dict[str, Any]:
    inventory = path.parent / "estate.yaml"
    inventory.write_text(json.dumps({"configs": [{"product": product, "path": str(path)}]}))
    return next(entry for entry in audit(inventory).values() if entry["facts"].values["scope"] == "configuration")


@pytest.mark.parametrize(("product", "name", "text", "faults"), CASES, ids=[f"{each[0]}-{each[1]}" for each in CASES])
def test_a_file_has_exactly_its_faults_and_each_names_the_file(
    audit: Audit, tmp_path: Path, product: str, name: str, text: str, faults: set[str]
) -> None:
    path = tmp_path / name
    path.write_text(text)
    found = judged(audit, path, product)
    assert found["faults"] == faults
    where = [each.locator for one in found["findings"] if one.outcome is Outcome.FAIL for each in one.evidence]
    assert [each for each in where if not re.fullmatch(rf"{re.escape(name)}:[1-9]\d*|default of \w+", each)] == []


@pytest.mark.parametrize(
    ("product", "name", "text", "rule", "locators"),
    [
        ("dcm4chee", "a.ldif", LDIF_BAD, "config-default-secret", {"a.ldif:7"}),
        ("dcmqrscp", "a.cfg", QR_BAD, "config-plaintext-dicom", {"a.cfg:1"}),
        ("orthanc", "a.json", ORTHANC_BAD, "config-remote-code", {"a.json:5"}),
        ("orthanc", "a.yml", DOCKER_BAD, "config-default-credentials", {"a.yml:12"}),
        ("stunnel", "a.conf", STUNNEL_BAD, "config-tls-1-0", {"a.conf:5"}),
        ("stunnel", "b.conf", "[a]\naccept=1\nconnect=2\noptions=NO_TLSv1.2\n", "config-tls-no-1-2", {"b.conf:4"}),
    ],
)
def test_a_finding_names_the_line(
    audit: Audit, tmp_path: Path, product: str, name: str, text: str, rule: str, locators: set[str]
) -> None:
    path = tmp_path / name
    path.write_text(text)
    findings = judged(audit, path, product)["findings"]
    failed = [one for one in findings if one.rule == f"endpoints.{rule}" and one.outcome is Outcome.FAIL]
    assert {each.locator for one in failed for each in one.evidence} == locators


def test_a_fault_in_an_included_file_of_nginx_names_that_file(audit: Audit, tmp_path: Path) -> None:
    folder = tmp_path / "nginx"
    (folder / "conf.d").mkdir(parents=True)
    (folder / "nginx.conf").write_text("events { }\nhttp { include conf.d/*.conf; }\n")
    (folder / "conf.d" / "pacs.conf").write_text("server {\n listen 80;\n root /srv;\n}\n")
    found = judged(audit, folder, "nginx")
    assert found["faults"] == {"plaintext-http"}
    locators = {each.locator for one in found["findings"] for each in one.evidence if one.outcome is Outcome.FAIL}
    assert locators == {"conf.d/pacs.conf:2"}


def test_split_files_of_orthanc_are_judged_as_one(audit: Audit, tmp_path: Path) -> None:
    folder = tmp_path / "orthanc"
    folder.mkdir()
    (folder / "a.json").write_text(ORTHANC_GOOD.replace('"DicomAet": "WESTPACS",', ""))
    (folder / "b.json").write_text('{"DicomAet": "ORTHANC"}')
    assert judged(audit, folder, "orthanc")["faults"] == {"cfg-weak-ae-title"}
    (folder / "c.json").write_text('{"DicomAet": "WESTPACS"}')
    assert judged(audit, folder, "orthanc")["faults"] == {"cfg-unreadable"}


@pytest.mark.parametrize(("product", "name", "text", "why"), BROKEN, ids=[f"{each[0]}-{each[1]}" for each in BROKEN])
def test_a_file_that_cannot_be_read_says_so_and_passes_nothing(
    audit: Audit, tmp_path: Path, product: str, name: str, text: str, why: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    found = judged(audit, path, product)
    assert found["faults"] == {"cfg-unreadable"}
    assert found["row"].disposition.name == "UNREADABLE"
    assert why in found["row"].reason


@pytest.mark.peers("Orthanc", "dcmqrscp", "nginx", "stunnel4")
@pytest.mark.parametrize(
    ("product", "path", "some"),
    [
        ("orthanc", "/etc/orthanc", {"plaintext-dicom", "anon-echo", "cfg-weak-ae-title"}),
        ("dcmqrscp", "/etc/dcmtk/dcmqrscp.cfg", {"plaintext-dicom"}),
        ("nginx", "/etc/nginx", {"plaintext-http"}),
        ("stunnel", "/usr/share/doc/stunnel4/examples/stunnel.conf-sample", set()),
    ],
)
def test_what_debian_ships_is_read_whole(audit: Audit, tmp_path: Path, product: str, path: str, some: set[str]) -> None:
    inventory = tmp_path / "estate.yaml"
    inventory.write_text(json.dumps({"configs": [{"product": product, "path": path}]}))
    entries = [each for each in audit(inventory).values() if each["facts"].values["scope"] == "configuration"]
    assert [each["row"].disposition.name for each in entries] == ["READ"]
    assert entries[0]["faults"] >= some

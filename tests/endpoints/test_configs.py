"""Configuration files of every product: what is faulty in them, what is not, and what cannot be read."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.model.outcome import Outcome
from fixtures.endpoints.configcases import (
    BROKEN,
    CASES,
    DOCKER_BAD,
    LDIF_BAD,
    ORTHANC_BAD,
    ORTHANC_GOOD,
    QR_BAD,
    STUNNEL_BAD,
)

Audit = Callable[..., dict[str, Any]]


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
    assert [each for each in where if not re.fullmatch(rf"{re.escape(name)}:[1-9]\d*|default of [\w ,.]+", each)] == []


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


def test_a_copy_of_nginx_folder_is_read_and_not_this_machines_own(audit: Audit, tmp_path: Path) -> None:
    folder = tmp_path / "nginx"
    (folder / "conf.d").mkdir(parents=True)
    (folder / "nginx.conf").write_text(
        "events { }\nhttp { include /etc/nginx/mime.types; include /etc/nginx/conf.d/*.conf;\n"
        "include /etc/nginx/sites-enabled/*; }\n"
    )
    (folder / "conf.d" / "pacs.conf").write_text("server {\n listen 127.0.0.1:80; access_log off;\n}\n")
    found = judged(audit, folder, "nginx")
    assert found["faults"] == {"cfg-log-off"}
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

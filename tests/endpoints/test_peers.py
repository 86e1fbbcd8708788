"""Real peers, as Debian packages them, each with the faults that its settings mean."""

from concurrent.futures import Future
from typing import Any

import pytest

from fixtures.endpoints.peers import missing

pytestmark = pytest.mark.peers("storescp", "dcmqrscp", "Orthanc", "stunnel4", "nginx")
OPEN = {"ae-any-calling", "ae-any-called", "anon-echo", "anon-store"}
NEGOTIATED = {"anon-get", "anon-move"}
OLD = {"tls-1.0", "tls-1.1"}


@pytest.fixture(scope="module")
def found(debian: Future[dict[str, Any]]) -> dict[str, Any]:
    assert missing() == []
    return debian.result()


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

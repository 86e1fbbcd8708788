"""Revocation: what a stapled response and a list are worth, by who signed them and when."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.endpoints.tls.revocation import revoked, stapled_status
from auditor.endpoints.tls.trust import load_anchors
from fixtures.endpoints.pki import Authority

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="module")
def signed(authority: Authority) -> tuple[bytes, x509.Certificate]:
    leaf = authority.leaf("good")
    return authority.staple(leaf, revoked=True), _certificate(leaf)


def _certificate(leaf: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(leaf.with_suffix(".pem").read_bytes())


@pytest.mark.parametrize(
    ("how", "word"),
    [
        ({}, "good"),
        ({"responder": "delegate"}, "good"),
        ({"revoked": True}, "revoked"),
        ({"revoked": True, "hours": -1}, "revoked"),
        ({"hours": -1}, "stale"),
        ({"responder": "stranger"}, "not-genuine"),
        ({"revoked": True, "responder": "stranger"}, "not-genuine"),
        ({"other": True}, "unknown"),
    ],
)
def test_a_response_counts_by_who_signed_it_what_it_is_about_and_when(
    authority: Authority, how: dict[str, Any], word: str
) -> None:
    leaf = authority.leaf("good")
    raw = authority.staple(leaf, **how)
    assert stapled_status(raw, _certificate(leaf), [authority.certificate], NOW) == word


def test_without_the_issuer_a_response_is_not_taken_for_proof(authority: Authority) -> None:
    leaf = authority.leaf("good")
    assert stapled_status(authority.staple(leaf), _certificate(leaf), [], NOW) == "unverified"


def test_nothing_and_garbage_are_two_things(authority: Authority) -> None:
    leaf = _certificate(authority.leaf("good"))
    assert stapled_status(b"", leaf, [], NOW) == "absent"
    assert stapled_status(b"\x30\x03\x02\x01\x00", leaf, [], NOW) == "unreadable"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 9999), st.integers(1, 255))
def test_no_changed_byte_makes_a_revoked_leaf_good(
    signed: tuple[bytes, x509.Certificate], authority: Authority, at: int, change: int
) -> None:
    raw = bytearray(signed[0])
    raw[at % len(raw)] ^= change
    assert stapled_status(bytes(raw), signed[1], [authority.certificate], NOW) != "good"


def test_a_list_of_another_signer_or_out_of_date_does_not_clear_a_leaf(authority: Authority, tmp_path: Path) -> None:
    good, bad = _certificate(authority.leaf("good")), _certificate(authority.leaf("revoked"))
    for days, answer in ((30, False), (-2, None)):
        anchors = load_anchors(authority.ca, authority.crl(days=days))
        assert revoked(good, [], anchors, NOW) is answer
        assert revoked(bad, [], anchors, NOW) is True
    stranger = Authority(tmp_path / "stranger")
    mixed = load_anchors(authority.ca, stranger.crl())
    assert revoked(bad, [], mixed, NOW) is None

"""Digests are HMAC-SHA-256 as RFC 2104 and the standard library have it."""

import hmac

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.identifiers.protector import SiteProtector


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.text(max_size=100))
def test_a_digest_is_what_the_standard_library_makes(key: bytes, value: str) -> None:
    expected = hmac.new(key, value.encode("utf-8", "surrogatepass"), "sha256").hexdigest()
    assert SiteProtector(key).digest(value) == expected

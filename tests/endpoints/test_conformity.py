"""Which secure transport profile of PS3.15 Annex B a port is said to meet."""

import pytest

from auditor.endpoints.data import document
from auditor.endpoints.tls import hello
from auditor.endpoints.tls.conformity import profile
from auditor.endpoints.tls.picture import TlsPicture
from auditor.endpoints.tls.suites import all_suites

LISTS = document("ps315.yaml")
GCM = ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]
CBC = ["TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"]


def seen(old: list[str], new: list[str], **more: object) -> TlsPicture:
    by_name = {suite.name: suite for suite in all_suites()}
    found = {hello.TLS12: old, hello.TLS13: new, **more.pop("versions", {})}  # type: ignore[dict-item]
    by_version = {number: tuple(by_name[name] for name in names) for number, names in found.items() if names}
    return TlsPicture(True, by_version=by_version, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (seen(LISTS["required_tls12"], LISTS["required_tls13"]), "modified-bcp-195"),
        (seen([*LISTS["required_tls12"], *LISTS["optional_tls12"][:1]], LISTS["required_tls13"]), "modified-bcp-195"),
        (seen([*LISTS["required_tls12"], *CBC], LISTS["required_tls13"]), "bcp-195"),
        (seen(LISTS["required_tls12"], LISTS["required_tls13"][:3]), "bcp-195"),
        (seen(LISTS["required_tls12"], []), "bcp-195"),
        (seen(GCM, LISTS["required_tls13"]), "bcp-195"),
        (seen([], LISTS["required_tls13"]), "none"),
        (seen(GCM, [], versions={hello.TLS11: CBC}), "none"),
        (seen([*GCM, "TLS_RSA_WITH_AES_256_GCM_SHA384"], []), "none"),
        (seen(GCM, [], dh_bits=(1024,)), "none"),
        (seen(GCM, [], compression=True), "none"),
    ],
)  # fmt: skip
def test_a_port_meets_a_profile_only_with_all_it_asks_for(picture: TlsPicture, expected: str) -> None:
    assert profile(picture) == expected


def test_every_suite_of_the_profile_is_one_that_is_asked_for() -> None:
    asked = {suite.name for suite in all_suites()}
    assert [name for names in LISTS.values() for name in names if name not in asked] == []

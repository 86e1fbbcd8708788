"""Which secure transport profile of PS3.15 Annex B a port meets (2026c: B.12 and B.13; all older ones are retired)."""

from functools import cache

from auditor.endpoints.data import document
from auditor.endpoints.tls import hello
from auditor.endpoints.tls.picture import TlsPicture
from auditor.endpoints.tls.suites import Suite

BCP_195, MODIFIED, NEITHER = "bcp-195", "modified-bcp-195", "none"
_LEAST_DH = 2048


def profile(seen: TlsPicture) -> str:
    """`modified-bcp-195` (B.13), `bcp-195` (B.12), or `none`, by versions, suites and groups; B.12 is taken strictly.

    B.12 wants TLS 1.2 to be supported, and nothing before it; RFC 9325 4.1 forbids NULL, RC4 and export suites, and
    advises against 3DES, static RSA and static DH; 4.5 wants groups of 2048 bits. B.13 wants TLS 1.3 as well,
    every suite it requires, and under TLS 1.2 none beside its lists. What it asks of certificates is judged apart.
    """
    versions = set(seen.by_version)
    small = any(bits < _LEAST_DH for bits in seen.dh_bits)
    if hello.TLS12 not in versions or min(versions) < hello.TLS12 or small or seen.compression:
        return NEITHER
    if any(_barred(suite) for suite in seen.accepted):
        return NEITHER
    return MODIFIED if _modified(seen) else BCP_195


def _modified(seen: TlsPicture) -> bool:
    old, new = ({suite.name for suite in seen.by_version.get(number, ())} for number in (hello.TLS12, hello.TLS13))
    return _suites("required_tls13") <= new and _suites("required_tls12") <= old <= (
        _suites("required_tls12") | _suites("optional_tls12")
    )


@cache
def _suites(name: str) -> frozenset[str]:
    return frozenset(document("ps315.yaml")[name])


def _barred(suite: Suite) -> bool:
    weak = suite.null or suite.anonymous or suite.export or suite.rc4 or suite.triple_des
    return weak or suite.static_rsa or suite.static_dh

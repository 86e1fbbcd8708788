"""Which secure transport profile of PS3.15 Annex B a port meets (2024e: B.12 and B.13; older ones are retired)."""

from auditor.endpoints.tls import hello
from auditor.endpoints.tls.picture import TlsPicture
from auditor.endpoints.tls.suites import Suite

BCP_195, MODIFIED, NEITHER = "bcp-195", "modified-bcp-195", "none"
_LEAST_DH = 2048


def profile(seen: TlsPicture) -> str:
    """`modified-bcp-195` (B.13: forward secrecy and AEAD only), `bcp-195` (B.12), or `none`.

    B.12 wants TLS 1.2 to be supported, and nothing before it; RFC 9325 4.1 forbids NULL, RC4
    and export suites, and advises against 3DES, static RSA and static Diffie-Hellman; 4.5 wants groups of 2048 bits.
    """
    versions = set(seen.by_version)
    small = any(bits < _LEAST_DH for bits in seen.dh_bits)
    if hello.TLS12 not in versions or min(versions) < hello.TLS12 or small or seen.compression:
        return NEITHER
    if any(_barred(suite) for suite in seen.accepted):
        return NEITHER
    return BCP_195 if any(suite.cbc for suite in seen.accepted) else MODIFIED


def _barred(suite: Suite) -> bool:
    weak = suite.null or suite.anonymous or suite.export or suite.rc4 or suite.triple_des
    return weak or suite.static_rsa or suite.static_dh

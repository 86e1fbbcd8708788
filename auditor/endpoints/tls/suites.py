"""Cipher suites by number, and what their names say of them (IANA TLS parameters)."""

from dataclasses import dataclass
from functools import cache

from auditor.endpoints.data import rows

TLS13_PREFIX = 0x13


@dataclass(frozen=True, slots=True)
class Suite:
    """One cipher suite."""

    number: int
    name: str

    @property
    def tls13(self) -> bool:
        """Whether it is a suite of TLS 1.3, where key exchange is negotiated apart."""
        return self.number >> 8 == TLS13_PREFIX

    @property
    def null(self) -> bool:
        """No encryption at all."""
        return "_NULL_" in self.name

    @property
    def anonymous(self) -> bool:
        """Nobody proves who they are."""
        return "_anon_" in self.name

    @property
    def rc4(self) -> bool:
        """RC4, prohibited by RFC 7465."""
        return "_RC4_" in self.name

    @property
    def triple_des(self) -> bool:
        """3DES, with blocks of 64 bits."""
        return "_3DES_" in self.name

    @property
    def export(self) -> bool:
        """Single DES or export strength: breakable by anybody."""
        return "EXPORT" in self.name or "_DES_CBC" in self.name or "_DES40_" in self.name

    @property
    def cbc(self) -> bool:
        """A block cipher in CBC mode with a separate MAC, not AEAD."""
        return "_CBC_" in self.name

    @property
    def static_rsa(self) -> bool:
        """Key transport by RSA: whoever gets the key later reads everything recorded before."""
        return self.name.startswith("TLS_RSA_")

    @property
    def static_dh(self) -> bool:
        """Static (EC)DH: no forward secrecy either."""
        return self.name.startswith(("TLS_ECDH_RSA_", "TLS_ECDH_ECDSA_", "TLS_DH_RSA_", "TLS_DH_DSS_"))

    @property
    def ephemeral_dh(self) -> bool:
        """Finite-field ephemeral Diffie-Hellman, whose group the server chooses."""
        return self.name.startswith(("TLS_DHE_", "TLS_DH_anon_"))


@cache
def all_suites() -> tuple[Suite, ...]:
    """Every suite this package can ask for, by number."""
    return tuple(Suite(int(row["number"], 16), row["name"]) for row in rows("suites.csv"))


@cache
def by_number() -> dict[int, Suite]:
    """The same, to look up."""
    return {suite.number: suite for suite in all_suites()}


def suites_before_13() -> tuple[Suite, ...]:
    """Every suite of SSL 3.0 to TLS 1.2, strong ones first, as a modern client would order them."""
    old = [suite for suite in all_suites() if not suite.tls13]
    return tuple(sorted(old, key=lambda suite: (suite.anonymous, suite.null, suite.cbc or suite.rc4, -suite.number)))

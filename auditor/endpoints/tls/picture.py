"""What a server showed of its TLS, put together from many first flights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from auditor.endpoints.tls import hello
from auditor.endpoints.tls.flight import Flight
from auditor.endpoints.tls.suites import Suite


@dataclass(frozen=True, slots=True)
class TlsPicture:
    """What a server shows of its TLS. `by_version` maps the version's number to the suites it accepts.

    `chains` are the different certificate chains it showed, DER, leaf first; `whole` is false when time
    or patience ended before every suite was asked for; `unsure` are versions the server was silent about; `closings`
    counts hellos that were met by a closed connection however often they were repeated.
    """

    spoken: bool
    reason: str = ""
    by_version: Mapping[int, tuple[Suite, ...]] = field(default_factory=dict)
    chains: tuple[tuple[bytes, ...], ...] = ()
    dh_bits: tuple[int, ...] = ()
    curves: tuple[int, ...] = ()
    asks_certificate: bool | None = None
    compression: bool = False
    secure_renegotiation: bool | None = None
    stapled: bytes = b""
    whole: bool = True
    slowest: float = 0.0
    flights: tuple[Flight, ...] = ()
    unsure: tuple[int, ...] = ()
    closings: int = 0

    @property
    def versions(self) -> tuple[str, ...]:
        """Names of the versions accepted, oldest first."""
        return tuple(hello.NAMES[number] for number in sorted(self.by_version))

    @property
    def accepted(self) -> tuple[Suite, ...]:
        """Every suite accepted under any version, by number."""
        return tuple(
            sorted({suite for each in self.by_version.values() for suite in each}, key=lambda suite: suite.number)
        )


def picture(
    flights: Sequence[Flight], found: Mapping[int, Sequence[Suite]], whole: bool, slowest: float = 0.0
) -> TlsPicture:
    """Put the flights together. Client authentication is None when no flight was read to its end."""
    old = [flight for flight in flights if flight.version < hello.TLS13]
    leaves = {flight.certificates[0]: flight.certificates for flight in reversed(flights) if flight.certificates}
    ended = [flight for flight in flights if flight.whole]
    renegotiates = [0xFF01 in flight.extensions for flight in old if flight.version > hello.SSL30]
    return TlsPicture(
        spoken=True,
        by_version={number: tuple(each) for number, each in found.items()},
        chains=tuple(reversed(leaves.values())),
        dh_bits=tuple(sorted({flight.dh_bits for flight in flights if flight.dh_bits})),
        curves=tuple(sorted({flight.curve for flight in flights if flight.curve})),
        asks_certificate=any(flight.asks_certificate for flight in flights) if ended else None,
        compression=any(flight.compression for flight in old),
        secure_renegotiation=all(renegotiates) if renegotiates else None,
        stapled=next((flight.stapled for flight in flights if flight.stapled), b""),
        whole=whole,
        slowest=slowest,
        flights=tuple(flights),
    )

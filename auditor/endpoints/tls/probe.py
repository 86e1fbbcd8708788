"""Asks a server which versions and suites it accepts, and reads what it shows of itself without any secret."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from auditor.endpoints.tls import hello
from auditor.endpoints.tls.flight import Flight, Malformed, Refused, read_flight
from auditor.endpoints.tls.picture import TlsPicture, picture
from auditor.endpoints.tls.suites import Suite, all_suites, by_number, suites_before_13
from auditor.endpoints.tls.tls13 import ask_13
from auditor.endpoints.wire import Address, Closed, Silent, Unreachable
from auditor.errors import ReadError

_VERSIONS = (hello.TLS12, hello.TLS13, hello.TLS11, hello.TLS10, hello.SSL30)
_MOST_SUITES = 80
_PAUSES = (0.15, 0.6)
_BRIEF = (0.3,)
_PATIENT = (0.5, 1.0, 2.0)
_CLOSES_ALWAYS = 3
_SLOW_SECONDS = 0.5
_CLASSES: tuple[Callable[[Suite], bool], ...] = (
    lambda suite: suite.null or suite.anonymous or suite.export,
    lambda suite: suite.rc4 or suite.triple_des,
    lambda suite: suite.static_rsa or suite.static_dh,
    lambda suite: suite.ephemeral_dh,
    lambda suite: suite.cbc,
    lambda suite: True,
)


@dataclass(slots=True)
class Asking:
    """What is known while a server is being asked."""

    address: Address
    flights: list[Flight] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    found: dict[int, list[Suite]] = field(default_factory=dict)
    slowest: float = 0.0
    whole: bool = True
    closings: int = 0
    closes: bool = False
    busy: bool = False

    @property
    def pauses(self) -> tuple[float, ...]:
        """Before each further try of a hello met by a closed door. One that closes where others send an alert is
        known when its versions are, and asked only once more for suites; one that may be busy is given time.
        """
        if self.busy:
            return _PATIENT
        return _BRIEF if self.closes else _PAUSES


def look(address: Address) -> TlsPicture:
    """Ask for every version first; one that was met by silence or a closed door is asked again at the end.

    Raises Silent when the server never answers a hello, and Unreachable when no connection can be made.
    """
    asking = Asking(address)
    doubtful: list[int] = []
    for version in _VERSIONS:
        _next_suite(asking, version, _offers(version))
        if not asking.flights and "silent" in asking.answers:
            raise Silent
        if not asking.flights and asking.answers.count("not TLS") >= 2:
            return TlsPicture(False, "the port answers, but not with TLS")
        if version not in asking.found and asking.answers[-1:] != ["refused"]:
            doubtful.append(version)
    if not asking.flights:
        spoken = "refused" in asking.answers
        why = "no version of TLS could be agreed on" if spoken else "the port closes at a TLS hello"
        return TlsPicture(spoken, why)
    unsure = tuple(version for version in doubtful if not _settled(asking, version))
    found = picture(asking.flights, asking.found, not unsure, asking.slowest)
    return replace(found, unsure=unsure, closings=asking.closings)


def _settled(asking: Asking, version: int) -> bool:
    """Ask for a version once more; whether it is known now. A server that always closes does not accept it.

    One that sends alerts to other versions may close because it is busy: it gets longer pauses.
    """
    asking.busy = "refused" in asking.answers
    asking.answers.append("asked again")
    _next_suite(asking, version, _offers(version))
    return version in asking.found or asking.answers[-1] != "silent"


def enumerate_suites(address: Address, seen: TlsPicture) -> TlsPicture:
    """Add every further suite that the server accepts under the versions already seen."""
    asking = Asking(address, list(seen.flights), [], {number: list(each) for number, each in seen.by_version.items()})
    asking.slowest, asking.closes = seen.slowest, seen.closings >= _CLOSES_ALWAYS
    for version in sorted(asking.found):
        if not _enumerate(asking, version):
            asking.whole = False
            break
    whole = asking.whole and not seen.unsure
    return replace(picture(asking.flights, asking.found, whole, asking.slowest), unsure=seen.unsure)


def _enumerate(asking: Asking, version: int) -> bool:
    """Offer what is left, take away what is chosen, until nothing is; false when the time did not reach."""
    for offers in _groups(asking, version):
        left = [suite for suite in offers if suite not in asking.found[version]]
        while left and len(asking.found[version]) < _MOST_SUITES:
            if asking.address.left <= 0 or "silent" in asking.answers:
                return False
            chosen = _next_suite(asking, version, left)
            if chosen is None:
                break
            left.remove(chosen)
    return "silent" not in asking.answers


def _groups(asking: Asking, version: int) -> Iterator[list[Suite]]:
    """Everything at once; on a slow server by class of weakness, the worst first, so that time goes to those."""
    offers = _offers(version)
    if asking.slowest < _SLOW_SECONDS:
        yield offers
        return
    for belongs in _CLASSES:
        yield [suite for suite in offers if belongs(suite)]
        offers = [suite for suite in offers if not belongs(suite)]


def _offers(version: int) -> list[Suite]:
    if version == hello.TLS13:
        return [suite for suite in all_suites() if suite.tls13]
    return list(suites_before_13())


def _next_suite(asking: Asking, version: int, offers: Sequence[Suite]) -> Suite | None:
    """One more suite that the server accepts under `version`, or None."""
    began = time.monotonic()
    flight = _ask(asking, version, [suite.number for suite in offers])
    asking.slowest = max(asking.slowest, time.monotonic() - began)
    if flight is None or flight.version != version:
        return None
    chosen = by_number().get(flight.suite)
    if chosen is None or chosen not in offers:
        asking.answers.append("not TLS")
        return None
    asking.flights.append(flight)
    asking.found.setdefault(version, []).append(chosen)
    return chosen


def _ask(asking: Asking, version: int, numbers: Sequence[int]) -> Flight | None:
    """One hello. A connection that is closed without a word is tried again after a pause."""
    for pause in (*asking.pauses, 0.0):
        try:
            return _exchange(asking.address, version, numbers)
        except Refused:
            asking.answers.append("refused")
            return None
        except Silent:
            asking.answers.append("silent")
            return None
        except (Malformed, ReadError):
            asking.answers.append("not TLS")
            return None
        except Unreachable:
            if not asking.flights:
                raise
            if not pause:
                asking.answers.append("silent")
            time.sleep(pause)
        except Closed:
            asking.answers.append("closed")
            time.sleep(pause)
    asking.closings += 1
    return None


def _exchange(address: Address, version: int, numbers: Sequence[int]) -> Flight:
    if version == hello.TLS13:
        return ask_13(address, numbers)
    with address.open(f"{hello.NAMES[version]} ClientHello") as wire:
        message = hello.client_hello(version, numbers, address.server_name, compression=True)
        wire.send(hello.record(message, version))
        return read_flight(wire)

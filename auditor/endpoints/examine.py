"""One listed port, looked at from all sides within its time: what comes out are facts, or why there are none."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from auditor.endpoints import judgements, syslog
from auditor.endpoints.dicom.access import Access, Who, find_out
from auditor.endpoints.gate import Gate
from auditor.endpoints.inventory import Endpoint
from auditor.endpoints.mllp import Hl7, ask
from auditor.endpoints.networks import Outside, resolve
from auditor.endpoints.syslog import Sink
from auditor.endpoints.tls.clientauth import REQUIRED, client_auth
from auditor.endpoints.tls.oldsession import open_any
from auditor.endpoints.tls.picture import TlsPicture
from auditor.endpoints.tls.probe import enumerate_suites, look
from auditor.endpoints.tls.session import Identity
from auditor.endpoints.tls.trust import Anchors
from auditor.endpoints.web.survey import Web, survey
from auditor.endpoints.wire import Address, Closed, Silent, Stream, Unreachable
from auditor.model.facts import Value

_log = logging.getLogger(__name__)
Spoken = Access | Web | Hl7 | Sink
Opener = Callable[[str], Stream]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a port is looked at. Times in seconds; `identity` is offered only to ports listed for it."""

    networks: tuple[str, ...]
    gate: Gate
    now: datetime
    calling_ae: str
    answer_seconds: float
    endpoint_seconds: float
    try_defaults: bool = False
    anchors: Anchors | None = None
    identity: Identity | None = None


@dataclass(slots=True)
class Examined:
    """What is known of one port: values, what is unknown and why, attempts by check, and what was sent.

    `answers` tells what each DICOM caller was granted (`dicom.access.Access.answers`).
    """

    values: dict[str, Value] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    attempts: dict[str, str] = field(default_factory=dict)
    sent: Mapping[str, int] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reason: str = ""
    seconds: float = 0.0
    listed_tls: bool = False

    @property
    def judged(self) -> bool:
        """Whether the port answered with anything that could be understood."""
        return "plaintext" not in self.unknown


def examine(endpoint: Endpoint, manner: Manner) -> Examined:
    """Look at `endpoint`; whatever goes wrong is in what comes back."""
    began = time.monotonic()
    done = Examined(values={"scope": "port"}, listed_tls=endpoint.kind.endswith("+tls"))
    done.values["protocol"] = endpoint.kind.partition("+")[0]
    try:
        host = resolve(endpoint.host, manner.networks)
    except (Outside, Unreachable) as error:
        _give_up(done, str(error), "refused" if isinstance(error, Outside) else "failed")
    else:
        name = endpoint.server_name or endpoint.host
        address = Address(
            host, endpoint.port, name, manner.answer_seconds, manner.gate, began + manner.endpoint_seconds
        )
        try:
            _Examination(endpoint, manner, address, done).run()
        except Exception as error:  # one port's surprise must not cost the others; it is said, not passed
            _log.debug("the examination of a port broke", exc_info=True)
            _give_up(done, f"internal error ({type(error).__name__})", "our error")
        done.sent = manner.gate.sent()
    done.seconds = time.monotonic() - began
    return done


class _Examination:
    """The steps for one port, the most telling first, since its time may end before the last."""

    def __init__(self, endpoint: Endpoint, manner: Manner, address: Address, done: Examined) -> None:
        self._endpoint = endpoint
        self._manner = manner
        self._address = address
        self._done = done
        self._protocol = endpoint.kind.partition("+")[0]
        self._seen = TlsPicture(False)

    def run(self) -> None:
        if self._endpoint.kind == "syslog+udp":
            self._datagrams()
            return
        seen: TlsPicture | None = None
        plain: Spoken | None = None
        reasons: list[str] = []
        for tls in self._order():
            if tls:
                seen = self._look(reasons)
                if seen is not None and seen.spoken:
                    break
            else:
                plain = self._speak(self._address.open)
                if plain.spoken and not _only_tls(plain):
                    break
                reasons.append(plain.reason)
        if seen is not None and seen.spoken:
            self._secured(seen, plain)
        elif plain is not None and plain.spoken:
            self._plain(plain)
        else:
            _give_up(self._done, next((reason for reason in reasons if reason), "no answer"), "timed out")

    def _order(self) -> tuple[bool, ...]:
        """Whether TLS is tried, what is listed first. A syslog sink is as silent as any port: TLS is asked for first,
        and a port listed with TLS that is silent at a hello is not taken for one without.
        """
        listed = self._endpoint.kind.endswith("+tls")
        if self._protocol == "syslog":
            return (True,) if listed else (True, False)
        return listed, not listed

    def _datagrams(self) -> None:
        found = syslog.knock(self._address)
        if not found.spoken:
            _give_up(self._done, found.reason, "refused")
            return
        self._done.values |= {"tls": False, "plaintext": True}
        self._done.attempts |= {"tls": "not applicable", "syslog": "done"}

    def _look(self, reasons: list[str]) -> TlsPicture | None:
        try:
            seen = look(self._address)
        except Silent:
            reasons.append("no answer to a TLS hello in time")
            return None
        except (Unreachable, Closed) as error:
            reasons.append(str(error) or "the port closes every connection")
            return None
        if not seen.spoken:
            reasons.append(seen.reason)
        return seen

    def _speak(self, opener: Opener) -> Spoken:
        """The port's protocol over plain TCP or inside TLS, whichever `opener` opens."""
        if self._protocol == "http":
            host = self._endpoint.server_name or self._endpoint.host
            return survey(opener, host, self._endpoint.called_ae, try_defaults=self._manner.try_defaults)
        if self._protocol == "hl7":
            return ask(opener, self._manner.now)
        if self._protocol == "syslog":
            return syslog.begin(opener)
        who = Who(
            self._endpoint.called_ae or "ANY-SCP",
            self._endpoint.known_calling_ae,
            self._manner.calling_ae,
            self._endpoint.allow_find,
        )
        return find_out(opener, who)

    def _plain(self, plain: Spoken) -> None:
        self._done.values |= {"tls": False, "plaintext": not _redirects(plain)}
        self._done.attempts |= {"tls": "not applicable", self._protocol: "done"}
        self._heard(plain)

    def _secured(self, seen: TlsPicture, plain: Spoken | None) -> None:
        done = self._done
        done.values["tls"] = True
        done.attempts["tls"] = "done"
        if not seen.by_version:
            done.unknown |= dict.fromkeys((*judgements.TLS_NAMES, *judgements.SPOKEN[self._protocol]), seen.reason)
            done.attempts["tls"] = "refused"
            done.reason = done.unknown["plaintext"] = seen.reason
            return
        self._seen = seen
        auth, why = client_auth(self._address, seen, self._lets_in)
        judgements.put(done.values, done.unknown, "client_auth", auth, why)
        self._inside(auth)
        if plain is None:
            plain = self._speak_once()
        done.values["plaintext"] = plain.spoken and not _only_tls(plain)
        seen = enumerate_suites(self._address, seen)
        if not seen.whole:
            done.attempts["suites"] = "timed out"
        name = self._endpoint.server_name or self._endpoint.host
        judgements.add_tls(done.values, done.unknown, seen)
        judgements.add_certificate(done.values, done.unknown, seen, name, self._manner.anchors, self._manner.now)
        if self._endpoint.certificate_sha256 and "cert_fingerprint" in done.values:
            wanted = self._endpoint.certificate_sha256.replace(":", "").lower()
            done.values["cert_expected"] = done.values["cert_fingerprint"] == wanted

    def _inside(self, auth: str | None) -> None:
        """What is spoken inside TLS, with our certificate where the inventory says so."""
        identity = self._manner.identity if self._endpoint.client_certificate else None
        done = self._done
        if auth == REQUIRED and identity is None:
            why = "a client certificate is required, and the inventory lists none for this port"
            done.unknown |= dict.fromkeys(judgements.SPOKEN[self._protocol], why)
            done.attempts[self._protocol] = "refused"
            return
        spoken = self._speak(lambda what: open_any(self._address, what, identity, self._seen))
        if spoken.spoken:
            self._heard(spoken)
            done.attempts[self._protocol] = "done"
        else:
            done.unknown |= dict.fromkeys(judgements.SPOKEN[self._protocol], spoken.reason)
            done.attempts[self._protocol] = "failed"
            done.reason = spoken.reason

    def _heard(self, spoken: Spoken) -> None:
        judgements.add_spoken(self._done.values, self._done.unknown, spoken)
        if isinstance(spoken, Access):
            self._done.answers = spoken.answers

    def _lets_in(self, stream: Stream) -> bool:
        """Say something in the port's protocol without a certificate; whether the answer lets us in."""
        return judgements.lets_in(stream, self._protocol, self._endpoint)

    def _speak_once(self) -> Spoken:
        """Whether the protocol is also served without TLS on a port that speaks TLS: one try, with little patience."""
        hurried = Address(
            self._address.host,
            self._address.port,
            self._address.server_name,
            min(2.0, self._address.seconds),
            self._address.gate,
            self._address.deadline,
        )
        if self._protocol == "syslog":
            return Hl7(False)
        try:
            return judgements.plain_too(hurried, self._protocol, self._endpoint)
        except (Silent, Closed, Unreachable):
            return Hl7(False)


def _redirects(spoken: Spoken) -> bool:
    return isinstance(spoken, Web) and spoken.redirects_to_tls


def _only_tls(spoken: Spoken) -> bool:
    """Whether plain HTTP was answered only to say that the port speaks TLS."""
    return isinstance(spoken, Web) and spoken.redirects_to_tls and spoken.wants_login is None


def _give_up(done: Examined, reason: str, status: str) -> None:
    protocol = str(done.values["protocol"])
    done.reason = reason
    done.attempts |= {"tls": status, protocol: status}
    listed = ("tls", *judgements.TLS_NAMES) if done.listed_tls else ()
    done.unknown |= dict.fromkeys((*listed, "plaintext", *judgements.SPOKEN[protocol]), reason)

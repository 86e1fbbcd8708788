"""From what was seen on a port to the facts that rules read."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from auditor.endpoints.dicom import pdu
from auditor.endpoints.dicom.access import Access
from auditor.endpoints.dicom.association import Titles, proposal
from auditor.endpoints.facts import names_of
from auditor.endpoints.inventory import Endpoint
from auditor.endpoints.mllp import Hl7
from auditor.endpoints.syslog import Sink, keeps
from auditor.endpoints.tls.certificate import Leaf, days_left, describe, matches, parse
from auditor.endpoints.tls.conformity import profile
from auditor.endpoints.tls.hello import NAMES
from auditor.endpoints.tls.picture import TlsPicture
from auditor.endpoints.tls.revocation import revoked, stapled_status
from auditor.endpoints.tls.suites import Suite
from auditor.endpoints.tls.trust import Anchors, leads_to
from auditor.endpoints.web.exchange import NotHttp, get
from auditor.endpoints.web.survey import Web, wants_certificate, wants_tls
from auditor.endpoints.wire import Address, Stream
from auditor.model.facts import Record, Scalar, Value

_DICOM = tuple(
    name for name in names_of("dicom") if name not in ("implementation", "implementation_class", "transfer_syntaxes")
)
_ALWAYS_PRESENT = ("cert_expected",)
TLS_NAMES = tuple(name for name in names_of("tls", "certificate") if name not in _ALWAYS_PRESENT)
SPOKEN: Mapping[str, tuple[str, ...]] = {
    "dicom": _DICOM,
    "http": ("open_resources", "default_logins", "hsts", "cors_any", "bare_cookies", "server"),
    "hl7": ("accepts_unknown_sender",),
    "syslog": ("takes_frames",),
}
_SUITE_FIELDS = ("null", "anonymous", "export", "rc4", "triple_des", "cbc", "static_rsa", "static_dh")
Values = dict[str, Value]
Unknown = dict[str, str]


def put(values: Values, unknown: Unknown, name: str, value: Value | None, why: str) -> None:
    """Enter a fact, or why it is not known."""
    if value is None:
        unknown[name] = why
    else:
        values[name] = value


def add_tls(values: Values, unknown: Unknown, seen: TlsPicture) -> None:
    """Versions, suites, group sizes and the like."""
    values["tls_versions"] = seen.versions
    if seen.unsure:
        unknown["tls_versions"] = "the server was silent when asked for " + ", ".join(
            NAMES[each] for each in seen.unsure
        )
    values["suites"] = tuple(
        _record(number, suite) for number in sorted(seen.by_version) for suite in seen.by_version[number]
    )
    if not seen.whole:
        unknown["suites"] = "the time for this port ended before every suite was asked for"
        unknown["ps315_profile"] = unknown["suites"]
    else:
        values["ps315_profile"] = profile(seen)
    if seen.dh_bits:
        values["dh_bits"] = seen.dh_bits[0]
    values["compression"] = seen.compression
    if seen.secure_renegotiation is not None:
        values["secure_renegotiation"] = seen.secure_renegotiation


def _record(version: int, suite: Suite) -> Record:
    flags: dict[str, Scalar] = {name: bool(getattr(suite, name)) for name in _SUITE_FIELDS}
    return {"locator": NAMES[version], "value": suite.name, **flags}


def add_certificate(
    values: Values, unknown: Unknown, seen: TlsPicture, name: str, anchors: Anchors | None, now: datetime
) -> None:
    """The facts of the leaf; where a server shows several (RSA and EC), the worse of each."""
    if not seen.chains:
        why = "the server showed no certificate that could be read"
        unknown.update(dict.fromkeys((n for n in names_of("certificate") if n not in _ALWAYS_PRESENT), why))
        return
    parsed = [[found for der in chain if (found := parse(der)) is not None] for chain in seen.chains]
    if any(not chain or parse(ders[0]) is None for chain, ders in zip(parsed, seen.chains, strict=True)):
        why = "the server's certificate cannot be parsed"
        unknown.update(dict.fromkeys((n for n in names_of("certificate") if n not in _ALWAYS_PRESENT), why))
        return
    leaves = [describe(chain[0]) for chain in parsed]
    _describe(values, leaves, name, now)
    known_issuers = anchors.certificates if anchors else ()
    stapled = [stapled_status(seen.stapled, chain[0], (*chain[1:], *known_issuers), now) for chain in parsed]
    values["cert_stapled"] = next((word for word in ("revoked", "good") if word in stapled), stapled[0])
    if anchors is None or not anchors.certificates:
        unknown["cert_trusted"] = "the inventory names no CA to trust"
    else:
        values["cert_trusted"] = all(leads_to(chain[0], chain[1:], anchors, now) for chain in parsed)
    if anchors is None or not anchors.revocations:
        put(values, unknown, "cert_revoked", True if "revoked" in stapled else None, "the inventory names no CRL")
        return
    answers = [revoked(chain[0], chain[1:], anchors, now) for chain in parsed]
    known = True if True in answers or "revoked" in stapled else None if None in answers else False
    put(values, unknown, "cert_revoked", known, "no genuine and current CRL of the leaf's issuer is listed")


def _describe(values: Values, leaves: list[Leaf], name: str, now: datetime) -> None:
    first = leaves[0]
    values["cert_fingerprint"] = first.fingerprint
    values["cert_subject"] = first.subject
    values["cert_days_left"] = min(days_left(leaf, now) for leaf in leaves)
    values["cert_days_until_valid"] = max(max(0, -((now - leaf.not_before).days)) for leaf in leaves)
    values["cert_lifetime_days"] = max(leaf.lifetime_days for leaf in leaves)
    values["cert_self_signed"] = any(leaf.self_signed for leaf in leaves)
    values["cert_name_matches"] = all(matches(leaf.names, name) for leaf in leaves)
    values["cert_has_san"] = all(leaf.has_san for leaf in leaves)
    values["cert_is_ca"] = any(leaf.is_ca for leaf in leaves)
    weak = sorted(leaves, key=lambda leaf: leaf.signature not in ("md5", "sha1"))
    values["cert_signature"] = weak[0].signature
    small = sorted(leaves, key=lambda leaf: leaf.key_bits / (8 if leaf.key_type in ("RSA", "DSA") else 1))
    values["cert_key_type"], values["cert_key_bits"] = small[0].key_type, small[0].key_bits
    values["cert_eku"] = "other" if any(leaf.eku == "other" for leaf in leaves) else first.eku


def add_spoken(values: Values, unknown: Unknown, spoken: Access | Web | Hl7 | Sink) -> None:
    """The facts of the protocol spoken on the port."""
    if isinstance(spoken, Access):
        values.update(spoken.flags)
        unknown.update(spoken.unknown)
        values.update({"implementation": spoken.version, "implementation_class": spoken.implementation})
        values["transfer_syntaxes"] = spoken.transfer
        why = "no association was accepted that tells it"
        put(values, unknown, "max_pdu", spoken.maximum, why)
        put(values, unknown, "async_window", None if spoken.maximum is None else spoken.window, why)
        return
    if isinstance(spoken, Sink):
        put(values, unknown, "takes_frames", spoken.takes_frames, "no frame was begun")
        return
    if isinstance(spoken, Hl7):
        if spoken.accepts_unknown is not None:
            values["accepts_unknown_sender"] = spoken.accepts_unknown
        return
    values.update({"server": spoken.server, "hsts": spoken.hsts, "cors_any": spoken.cors_any})
    values.update({"open_resources": spoken.open_paths, "bare_cookies": spoken.cookies_bare})
    if spoken.wants_certificate:
        why = "the server wants a client certificate"
        unknown.update(dict.fromkeys(SPOKEN["http"], why))
        for name in SPOKEN["http"]:
            values.pop(name, None)
    elif spoken.logins is not None:
        values["default_logins"] = spoken.logins


def lets_in(stream: Stream, protocol: str, endpoint: Endpoint) -> bool:
    """Say something harmless over a fresh session; false when the answer only complains of a missing certificate."""
    if protocol == "http":
        with suppress(NotHttp):
            return not wants_certificate(get(stream, endpoint.server_name or endpoint.host, "/"))
        return True
    if protocol == "dicom":
        stream.send(pdu.associate(proposal(Titles(endpoint.called_ae or "ANY-SCP", "IMAGINGAUDITOR"))))
        with suppress(pdu.NotDicom):
            pdu.read(stream)
        return True
    if protocol == "syslog":
        return keeps(stream)
    if protocol == "hl7":
        stream.send(b"\x0b\x1c\r")
    stream.some(1)
    return True


def plain_too(address: Address, protocol: str, endpoint: Endpoint) -> Access | Web | Hl7:
    """One plain request on a port that speaks TLS."""
    with address.open(f"{protocol} without TLS on a TLS port") as stream:
        if protocol == "dicom":
            stream.send(pdu.associate(proposal(Titles(endpoint.called_ae or "ANY-SCP", "IMAGINGAUDITOR"))))
            try:
                kind, _ = pdu.read(stream)
            except pdu.NotDicom:
                return Access(False)
            return Access(kind in (pdu.ACCEPT, pdu.REJECT))
        if protocol == "http":
            try:
                answer = get(stream, endpoint.server_name or endpoint.host, "/")
            except NotHttp:
                return Web(False)
            return Web(not wants_tls(answer) and not wants_certificate(answer))
        return Hl7(False)

"""What a run would send to each listed port, said beforehand; nothing is resolved, opened or sent."""

import ipaddress
from collections.abc import Iterator, Sequence

from auditor.endpoints.data import document
from auditor.endpoints.inventory import Endpoint, Inventory
from auditor.endpoints.reading import port_name
from auditor.endpoints.tls.hello import NAMES
from auditor.endpoints.web.forms import NOBODY
from auditor.endpoints.web.survey import resources


def rehearse(inventory: Inventory, networks: Sequence[str], calling_ae: str, *, try_defaults: bool) -> Iterator[str]:
    """Yield a line for each port, and one below it for each exchange it may see at the very most.

    TLS and plaintext are both named for every port, since what answers decides which of them is used.
    """
    for endpoint in inventory.endpoints:
        yield f"{port_name(endpoint)}  {endpoint.kind}"
        if _outside(endpoint.host, networks):
            yield "  nothing: the address lies outside the site's networks"
            continue
        find = endpoint.allow_find or inventory.allow_find
        tls = () if endpoint.kind == "syslog+udp" else _tls()
        for exchange in (*tls, *_spoken(endpoint, calling_ae, find=find, try_defaults=try_defaults)):
            yield f"  {exchange}"
    for entry in inventory.configs:
        yield f"{entry.path}  read as a file, nothing is sent"


def _outside(host: str, networks: Sequence[str]) -> bool:
    """Whether an IP address is refused. A name is held to the networks once it is resolved, in the run."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return not any(address in ipaddress.ip_network(text, strict=False) for text in networks)


def _tls() -> Iterator[str]:
    for version in sorted(NAMES, reverse=True):
        yield f"{NAMES[version]} ClientHello, until every suite is known"
    yield "TLS handshake without a client certificate"


def _spoken(endpoint: Endpoint, calling_ae: str, *, find: bool, try_defaults: bool) -> Iterator[str]:
    protocol = endpoint.kind.partition("+")[0]
    if protocol == "dicom":
        yield from _dicom(endpoint, calling_ae, find=find)
    elif protocol == "http":
        yield "GET /"
        table = document("http.yaml")
        for path in resources(endpoint.called_ae):
            yield f"GET {path}"
        forms = [entry for form in table["forms"] for entry in form["logins"]]
        for form in table["forms"] if try_defaults else ():
            yield f"GET {form['path']}, and what it redirects to on this host"
        users = (NOBODY[0], *(entry["user"] for entry in (*table["logins"], *forms)))
        for user in dict.fromkeys(users if try_defaults else ()):
            yield f"one log-in as {user} with the vendor's password, where a log-in is asked for"
    elif protocol == "hl7":
        yield "HL7 QBP^Q22 for a patient who cannot exist"
    else:
        udp = endpoint.kind == "syslog+udp"
        yield "empty UDP datagram" if udp else "the length of a syslog frame, and no message"
    if protocol != "syslog":
        yield f"{protocol} without TLS on a TLS port, one request"


def _dicom(endpoint: Endpoint, calling_ae: str, *, find: bool) -> Iterator[str]:
    asked = "C-ECHO and a C-FIND that matches nobody" if find else "C-ECHO"
    yield f"A-ASSOCIATE-RQ as unknown AE ({calling_ae}), {asked}"
    if endpoint.known_calling_ae:
        yield f"A-ASSOCIATE-RQ as known AE ({endpoint.known_calling_ae}), C-ECHO"
    yield "A-ASSOCIATE-RQ to an arbitrary called AE, released at once"
    yield "A-ASSOCIATE-RQ with user identity, released at once"

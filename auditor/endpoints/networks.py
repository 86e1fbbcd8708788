"""Only addresses inside the site's listed networks are contacted; a name is resolved once and held to that."""

import ipaddress
from collections.abc import Sequence
from socket import SOCK_STREAM, getaddrinfo

from auditor.endpoints.wire import Unreachable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Outside(Exception):
    """The target lies outside the site's networks; nothing was sent to it."""


def resolve(host: str, networks: Sequence[str]) -> str:
    """Return one IP address of `host`; raises Outside when any of its addresses is in no listed network.

    A name that leads anywhere else as well is refused whole: what answers is decided by others then.
    Raises Unreachable for a name that does not resolve.
    """
    allowed = [ipaddress.ip_network(text, strict=False) for text in networks]
    addresses = _addresses(host)
    if any(not _inside(address, allowed) for address in addresses):
        raise Outside("the address lies outside the site's networks, so it was not contacted")
    return addresses[0]


def _addresses(host: str) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]
    except ValueError:
        pass
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
        found = getaddrinfo(name, None, type=SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("the host name is unknown") from error
    return list(dict.fromkeys(str(entry[4][0]).split("%")[0] for entry in found))


def _inside(address: str, allowed: Sequence[Network]) -> bool:
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in allowed)

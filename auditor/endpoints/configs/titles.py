"""AE titles as configurations write them: whether one is default, invalid, or stands for two hosts."""

import ipaddress
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from auditor.endpoints.configs.statement import Statements
from auditor.endpoints.data import document

_LONGEST = 16


@dataclass(frozen=True, slots=True)
class Peer:
    """One AE title with the host it is registered for, and where that is written."""

    title: str
    host: str
    line: int
    setting: str
    file: str = ""


def kind_of(title: str) -> str:
    """`invalid`, `default` or `own`.

    PS3.5 table 6.2-1: at most 16 characters of ISO 646, no backslash, no control, not only spaces.
    """
    text = title.strip(" ")
    if not text or len(text) > _LONGEST or "\\" in text or not text.isascii() or not text.isprintable():
        return "invalid"
    return "default" if text.upper() in _defaults() else "own"


def say_title(said: Statements, title: str, setting: str, line: int, file: str = "") -> None:
    """A title the configured system calls itself by."""
    said.say("ae-title", kind_of(title), setting, title, line, file)


def say_peers(said: Statements, peers: Iterable[Peer]) -> None:
    """Titles of others: those that are invalid, and those registered for two hosts."""
    hosts: dict[str, dict[str, Peer]] = defaultdict(dict)
    for peer in peers:
        if kind_of(peer.title) == "invalid":
            said.say("ae-title", "invalid", peer.setting, peer.title, peer.line, peer.file)
        hosts[peer.title.strip()].setdefault(_host(peer.host), peer)
    for title, found in hosts.items():
        for peer in list(found.values())[1:]:
            said.say("title-registered", "twice", peer.setting, title, peer.line, peer.file)


def _host(text: str) -> str:
    """One spelling for one host: lower case, no dot at the end, addresses in their shortest form."""
    host = text.strip().strip("[]").rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host


@cache
def _defaults() -> frozenset[str]:
    return frozenset(str(each).upper() for each in document("weak.yaml")["titles"])

"""dcmqrscp of DCMTK: HostTable, VendorTable and AETable (its own dcmqrcnf documentation)."""

import re
from collections.abc import Iterator, Mapping

from auditor.endpoints.configs.defaults import newest, told
from auditor.endpoints.configs.statement import Statements, Unparseable
from auditor.endpoints.configs.titles import Peer, say_peers, say_title

_TABLES = ("hosttable", "vendortable", "aetable")
_PEER = re.compile(r"\(\s*([^,()]+?)\s*,\s*([^,()]+?)\s*,\s*([^,()]+?)\s*\)")
_ENTRY = re.compile(r"^([^\s=]+)\s*[=\s]\s*(.+)$")
_AE = re.compile(r"^(\S+)\s+(\"[^\"]*\"|\S+)\s+(RW|R|W)\s+\(\s*[^,()]+,\s*[^,()]+\)\s+(.+)$", re.IGNORECASE)
_PORT = re.compile(r"\s*NetworkTCPPort[\s=]", re.IGNORECASE)
_READS = ("find", "move", "get")


def read(text: str, name: str) -> Statements:
    """Statements of one dcmqrscp.cfg; raises Unparseable with the line that is none of its language."""
    said = Statements(name)
    peers: list[Peer] = []
    names: dict[str, list[str]] = {}
    areas = 0
    port = next((at for at, line in enumerate(text.splitlines(), 1) if _PORT.match(line)), 0)
    said.say("dicom-transport", "plain", "NetworkTCPPort", f"TLS: {told('dcmqrscp', 'tls')}", port)
    number = text.splitlines()[port - 1].split("#")[0].strip("= \t").split("=")[-1].split()[-1] if port else ""
    said.opens(number or newest("dcmqrscp", "NetworkTCPPort"), "NetworkTCPPort", port)
    for table, line, content in _lines(text):
        if table == "hosttable":
            found = _host(content, line)
            peers += found
            names[content.partition("=")[0].strip()] = [peer.title for peer in found]
        elif table == "aetable":
            areas += 1
            peers += _area(said, content, line, names)
    say_peers(said, peers)
    if areas == 0:
        said.say("calling-title", "listed", "AETable", "empty")
    return said


def _lines(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield the rows inside tables; settings outside are only held to their form."""
    table = ""
    for number, raw in enumerate(text.splitlines(), 1):
        content = raw.split("#", 1)[0].strip()
        if not content:
            continue
        words = content.lower().split()
        if len(words) == 2 and words[0] in _TABLES and words[1] in ("begin", "end"):
            if (words[1] == "begin") == bool(table) or (table and words[0] != table):
                raise Unparseable(f"line {number}: a table begins or ends in the wrong place")
            table = words[0] if words[1] == "begin" else ""
        elif table:
            yield table, number, content
        elif not _ENTRY.match(content):
            raise Unparseable(f"line {number}: this is no setting of dcmqrscp")
    if table:
        raise Unparseable(f"the table {table} does not end")


def _host(content: str, line: int) -> list[Peer]:
    entry = _ENTRY.match(content)
    if not entry:
        raise Unparseable(f"line {line}: this is no row of HostTable")
    return [Peer(title, host, line, "HostTable") for title, host, _ in _PEER.findall(entry.group(2))]


def _area(said: Statements, content: str, line: int, names: Mapping[str, list[str]]) -> list[Peer]:
    """One row of AETable: title, folder, rights, quota, peers."""
    row = _AE.match(content)
    if not row:
        raise Unparseable(f"line {line}: this is no row of AETable")
    title, _, rights, peers = row.groups()
    say_title(said, title, "AETable", line)
    anyone = peers.strip().strip('"').upper() == "ANY"
    state = "anyone" if anyone else "listed"
    said.say("calling-title", "any" if anyone else "listed", "AETable", peers, line)
    said.say("peer-address", "unchecked" if anyone else "checked", "AETable", peers, line)
    said.say("echo", state, "AETable", peers, line)
    services = (*(_READS if "R" in rights.upper() else ()), *(("store",) if "W" in rights.upper() else ()))
    for service in services:
        said.say(service, state, "AETable", peers, line)
    named = [Peer(found, host, line, "AETable") for found, host, _ in _PEER.findall(peers)]
    words = _PEER.sub(" ", peers).replace(",", " ").split()
    titles = [peer.title for peer in named] + [found for word in words for found in names.get(word, ())]
    for caller in ["*"] if anyone else titles:
        said.grant(caller, title, ("echo", *services))
        said.grant(caller, title, {*_READS, "store"} - set(services), allowed=False)
    return named

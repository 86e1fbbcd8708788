"""Conquest: dicom.ini, acrnema.map and dgatesop.lst (its manual, versions 1.4.19 and 1.5)."""

import re
from collections.abc import Callable

from auditor.endpoints.configs.defaults import newest
from auditor.endpoints.configs.secrets import is_default_secret
from auditor.endpoints.configs.statement import Statements, Unparseable
from auditor.endpoints.configs.titles import Peer, say_peers, say_title

_SETTING = re.compile(r"^([A-Za-z][A-Za-z0-9_ ]*?)\s*=\s*(.*)$")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SERVICES = ("echo", "find", "get", "move", "store")
_LOGS = ("troublelog", "userlog", "troublelogfile", "userlogfile")
_NOWHERE = ("", "nul", "nul:", "/dev/null", "none")


def read_ini(text: str, name: str, beside: Callable[[str], str]) -> Statements:
    """Statements of dicom.ini; raises Unparseable when no [sscscp] section with its settings is there.

    `beside` gives the text of a file in the same folder, or nothing; the one SOPClassList names can limit titles.
    """
    said = Statements(name)
    found: dict[str, tuple[str, int]] = {}
    section = ""
    for number, raw in enumerate(text.splitlines(), 1):
        content = raw.strip().lstrip("\ufeff")
        if not content or content[0] in "#;":
            continue
        if content.startswith("["):
            if "]" not in content:
                raise Unparseable(f"line {number}: the name of a section does not end")
            section = content[1 : content.index("]")].lower()
            continue
        setting = _SETTING.match(content)
        if setting:
            found.setdefault(setting.group(1).lower(), (setting.group(2).strip(), number))
        elif section == "sscscp":
            raise Unparseable(f"line {number}: this is no setting of dicom.ini")
    if "sscscp" not in text.lower() or not found:
        raise Unparseable("there is no section [sscscp] with settings")
    named, _ = found.get("sopclasslist", _default("SOPClassList"))
    inner = re.split(r"[\\/]", named)[-1]
    _judge(said, found, read_list(beside(inner), inner))
    return said


def _default(key: str) -> tuple[str, int]:
    """What Conquest itself takes where `key` is left out, written on no line."""
    return newest("conquest", key), 0


def read_list(text: str, name: str) -> Statements:
    """Statements of dgatesop.lst: rows `name value RemoteAE` and `LocalAE` limit callers and called titles."""
    said = Statements(name)
    for number, raw in enumerate(text.splitlines(), 1):
        words = raw.split()
        kind = words[2].lower() if len(words) > 2 and not words[0].startswith("#") else ""
        if kind == "remoteae":
            said.say("calling-title", "listed", "RemoteAE", words[1], number)
        elif kind == "localae":
            said.say("called-title", "checked", "LocalAE", words[1], number)
    return said


def _judge(said: Statements, found: dict[str, tuple[str, int]], titles: Statements) -> None:
    port = found.get("tcpport", _default("TCPPort"))
    said.say("dicom-transport", "plain", "TCPPort", *port)
    said.opens(port[0], "TCPPort", port[1])
    callers = [one.value for one in titles.found if one.aspect == "calling-title"]
    if not callers:
        said.say("calling-title", "any", "TCPPort", "Conquest asks no calling title", port[1])
    said.extend(titles.found)
    title, line = found.get("myacrnema", _default("MyACRNema"))
    say_title(said, title, "MyACRNema", line)
    for caller in callers or ["*"]:
        said.grant(caller, title, _SERVICES)
    if any(found.get(key, ("0", 0))[0] == "1" for key in ("mysql", "postgres")):
        found.setdefault("password", _default("Password"))
    for key in ("password", "mysqlpassword", "postgrespassword"):
        if key in found:
            value, line = found[key]
            said.say("secret", "default" if is_default_secret(value) else "own", key, "(not shown)", line)
    for key in _LOGS:
        if key in found:
            value, line = found[key]
            said.say("log", "off" if value.lower() in _NOWHERE else "on", key, value, line)


def read_map(text: str, name: str) -> Statements:
    """Statements of acrnema.map: title, host, port and compression; a `*` stands for anything."""
    said = Statements(name)
    peers: list[Peer] = []
    uncommented = _COMMENT.sub(lambda found: "\n" * found.group().count("\n"), text)
    for number, raw in enumerate(uncommented.splitlines(), 1):
        content = raw.split("#", 1)[0].strip()
        if not content or content.startswith(("//", ";")):
            continue
        words = content.split()
        if len(words) < 3 or not (words[2].isdecimal() or words[2] == "*"):
            raise Unparseable(f"line {number}: this is no row of acrnema.map")
        title, host = words[0], words[1]
        if "*" in title or host.startswith("*"):
            said.say("move-destination", "any", "acrnema.map", content, number)
            continue
        said.say("move-destination", "listed", "acrnema.map", title, number)
        peers.append(Peer(title, host, number, "acrnema.map"))
    say_peers(said, peers)
    return said

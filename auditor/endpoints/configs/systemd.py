"""storescp, dcmrecv and dcmqrscp as command lines start them (options of DCMTK 3.6.4 to 3.7.0)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from auditor.endpoints.configs.ciphers import classes_of_names, say_ciphers
from auditor.endpoints.configs.commands import Command, commands
from auditor.endpoints.configs.defaults import default_of, told
from auditor.endpoints.configs.statement import Statements, Unparseable
from auditor.endpoints.configs.titles import say_title
from auditor.endpoints.data import document

_TOOLS = ("storescp", "dcmrecv", "dcmqrscp")


def read(path: Path, text: str, version: str = "") -> Statements:
    """Statements of every tool started; raises Unparseable when none is, or a line has open quotes.

    `version` is DCMTK's, where it is known.
    """
    said = Statements(path.name)
    found = commands(path, text, _TOOLS)
    if not found:
        raise Unparseable("no storescp is started here")
    for command in found:
        part = Statements(command.file)
        _judge(part, command, version)
        said.extend(part.found)
        said.grants += part.grants
        for aspect, why in part.open.items():
            said.leave_open(aspect, why)
    return said


def _judge(said: Statements, command: Command, version: str) -> None:
    words, line, given = command.arguments, command.line, set(command.arguments)
    said.opens(next((word for word in reversed(words) if word.isdecimal()), ""), "port", line)
    if given & {"+tls", "--enable-tls"}:
        said.say("dicom-transport", "tls", "+tls", "", line)
        _tls(said, words, line, version)
    elif command.unknown:
        said.leave_open("dicom-transport", f"line {line}: what stands in {command.unknown} is not here")
    else:
        said.say("dicom-transport", "plain", "+tls", "", line)
    if command.tool != "dcmqrscp":
        _receiver(said, command)


def _receiver(said: Statements, command: Command) -> None:
    """A receiver that lets everybody in: it asks neither the calling nor the called title."""
    words, line, given = command.arguments, command.line, set(command.arguments)
    named = [words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-aet", "--aetitle")]
    own: str = document("storescp.yaml")["titles"][command.tool]
    title = named[-1] if named else "" if command.unknown else own
    if title and "$" not in title:
        say_title(said, title, "-aet", line)
    said.say("calling-title", "any", command.tool, f"{command.tool} asks no calling title", line)
    said.say("called-title", "any", command.tool, f"{command.tool} asks no called title", line)
    said.say("echo", "anyone", command.tool, "", line)
    said.say("store", "anyone", command.tool, "", line)
    promiscuous = bool(given & {"-pm", "--promiscuous"})
    said.grant("*", title or own, ("echo", "store", "private") if promiscuous else ("echo", "store"))
    said.say("sop-classes", "any" if promiscuous else "listed", "-pm", "", line)
    remote = given & {"-xcr", "--exec-on-reception", "-xcs", "--exec-on-eostudy"}
    said.say("exec-on-reception", "on" if remote else "off", "-xcr", "", line)


def _tls(said: Statements, words: Sequence[str], line: int, version: str) -> None:
    given = set(words)
    if given & {"-ic", "--ignore-peer-cert"}:
        state = "none"
    else:
        state = "optional" if given & {"-vc", "--verify-peer-cert"} else "required"
    said.say("client-certificate", state, "-rc", "", line)
    profiles: Mapping[str, Any] = document("storescp.yaml")["profiles"]
    chosen = [option for option in words if option in profiles]
    if chosen:
        _profile(said, chosen[-1], profiles[chosen[-1]], line)
    else:
        _own_profile(said, profiles, line, version)
    for at, word in enumerate(words[:-1]):
        if word in ("+cs", "--cipher"):
            say_ciphers(said, classes_of_names([words[at + 1]]), word, words[at + 1], line)
        if word in ("+dp", "--dhparam"):
            said.leave_open("dh-group", f"line {line}: the group in {words[at + 1]} is not read")


def _profile(said: Statements, option: str, profile: Mapping[str, Any], line: int, versions: str = "") -> None:
    for name in profile["versions"]:
        said.say("tls-version", name, option, option, line, versions=versions)
    for name in profile["suites"]:
        said.say("cipher", name, option, option, line, versions=versions)


def _own_profile(said: Statements, profiles: Mapping[str, Any], line: int, version: str) -> None:
    """The profile DCMTK takes by itself: one with TLS 1.0 and static RSA before 3.6.7."""
    default = default_of("storescp", "profile", version)
    if default is not None:
        _profile(said, default.value, profiles[default.value], 0 if default.versions else line, default.versions)
        return
    words = f"no profile is given, and the version of DCMTK is not known ({told('storescp', 'profile')})"
    said.say("tls-version", "left-open", "+tls", words, line)
    for aspect in ("tls-version", "cipher"):
        said.leave_open(aspect, words)

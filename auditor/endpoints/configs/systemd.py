"""storescp (and dcmrecv) command lines in systemd units and shell scripts (DCMTK 3.6.7 options)."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from auditor.endpoints.configs.ciphers import classes_of_names, say_ciphers
from auditor.endpoints.configs.defaults import default_of, told
from auditor.endpoints.configs.statement import Statements, Unparseable
from auditor.endpoints.configs.titles import say_title
from auditor.endpoints.data import document

_START = re.compile(r"^\s*ExecStart\s*=\s*[-@:+!]*(.*)$")
_ENVIRONMENT = re.compile(r"^\s*Environment\s*=\s*(.*)$")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")
_LONGEST = 50_000
_TOOLS = ("storescp", "dcmrecv")


def read(text: str, name: str, version: str = "") -> Statements:
    """Statements of every storescp started; raises Unparseable when none is, or a line has open quotes.

    `version` is DCMTK's, where it is known.
    """
    said = Statements(name)
    started = 0
    for number, words in _commands(text):
        started += 1
        _judge(said, words, number, version)
    if not started:
        raise Unparseable("no storescp is started here")
    return said


def _commands(text: str) -> Iterator[tuple[int, list[str]]]:
    joined = re.sub(r"\\\n", lambda _: " \0", text)
    unit = any(_START.match(raw) for raw in joined.split("\n"))
    variables: dict[str, str] = {}
    number = 1
    for raw in joined.split("\n"):
        found, given = _START.match(raw), _ENVIRONMENT.match(raw)
        content = (found.group(1) if found else "" if unit else raw).replace("\0", " ")
        if given:
            pairs = (word.partition("=") for word in _words(given.group(1).replace("\0", " "), number))
            variables |= {name: value for name, _, value in pairs}
        elif not content.lstrip().startswith(("#", ";")):
            content = _substituted(content[: _LONGEST + 1], variables)
            words = _words(content, number) if any(tool in content for tool in _TOOLS) else []
            for at, word in enumerate(words):
                if PurePosixPath(word).name in _TOOLS:
                    yield number, words[at + 1 :]
                    break
        number += 1 + raw.count("\0")


def _substituted(content: str, variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda name: variables.get(name.group(1), name.group()), content)


def _words(content: str, number: int) -> list[str]:
    if len(content) > _LONGEST:
        raise Unparseable(f"line {number}: the command is too long")
    try:
        return shlex.split(content)
    except ValueError as error:
        raise Unparseable(f"line {number}: quotes are left open") from error


def _judge(said: Statements, words: list[str], line: int, version: str) -> None:
    given = set(words)
    tls = bool(given & {"+tls", "--enable-tls", "+tla", "--anonymous-tls"})
    said.say("dicom-transport", "tls" if tls else "plain", "+tls", "", line)
    if tls:
        _tls(said, words, line, version)
    title = next((words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-aet", "--aetitle")), "STORESCP")
    say_title(said, title, "-aet", line)
    said.opens(next((word for word in reversed(words) if word.isdecimal()), ""), "port", line)
    said.say("calling-title", "any", "storescp", "storescp asks no calling title", line)
    said.say("called-title", "any", "storescp", "storescp asks no called title", line)
    said.say("echo", "anyone", "storescp", "", line)
    said.say("store", "anyone", "storescp", "", line)
    said.grant("*", title, ("echo", "store", "private") if given & {"-pm", "--promiscuous"} else ("echo", "store"))
    promiscuous = bool(given & {"-pm", "--promiscuous"})
    said.say("sop-classes", "any" if promiscuous else "listed", "-pm", "", line)
    remote = given & {"-xcr", "--exec-on-reception", "-xcs", "--exec-on-eostudy"}
    said.say("exec-on-reception", "on" if remote else "off", "-xcr", "", line)


def _tls(said: Statements, words: list[str], line: int, version: str) -> None:
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

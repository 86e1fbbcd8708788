"""storescp (and dcmrecv) command lines in systemd units and shell scripts (DCMTK 3.6.7 options)."""

import re
import shlex
from collections.abc import Iterator
from pathlib import PurePosixPath

from auditor.endpoints.configs.statement import Statements, Unparseable
from auditor.endpoints.configs.titles import say_title

_START = re.compile(r"^\s*ExecStart\s*=\s*[-@:+!]*(.*)$")
_TOOLS = ("storescp", "dcmrecv")
_RETIRED = {
    "+pa": ("TLS 1.0", ("cbc", "static_rsa", "triple_des")),
    "--profile-aes": ("TLS 1.0", ("cbc", "static_rsa", "triple_des")),
    "+pb": ("TLS 1.0", ("cbc", "static_rsa", "triple_des")),
    "--profile-basic": ("TLS 1.0", ("cbc", "static_rsa", "triple_des")),
    "+pn": ("TLS 1.0", ("null", "static_rsa")),
    "--profile-null": ("TLS 1.0", ("null", "static_rsa")),
}


def read(text: str, name: str) -> Statements:
    """Statements of every storescp started; raises Unparseable when none is, or a line has open quotes."""
    said = Statements(name)
    started = 0
    for number, words in _commands(text):
        started += 1
        _judge(said, words, number)
    if not started:
        raise Unparseable("no storescp is started here")
    return said


def _commands(text: str) -> Iterator[tuple[int, list[str]]]:
    joined = re.sub(r"\\\n", lambda _: " \0", text)
    number = 1
    for raw in joined.split("\n"):
        found = _START.match(raw)
        content = (found.group(1) if found else raw).replace("\0", " ")
        if any(tool in content for tool in _TOOLS) and not content.lstrip().startswith(("#", "Description")):
            try:
                words = shlex.split(content)
            except ValueError as error:
                raise Unparseable(f"line {number}: quotes are left open") from error
            for at, word in enumerate(words):
                if PurePosixPath(word).name in _TOOLS:
                    yield number, words[at + 1 :]
                    break
        number += 1 + raw.count("\0")


def _judge(said: Statements, words: list[str], line: int) -> None:
    given = set(words)
    tls = bool(given & {"+tls", "--enable-tls", "+tla", "--anonymous-tls"})
    said.say("dicom-transport", "tls" if tls else "plain", "+tls", "", line)
    if tls:
        _tls(said, given, line)
    title = next((words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-aet", "--aetitle")), "STORESCP")
    say_title(said, title, "-aet", line)
    said.say("calling-title", "any", "storescp", "storescp asks no calling title", line)
    said.say("called-title", "any", "storescp", "storescp asks no called title", line)
    said.say("echo", "anyone", "storescp", "", line)
    said.say("store", "anyone", "storescp", "", line)
    said.grant("*", title, ("echo", "store", "private") if given & {"-pm", "--promiscuous"} else ("echo", "store"))
    promiscuous = bool(given & {"-pm", "--promiscuous"})
    said.say("sop-classes", "any" if promiscuous else "listed", "-pm", "", line)
    remote = given & {"-xcr", "--exec-on-reception", "-xcs", "--exec-on-eostudy"}
    said.say("exec-on-reception", "on" if remote else "off", "-xcr", "", line)


def _tls(said: Statements, given: set[str], line: int) -> None:
    if given & {"-ic", "--ignore-peer-cert"}:
        state = "none"
    else:
        state = "optional" if given & {"-vc", "--verify-peer-cert"} else "required"
    said.say("client-certificate", state, "-rc", "", line)
    for option, (version, classes) in _RETIRED.items():
        if option in given:
            said.say("tls-version", version, option, option, line)
            for name in classes:
                said.say("cipher", name, option, option, line)

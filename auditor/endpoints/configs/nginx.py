"""nginx in front of DICOMweb, REST or DICOM: what its servers open and check (nginx.org documentation)."""

import ipaddress
import re
from pathlib import Path

from auditor.endpoints.configs import nginxlogs
from auditor.endpoints.configs.nginxtls import Scopes, Whole, found, left_open, say_tls
from auditor.endpoints.configs.nginxtree import Directive, Tree
from auditor.endpoints.configs.statement import Statements, Unparseable

# Conditions that hold for every plain request of a server: of its scheme, and certbot's own, of its name.
_WITHOUT_TLS = re.compile(r"\$(scheme|https|server_port|ssl_protocol|http_x_forwarded_proto)\b|^\(\s*\$host\s*=")


def read(path: Path, text: str, root: Path, version: str = "") -> tuple[Statements, set[Path]]:
    """Statements of a file with all it includes, and the files read; raises Unparseable.

    `version` is nginx's own, where it is known: what is left out then counts as that version has it.
    """
    tree = Tree(root, path.parent)
    top = tree.read(path, text)
    said = Statements(top.file)
    if not top.inside:
        raise Unparseable("there is no directive in the file")
    _scan(Whole(said, tree, version), top, [top], stream=False)
    said.missing += dict.fromkeys(tree.missing)
    return said, tree.files


def _scan(whole: Whole, block: Directive, scopes: Scopes, *, stream: bool) -> None:
    """Walk to every server, remembering what stands around it; a part without any server is judged as it stands."""
    servers = [each for each in block.inside if each.name == "server" and each.block]
    inner = [each for each in block.inside if each.name in ("http", "stream") and each.block]
    for server in servers:
        _server(whole, server, [*scopes, server], stream=stream)
    for each in inner:
        _scan(whole, each, [*scopes, each], stream=each.name == "stream")
    if not servers and not inner:
        nginxlogs.say_logs(whole.said, [*scopes, block])


def _server(whole: Whole, server: Directive, scopes: Scopes, *, stream: bool) -> None:
    said = whole.said
    nginxlogs.say_logs(said, scopes)
    secured = False
    implied = [] if server.all("include") else [Directive("listen", ["80"], server.file, server.line)]
    for listen in server.all("listen") or implied:
        if _is_local(listen) == "unix":
            continue
        tls = "ssl" in listen.arguments or "quic" in listen.arguments or _last(scopes, "ssl", "off") == "on"
        secured = secured or tls
        if _is_local(listen) != "loopback":
            said.opens("".join(listen.arguments[:1]).rpartition(":")[2], "listen", listen.line, listen.file)
        said.say(
            _aspect(listen, stream=stream), _transport(server, listen, tls=tls, stream=stream), "listen",
            " ".join(listen.arguments), listen.line, listen.file,
        )  # fmt: skip
    if secured and _last(scopes, "ssl_reject_handshake", "off") != "on":
        say_tls(whole, server, scopes, serves=not _leads_away(server))
    _outgoing(said, server, scopes, stream=stream)


def _aspect(listen: Directive, *, stream: bool) -> str:
    """What is spoken on a port: HTTP, or in a stream what its well-known number says, and DICOM otherwise."""
    if not stream:
        return "http-transport"
    port = "".join(listen.arguments[:1]).rpartition(":")[2]
    return {"2575": "hl7-transport", "514": "audit-transport", "601": "audit-transport",
            "6514": "audit-transport"}.get(port, "dicom-transport")  # fmt: skip


def _transport(server: Directive, listen: Directive, *, tls: bool, stream: bool) -> str:
    if tls:
        return "tls"
    if stream and _last([server], "ssl_preread", "off") == "on":
        return "passed-through"
    if not stream and _only_redirects(server):
        return "redirect"
    return "plain-loopback" if _is_local(listen) == "loopback" else "plain"


def _only_redirects(server: Directive) -> bool:
    """Whether all that a browser asks for is answered by a redirect to https or by closing.

    The places where certificates are renewed (RFC 8555 8.3) are served without TLS by design.
    """
    if _leads_away(server) or any(_WITHOUT_TLS.search(" ".join(each.arguments)) and _leads_away(each) for each in
                                  server.all("if")):  # fmt: skip
        return True
    locations = [
        each for each in server.all("location") if not "".join(each.arguments[-1:]).startswith("/.well-known/")
    ]
    serving = [each for each in locations if not _leads_away(each)]
    return len(serving) < len(locations) and all(_only_answers(each) for each in serving)


def _only_answers(location: Directive) -> bool:
    """Whether one exact place says a status and no more, as for a monitor."""
    return location.arguments[:1] == ["="] and bool(location.all("return"))


def _leads_away(block: Directive) -> bool:
    away = [each for each in block.inside if each.name in ("return", "rewrite")]
    return any(
        (each.arguments[:1] in (["444"], ["403"], ["404"]) and each.name == "return")
        or any(text.strip("\"'").startswith("https://") for text in each.arguments)
        for each in away
    )


def _is_local(listen: Directive) -> str:
    where = listen.arguments[0] if listen.arguments else ""
    if where.startswith("unix:"):
        return "unix"
    host = where.rpartition(":")[0].strip("[]") or ("" if where.isdecimal() else where)
    try:
        return "loopback" if ipaddress.ip_address(host).is_loopback else ""
    except ValueError:
        return "loopback" if host == "localhost" else ""


def _last(scopes: Scopes, name: str, default: str) -> str:
    one = found(scopes, name)
    return one.arguments[0] if one and one.name == name and one.arguments else default


def _outgoing(said: Statements, server: Directive, scopes: Scopes, *, stream: bool) -> None:
    """TLS to a server behind: nginx does not verify it unless told, by proxy_ssl_verify or grpc_ssl_verify."""
    for place in [server, *(each for each in server.walk() if each.block)]:
        for target in (*place.all("proxy_pass"), *place.all("grpc_pass")):
            secured = (
                _last([*scopes, place], "proxy_ssl", "off") == "on"
                if stream
                else "".join(target.arguments[:1]).startswith(("https:", "grpcs:"))
            )
            if secured:
                _verified(said, [*scopes, place], target)


def _verified(said: Statements, scopes: Scopes, target: Directive) -> None:
    name = target.name.replace("_pass", "_ssl_verify")
    verify = found(scopes, name)
    if left_open(said, verify, "peer-verify", name):
        return
    on = verify is not None and verify.arguments[:1] == ["on"]
    at = verify or target
    said.say("peer-verify", "on" if on else "off", name, " ".join(at.arguments), at.line, at.file)

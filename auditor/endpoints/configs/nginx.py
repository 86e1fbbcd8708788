"""nginx in front of DICOMweb, REST or DICOM: what its servers open and check (nginx.org documentation)."""

import ipaddress
from collections.abc import Sequence
from pathlib import Path

from auditor.endpoints.configs import nginxlogs
from auditor.endpoints.configs.ciphers import classes_of_openssl, say_ciphers
from auditor.endpoints.configs.nginxtree import Directive, Tree
from auditor.endpoints.configs.statement import Statements, Unparseable

_VERSIONS = {"SSLv3": "SSL 3.0", "TLSv1": "TLS 1.0", "TLSv1.1": "TLS 1.1", "TLSv1.2": "TLS 1.2", "TLSv1.3": "TLS 1.3"}
_DEFAULT_VERSIONS = ("TLSv1.2", "TLSv1.3")
_DEFAULT_CIPHERS = "HIGH:!aNULL:!MD5"
_CLIENT = {"on": "required", "optional": "optional", "optional_no_ca": "optional", "off": "none"}
Scopes = Sequence[Directive]


def read(path: Path, text: str, root: Path) -> tuple[Statements, set[Path]]:
    """Statements of a file with all it includes, and the files read; raises Unparseable."""
    tree = Tree(root, path.parent)
    top = tree.read(path, text)
    said = Statements(top.file)
    if not top.inside:
        raise Unparseable("there is no directive in the file")
    _scan(said, top, [top], stream=False)
    return said, tree.files


def _scan(said: Statements, block: Directive, scopes: Scopes, *, stream: bool) -> None:
    """Walk to every server, remembering what stands around it; a part without any server is judged as it stands."""
    servers = [each for each in block.inside if each.name == "server" and each.block]
    inner = [each for each in block.inside if each.name in ("http", "stream") and each.block]
    for server in servers:
        _server(said, server, [*scopes, server], stream=stream)
    for each in inner:
        _scan(said, each, [*scopes, each], stream=each.name == "stream")
    if not servers and not inner:
        nginxlogs.say_logs(said, [*scopes, block])


def _server(said: Statements, server: Directive, scopes: Scopes, *, stream: bool) -> None:
    nginxlogs.say_logs(said, scopes)
    secured = False
    for listen in server.all("listen") or [Directive("listen", ["80"], server.file, server.line)]:
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
    if secured:
        _tls(said, server, scopes)
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
    if not stream and _only_redirects(server):
        return "redirect"
    return "plain-loopback" if _is_local(listen) == "loopback" else "plain"


def _only_redirects(server: Directive) -> bool:
    """Whether all that a browser asks for is answered by a redirect to https or by closing.

    The places where certificates are renewed (RFC 8555 8.3) are served without TLS by design.
    """
    if any(_leads_away(each) for each in [server, *server.all("if")]):
        return True
    locations = [
        each for each in server.all("location") if not "".join(each.arguments[-1:]).startswith("/.well-known/")
    ]
    return bool(locations) and all(_leads_away(each) for each in locations)


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


def _found(scopes: Scopes, name: str) -> Directive | None:
    """The directive that counts: the last one in the innermost block that has any."""
    for scope in reversed(scopes):
        found = scope.all(name)
        if found:
            return found[-1]
    return None


def _last(scopes: Scopes, name: str, default: str) -> str:
    found = _found(scopes, name)
    return found.arguments[0] if found and found.arguments else default


def _tls(said: Statements, server: Directive, scopes: Scopes) -> None:
    versions = _found(scopes, "ssl_protocols")
    names = versions.arguments if versions else list(_DEFAULT_VERSIONS)
    line, file = (versions.line, versions.file) if versions else (0, "")
    for name in names:
        if name in _VERSIONS:
            said.say("tls-version", _VERSIONS[name], "ssl_protocols", " ".join(names), line, file)
    said.say("tls-1.2", "on" if "TLSv1.2" in names else "off", "ssl_protocols", " ".join(names), line, file)
    ciphers = _found(scopes, "ssl_ciphers")
    value = ciphers.arguments[0] if ciphers and ciphers.arguments else _DEFAULT_CIPHERS
    if set(names) - {"TLSv1.3"}:
        found = Statements(ciphers.file if ciphers else server.file)
        say_ciphers(found, classes_of_openssl(value), "ssl_ciphers", value, ciphers.line if ciphers else 0)
        said.extend(found.found)
    verify = _found(scopes, "ssl_verify_client")
    state = verify.arguments[0] if verify and verify.arguments else "off"
    where = (verify.line, verify.file) if verify else (server.line, server.file)
    said.say("client-certificate", _CLIENT.get(state, "none"), "ssl_verify_client", state, *where)


def _outgoing(said: Statements, server: Directive, scopes: Scopes, *, stream: bool) -> None:
    """TLS to a server behind: nginx does not verify it unless told (proxy_ssl_verify, off by default)."""
    for place in [server, *(each for each in server.walk() if each.block)]:
        for target in place.all("proxy_pass"):
            secured = (
                _last([*scopes, place], "proxy_ssl", "off") == "on"
                if stream
                else "".join(target.arguments[:1]).startswith("https:")
            )
            if secured:
                verify = _found([*scopes, place], "proxy_ssl_verify")
                on = verify is not None and verify.arguments[:1] == ["on"]
                at = verify or target
                said.say(
                    "peer-verify", "on" if on else "off", "proxy_ssl_verify", " ".join(at.arguments), at.line, at.file
                )

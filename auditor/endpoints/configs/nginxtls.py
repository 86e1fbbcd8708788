"""What a TLS server of nginx accepts: versions, suites, group and client certificate, written, included or by default.

A directive that may stand in an included file which is not here leaves its aspect open: no default passes then.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.endpoints.configs.ciphers import classes_of_openssl, say_ciphers, takes_ephemeral_dh
from auditor.endpoints.configs.defaults import Default, default_of, newest, told
from auditor.endpoints.configs.dhparams import group_bits, say_group
from auditor.endpoints.configs.nginxtree import Directive, Tree
from auditor.endpoints.configs.statement import Statements

_VERSIONS = {"SSLv3": "SSL 3.0", "TLSv1": "TLS 1.0", "TLSv1.1": "TLS 1.1", "TLSv1.2": "TLS 1.2", "TLSv1.3": "TLS 1.3"}
_CLIENT = {"on": "required", "optional": "optional", "optional_no_ca": "optional", "off": "none"}
Scopes = Sequence[Directive]


@dataclass(frozen=True, slots=True)
class Whole:
    """All that is read of one nginx: what was said so far, the tree of files, and the version, where it is known."""

    said: Statements
    tree: Tree
    version: str


def found(scopes: Scopes, name: str) -> Directive | None:
    """The directive that counts: the last one in the innermost block that has any; an include that may hold it counts
    as `include`.
    """
    for scope in reversed(scopes):
        direct = scope.all(name)
        if direct:
            return direct[-1]
        missing = scope.all("include")
        if missing:
            return missing[-1]
    return None


def say_tls(whole: Whole, server: Directive, scopes: Scopes, *, serves: bool) -> None:
    """Statements on the TLS of one server with a port for it; one that serves nothing need not ask who is calling."""
    names = _versions(whole, scopes)
    if names is None or set(names) - {"TLSv1.3"}:
        _suites(whole, server, scopes)
    verify = found(scopes, "ssl_verify_client")
    if serves and not left_open(whole.said, verify, "client-certificate", "ssl_verify_client"):
        state = verify.arguments[0] if verify and verify.arguments else newest("nginx", "ssl_verify_client")
        where = (verify.line, verify.file) if verify else (server.line, server.file)
        whole.said.say("client-certificate", _CLIENT.get(state, "none"), "ssl_verify_client", state, *where)


def left_open(said: Statements, one: Directive | None, aspect: str, name: str) -> bool:
    """Whether what `found` gave is an include that is not here, which then leaves the aspect open."""
    if one is None or one.name != "include":
        return False
    said.leave_open(aspect, f"{name} may stand in {one.arguments[0]}, which is not here")
    return True


def _versions(whole: Whole, scopes: Scopes) -> Sequence[str] | None:
    """The protocols a server accepts, or None where that is not known."""
    said, written = whole.said, found(scopes, "ssl_protocols")
    if left_open(said, written, "tls-version", "ssl_protocols"):
        return None
    default = default_of("nginx", "ssl_protocols", whole.version) or Default(())
    names = written.arguments if written else default.value
    line, file = (written.line, written.file) if written else (0, "")
    if not names:
        words = told("nginx", "ssl_protocols")
        said.say("tls-version", "left-open", "ssl_protocols", words)
        said.leave_open("tls-version", f"ssl_protocols is not written, and the version of nginx is not known ({words})")
        return None
    for name in names:
        if name in _VERSIONS:
            said.say("tls-version", _VERSIONS[name], "ssl_protocols", " ".join(names), line, file, default.versions)
    state = "on" if "TLSv1.2" in names else "off"
    said.say("tls-1.2", state, "ssl_protocols", " ".join(names), line, file, default.versions)
    return names


def _suites(whole: Whole, server: Directive, scopes: Scopes) -> None:
    written = found(scopes, "ssl_ciphers")
    if left_open(whole.said, written, "cipher", "ssl_ciphers"):
        return
    default = default_of("nginx", "ssl_ciphers", whole.version) or Default("")
    value = written.arguments[0] if written and written.arguments else str(default.value)
    line, file = (written.line, written.file) if written else (0, server.file)
    say_ciphers(whole.said, classes_of_openssl(value), "ssl_ciphers", value, line, file)
    if takes_ephemeral_dh(value):
        _group(whole, scopes)


def _group(whole: Whole, scopes: Scopes) -> None:
    """The group of ssl_dhparam; without one no suite of the kind is used, except by versions that brought a group."""
    written = found(scopes, "ssl_dhparam")
    if left_open(whole.said, written, "dh-group", "ssl_dhparam"):
        return
    if written is None:
        built = default_of("nginx", "ssl_dhparam", whole.version)
        if built is not None and built.value:
            say_group(whole.said, "ssl_dhparam", built.value, versions=built.versions)
        return
    path = whole.tree.locate("".join(written.arguments[:1]))
    bits = group_bits(path) if path else None
    if bits:
        say_group(whole.said, "ssl_dhparam", bits, written.line, written.file)
    else:
        name = "".join(written.arguments[:1])
        whole.said.leave_open(
            "dh-group", f"the group in {name} cannot be read: " + ("no parameters" if path else "no file")
        )

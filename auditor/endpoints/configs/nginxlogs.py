"""What nginx writes down: the access and error log that count for a server, and logs sent away in the clear."""

import ipaddress
from collections.abc import Sequence

from auditor.endpoints.configs.nginxtree import Directive
from auditor.endpoints.configs.statement import Statements

_NOWHERE = ("off", "/dev/null")
_SERVES = ("proxy_pass", "grpc_pass", "root", "alias")


def say_logs(said: Statements, scopes: Sequence[Directive]) -> None:
    """Statements on the logs of the innermost of `scopes`; what stands nearest counts (ngx_http_log_module)."""
    for name in ("access_log", "error_log"):
        nearest = next((found for scope in reversed(scopes) if (found := scope.all(name))), [])
        for one in nearest:
            _one(said, one)
        if name == "access_log":
            for place in _everything(scopes[-1]):
                for one in place.all(name):
                    _one(said, one)


def _everything(server: Directive) -> list[Directive]:
    """Locations that stand for the whole server and serve something; a health check without a log is no fault."""
    return [
        each
        for each in server.all("location")
        if each.arguments[-1:] == ["/"] and any(inner.name in _SERVES for inner in each.inside)
    ]


def _one(said: Statements, one: Directive) -> None:
    target = "".join(one.arguments[:1])
    if target in (_NOWHERE if one.name == "access_log" else _NOWHERE[1:]):
        said.say("log", "off", one.name, target, one.line, one.file)
    elif target.startswith("syslog:") and _leaves(target):
        said.say("audit-transport", "plain", one.name, target, one.line, one.file)


def _leaves(target: str) -> bool:
    """Whether a `syslog:server=…` is another machine: nginx sends by UDP, without TLS (its page on syslog)."""
    server = next((part for part in target.removeprefix("syslog:").split(",") if part.startswith("server=")), "")
    where = server.removeprefix("server=")
    host = where if where.count(":") > 1 and not where.startswith("[") else where.rpartition(":")[0] or where
    if host.startswith("unix") or not host:
        return False
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host != "localhost"

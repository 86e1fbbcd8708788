"""stunnel: global options and services (stunnel(8), version 5)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from auditor.endpoints.configs.ciphers import classes_of_openssl, say_ciphers
from auditor.endpoints.configs.statement import Statements, Unparseable

_VERSIONS = {"sslv3": "SSL 3.0", "tlsv1": "TLS 1.0", "tlsv1.0": "TLS 1.0", "tlsv1.1": "TLS 1.1", "tlsv1.2": "TLS 1.2",
             "tlsv1.3": "TLS 1.3"}  # fmt: skip
_ORDER = ("SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")
_DEFAULT_CIPHERS = "HIGH:!aNULL:!SSLv2:!DH:!kDHEPSK"
Entry = tuple[str, int]


@dataclass(slots=True)
class Service:
    """One section: options in lower case with all their values and lines."""

    name: str
    line: int
    options: dict[str, list[Entry]] = field(default_factory=dict)

    def last(self, *names: str) -> Entry | None:
        """The last value given for any of `names`."""
        found = [entry for name in names for entry in self.options.get(name.lower(), [])]
        return max(found, key=lambda entry: entry[1]) if found else None

    def on(self, name: str) -> bool:
        """Whether a yes/no option is yes."""
        entry = self.last(name)
        return entry is not None and entry[0].lower() == "yes"


def read(text: str, name: str) -> Statements:
    """Statements of one stunnel.conf; raises Unparseable for a line that is no option or section."""
    said = Statements(name)
    services = list(_services(text))
    top = services[0]
    _log(said, top)
    for service in services[1:] or ([top] if top.last("accept") or top.last("connect") else []):
        for key, entries in top.options.items():
            service.options.setdefault(key, entries)
        _judge(said, service)
    return said


def _services(text: str) -> Iterator[Service]:
    current = Service("", 0)
    for number, raw in enumerate(text.splitlines(), 1):
        content = raw.strip().lstrip("\ufeff")
        if not content or content[0] in "#;":
            continue
        if content[0] == "[":
            if not content.endswith("]"):
                raise Unparseable(f"line {number}: the name of a service does not end")
            yield current
            current = Service(content[1:-1], number)
            continue
        key, equals, value = content.partition("=")
        if not equals or not key.strip() or " " in key.strip():
            raise Unparseable(f"line {number}: this is no option of stunnel")
        current.options.setdefault(key.strip().lower(), []).append((value.strip(), number))
    yield current


def _log(said: Statements, top: Service) -> None:
    output, debug = top.last("output"), top.last("debug")
    syslog = top.last("syslog")
    if output and output[0].lower() in ("/dev/null", "nul"):
        said.say("log", "off", "output", *output)
    elif syslog and syslog[0].lower() == "no" and output is None and not top.on("foreground"):
        said.say("log", "off", "syslog", *syslog)
    elif debug and debug[0].lower().split(".")[-1] in ("0", "emerg"):
        said.say("log", "off", "debug", *debug)
    else:
        said.say("log", "on", "output", *(output or ("", 0)))


def _judge(said: Statements, service: Service) -> None:
    client = service.on("client")
    verify = service.last("verify")
    level = int(verify[0]) if verify and verify[0].isdecimal() else 0
    chain = service.on("verifyChain") or service.on("verifyPeer")
    where = service.last("verifyChain", "verifyPeer", "verify", "requireCert") or ("", service.line)
    if client:
        said.say("peer-verify", "on" if chain or level >= 2 else "off", "verifyChain", *where)
        return
    accept = service.last("accept") or ("", service.line)
    if not accept[0].startswith(("127.", "::1", "localhost")):
        said.opens(accept[0].rpartition(":")[2], "accept", accept[1])
    optional = service.last("requireCert")
    if chain or level >= 2:
        state = "optional" if optional and optional[0].lower() == "no" else "required"
    else:
        state = "optional" if level == 1 else "none"
        if service.on("requireCert"):
            state = "required"
    said.say("client-certificate", state, "verifyChain", *where)
    _versions(said, service)
    ciphers = service.last("ciphers")
    value, line = ciphers or (_DEFAULT_CIPHERS, 0)
    if _reaches(service, "TLS 1.2"):
        say_ciphers(said, classes_of_openssl(value), "ciphers", value, line)


def _range(service: Service) -> tuple[str, str, int] | None:
    """Oldest and newest version a service accepts, and the line; None where nothing is written."""
    exact = service.last("sslVersion")
    low, high = service.last("sslVersionMin"), service.last("sslVersionMax")
    if exact and exact[0].lower() != "all":
        version = _version(exact)
        return version, version, exact[1]
    if exact is None and low is None and high is None and not service.options.get("options"):
        return None
    oldest = "TLS 1.0" if low is None else _ORDER[0] if low[0].lower() == "all" else _version(low)
    if exact:
        oldest = _ORDER[0]
    newest = _ORDER[-1] if high is None or high[0].lower() == "all" else _version(high)
    return oldest, newest, (low or exact or high or service.last("options") or ("", 0))[1]


def _versions(said: Statements, service: Service) -> None:
    found = _range(service)
    if found is None:
        return
    oldest, newest, line = found
    barred = {value.upper().removeprefix("NO_").replace("_", ".") for value, _ in service.options.get("options", [])
              if value.upper().startswith("NO_")}  # fmt: skip
    allowed = [
        name
        for name in _ORDER[_ORDER.index(oldest) : _ORDER.index(newest) + 1]
        if name.replace(" ", "V").replace("SSLV3.0", "SSLV3").replace("TLSV1.0", "TLSV1") not in barred
    ]
    written = service.last("sslVersion", "sslVersionMin")
    for name in allowed:
        if written or name not in _ORDER[:3]:
            said.say("tls-version", name, "sslVersionMin", name, line)
    said.say("tls-1.2", "on" if "TLS 1.2" in allowed else "off", "sslVersionMax", newest, line)


def _reaches(service: Service, version: str) -> bool:
    found = _range(service)
    return found is None or _ORDER.index(found[0]) <= _ORDER.index(version)


def _version(entry: Entry) -> str:
    try:
        return _VERSIONS[entry[0].lower()]
    except KeyError:
        raise Unparseable(f"line {entry[1]}: this is no protocol version") from None

"""stunnel: what its services open, ask and accept (stunnel(8), version 5)."""

from collections.abc import Sequence
from pathlib import Path

from auditor.endpoints.configs.ciphers import classes_of_openssl, say_ciphers, takes_ephemeral_dh
from auditor.endpoints.configs.defaults import Default, default_of, told
from auditor.endpoints.configs.dhparams import group_bits, say_group
from auditor.endpoints.configs.statement import Statements, Unparseable
from auditor.endpoints.configs.stunnelfile import Option, Sections, Service

_VERSIONS = {"sslv3": "SSL 3.0", "tlsv1": "TLS 1.0", "tlsv1.0": "TLS 1.0", "tlsv1.1": "TLS 1.1", "tlsv1.2": "TLS 1.2",
             "tlsv1.3": "TLS 1.3"}  # fmt: skip
_ORDER = ("SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")
_OPTIONS = {"NO_SSLV3": "SSL 3.0", "NO_TLSV1": "TLS 1.0", "NO_TLSV1.1": "TLS 1.1", "NO_TLSV1.2": "TLS 1.2",
            "NO_TLSV1.3": "TLS 1.3"}  # fmt: skip
_ALL = "all"
_LIBRARY = "OpenSSL 3 refuses TLS 1.0 and 1.1 at securityLevel 1 and above, older ones do not"
_OLD = _ORDER[:3]


def read(path: Path, text: str, version: str = "") -> Statements:
    """Statements of one stunnel.conf with the folders it includes; raises Unparseable for a line that is none of it."""
    sections = Sections(path, text)
    said = Statements(path.name)
    _log(said, sections.top)
    alone = [sections.top] if sections.top.last("accept", "connect") else []
    for service in sections.services or alone:
        _judge(said, service, path.parent, version)
    said.missing += sections.missing
    return said


def _log(said: Statements, top: Service) -> None:
    output, debug, syslog = top.last("output"), top.last("debug"), top.last("syslog")
    if output and output.value.lower() in ("/dev/null", "nul"):
        _say(said, "log", "off", output)
    elif syslog and syslog.value.lower() == "no" and output is None and not top.on("foreground"):
        _say(said, "log", "off", syslog)
    elif debug and debug.value.lower().split(".")[-1] in ("0", "emerg"):
        _say(said, "log", "off", debug)
    elif output:
        _say(said, "log", "on", output)
    else:
        said.say("log", "on", "output")


def _say(said: Statements, aspect: str, state: str, one: Option) -> None:
    said.say(aspect, state, one.name, one.value, one.line, one.file)


def _judge(said: Statements, service: Service, folder: Path, version: str) -> None:
    written = service.last("verifyChain", "verifyPeer", "verify", "requireCert")
    where = written or Option("verifyChain", "", service.line, service.file)
    asked, required, verified = _peer(service)
    if service.on("client"):
        _say(said, "peer-verify", "on" if verified else "off", where)
        return
    accept = service.last("accept")
    if accept and not accept.value.startswith(("127.", "::1", "localhost")):
        said.opens(accept.value.rpartition(":")[2], "accept", accept.line, accept.file)
    shared = service.last("PSKsecrets")
    if shared and not service.last("cert"):
        _say(said, "client-certificate", "shared-key", shared)
    else:
        _say(said, "client-certificate", "required" if required else "optional" if asked else "none", where)
    if _versions(said, service) != ["TLS 1.3"]:
        _suites(said, service, folder, version)


def _peer(service: Service) -> tuple[bool, bool, bool]:
    """Whether a peer's certificate is asked for, required and verified.

    The options overwrite each other in the order they stand: `verify` sets all three, `verifyChain` and `verifyPeer`
    require a certificate when they are switched on, and `requireCert = no` after them lets it be left out.
    """
    asked = required = chain = peer = False
    for one in service.all("verify", "verifyChain", "verifyPeer", "requireCert"):
        if one.name == "verify" and one.value.isdecimal():
            level = int(one.value)
            asked, required, chain, peer = True, level >= 2, 1 <= level <= 3, level >= 3
            continue
        on = one.value.lower() == "yes"
        if one.name == "verifychain":
            chain = on
        elif one.name == "verifypeer":
            peer = on
        asked = asked or on
        required = on if one.name == "requirecert" else required or on
    return asked, required, chain or peer


def _versions(said: Statements, service: Service) -> Sequence[str]:
    """Say which versions are accepted, and return them: what no option names is left to stunnel and to OpenSSL."""
    lowest, oldest, newest = None, "", _ORDER[-1]
    for one in service.all("sslVersion", "sslVersionMin", "sslVersionMax"):
        version = _version(one)
        if one.name != "sslversionmax":
            lowest, oldest = one, version or _ALL
        if one.name != "sslversionmin":
            newest = version or _ORDER[-1]
    options = [one.value.upper().replace("V1_", "V1.") for one in service.all("options")]
    barred = {_OPTIONS[option] for option in options if option in _OPTIONS}
    if oldest != "SSL 3.0" and "-NO_SSLV3" not in options:
        barred.add("SSL 3.0")
    start = 0 if oldest in ("", _ALL) else _ORDER.index(oldest)
    allowed = [name for name in _ORDER[start : _ORDER.index(newest) + 1] if name not in barred]
    at = lowest or service.last("sslVersionMax", "options") or Option("sslVersionMin", "", 0, service.file)
    decided = bool(oldest) or _level(service) == 0
    for name in allowed:
        if decided or name not in _OLD:
            said.say("tls-version", name, "sslVersionMin", name, at.line, at.file)
    if not decided and set(_OLD) & set(allowed):
        words = f"sslVersionMin is not written, and stunnel's own is {told('stunnel', 'sslVersionMin')}; {_LIBRARY}"
        said.say("tls-version", "left-open", "sslVersionMin", words)
        said.leave_open("tls-version", words)
    said.say("tls-1.2", "on" if "TLS 1.2" in allowed else "off", "sslVersionMax", newest, at.line, at.file)
    return allowed


def _version(one: Option) -> str:
    """The protocol an option names, or nothing for `all`."""
    if one.value.lower() == "all":
        return ""
    try:
        return _VERSIONS[one.value.lower()]
    except KeyError:
        raise Unparseable(f"{one.file}: line {one.line}: this is no protocol version") from None


def _level(service: Service) -> int:
    """OpenSSL's security level, by its option or within the list of ciphers; 2 is stunnel's own."""
    level, ciphers = service.last("securityLevel"), service.last("ciphers")
    if ciphers and "@SECLEVEL=" in ciphers.value.upper():
        return int(ciphers.value.upper().partition("@SECLEVEL=")[2][:1] or "2")
    return int(level.value) if level and level.value.isdecimal() else 2


def _suites(said: Statements, service: Service, folder: Path, version: str) -> None:
    written = service.last("ciphers")
    default = default_of("stunnel", "ciphers", version) or Default("")
    value = written.value if written else str(default.value)
    line, file = (written.line, written.file) if written else (0, service.file)
    say_ciphers(said, classes_of_openssl(value), "ciphers", value, line, file)
    cert = service.last("cert")
    if cert and takes_ephemeral_dh(value):
        bits = group_bits(folder / cert.value.replace("\\", "/").rpartition("/")[2])
        if bits:
            say_group(said, "cert", bits, cert.line, cert.file)

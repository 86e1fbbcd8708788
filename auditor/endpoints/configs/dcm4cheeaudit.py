"""dcm4chee-arc: whether it keeps an audit trail, and how its messages travel (PS3.15 A.5 to A.7)."""

from collections.abc import Sequence

from auditor.endpoints.configs.ldif import Entry
from auditor.endpoints.configs.statement import Statements

_PLAIN_SYSLOG = ("SYSLOG", "SYSLOG_UDP", "SYSLOG_TCP")


def say_audit(said: Statements, inside: Sequence[Entry], entries: Sequence[Entry], line: int) -> None:
    """Statements on the loggers among `inside`, a device with all below it; `line` is where the device stands."""
    loggers = [each for each in inside if each.is_a("dcmAuditLogger")]
    live = [each for each in loggers if not each.false("dicomInstalled")]
    at = (loggers[0].first("dicomInstalled") or ("", loggers[0].line))[1] if loggers else line
    said.say("audit", "on" if live else "off", "dcmAuditLogger", f"{len(loggers)} loggers", at)
    for logger in live:
        _say_transport(said, _used(logger, inside, entries))
    if not loggers:
        _say_transport(said, inside)


def say_part(said: Statements, entries: Sequence[Entry]) -> None:
    """Statements on a file that holds no device, but a part of one: how audit messages would travel."""
    _say_transport(said, entries)


def _say_transport(said: Statements, connections: Sequence[Entry]) -> None:
    for each in connections:
        if _syslog(each) and not each.false("dicomInstalled"):
            protocol, where = each.first("dcmProtocol") or ("", each.line)
            plain = protocol.upper() in _PLAIN_SYSLOG and not each.all("dicomTLSCipherSuite")
            said.say("audit-transport", "plain" if plain else "tls", "dcmProtocol", protocol, where)


def _used(logger: Entry, inside: Sequence[Entry], entries: Sequence[Entry]) -> list[Entry]:
    """The connections the logger names; else any for syslog of its device; else those of the receiver it names."""
    named = {_name(value) for value, _ in logger.all("dicomNetworkConnectionReference")}
    ours = [each for each in inside if _syslog(each) and not each.false("dicomInstalled")]
    found = [each for each in ours if each.name in named] or ours
    if found:
        return found
    keys = ("dcmAuditRecordRepositoryDeviceReference", "dcmAuditRecordRepositoryDeviceName")
    receivers = {
        "dicomdevicename=" + _name(value).removeprefix("dicomdevicename=").split(",")[0]
        for key in keys
        for value, _ in logger.all(key)
    }
    return [each for each in entries if _syslog(each) and receivers & set(each.name.split(","))]


def _syslog(entry: Entry) -> bool:
    protocol = (entry.first("dcmProtocol") or ("", 0))[0]
    return entry.is_a("dicomNetworkConnection") and protocol.upper().startswith("SYSLOG")


def _name(text: str) -> str:
    """A distinguished name as entries have it."""
    return ",".join(part.strip().lower() for part in text.split(","))

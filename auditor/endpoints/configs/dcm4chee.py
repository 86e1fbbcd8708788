"""dcm4chee-arc: what its devices, connections and application entities do (dcm4che LDAP schema)."""

import re
from collections.abc import Mapping, Sequence

from auditor.endpoints.configs import dcm4cheeaudit, devicejson, ldif
from auditor.endpoints.configs.ciphers import classes_of_names, say_ciphers
from auditor.endpoints.configs.defaults import Default, default_of, newest
from auditor.endpoints.configs.ldif import Directory, Entry
from auditor.endpoints.configs.secrets import is_default_secret
from auditor.endpoints.configs.statement import Statements, Unparseable
from auditor.endpoints.configs.titles import Peer, say_peers, say_title
from auditor.endpoints.data import document

_VERSIONS = {"sslv3": "SSL 3.0", "tlsv1": "TLS 1.0", "tlsv1.0": "TLS 1.0", "tlsv1.1": "TLS 1.1", "tlsv1.2": "TLS 1.2",
             "tlsv1.3": "TLS 1.3"}  # fmt: skip
_SECRETS = ("dcmKeyStorePin", "dcmKeyStoreKeyPin", "dcmTrustStorePin", "userPassword", "dcmKeycloakClientSecret",
            "olcRootPW")  # fmt: skip
_ACCEPTED = "dcmAcceptedCallingAETitle"
_ARCHIVE = ("dcmArchiveDevice", "dcmArchiveNetworkAE")


def read_ldif(text: str, name: str, version: str = "") -> Statements:
    """Statements of an LDIF export or import file; `version` is the archive's, where it is known."""
    return _judge(Directory(ldif.parse(text)), name, version)


def read_json(text: str, name: str, version: str = "") -> Statements:
    """Statements of a device JSON."""
    return _judge(Directory(devicejson.entries(text)), name, version)


def _judge(tree: Directory, name: str, version: str) -> Statements:
    said = Statements(name)
    known = [entry for entry in tree.entries if _is_known(entry)]
    if not known:
        raise Unparseable("there is no DICOM device, connection or application entity in the file")
    ours = {id(each) for device in _archive(tree) for each in (device, *tree.below(device))}
    for entry in tree.entries:
        _secrets(said, entry)
        _trust(said, entry)
        if id(entry) not in ours or not _installed(tree.device_of(entry) or entry):
            continue
        if entry.is_a("dicomNetworkConnection"):
            _connection(said, entry, version or _release(tree, entry))
        elif entry.is_a("dicomNetworkAE"):
            _entity(said, entry, tree)
        elif entry.is_a("dicomDevice"):
            _device(said, entry, tree)
    if not any(entry.is_a("dicomDevice") for entry in tree.entries):
        dcm4cheeaudit.say_part(said, tree.entries)
    _titles(said, tree)
    return said


def _is_known(entry: Entry) -> bool:
    """Whether an object is of the configuration, be it only a change of one, or holds a password."""
    kinds = ("dicomDevice", "dicomNetworkConnection", "dicomNetworkAE", "dcmAuditLogger")
    if "dicomdevicename=" in entry.name or "cn=dicom configuration" in entry.name:
        return True
    return any(entry.is_a(kind) for kind in kinds) or any(entry.all(key) for key in _SECRETS)


def _archive(tree: Directory) -> list[Entry]:
    """The archive's own devices; where no object says that it is an archive, every device that holds anything."""
    devices = [entry for entry in tree.entries if entry.is_a("dicomDevice")]
    marked = [
        device
        for device in devices
        if any(entry.is_a(kind) for entry in (device, *tree.below(device)) for kind in _ARCHIVE)
    ]
    holding = [device for device in devices if tree.below(device)]
    return marked or holding or devices or [Entry("", 0)]


def _installed(entry: Entry) -> bool:
    return not entry.false("dicomInstalled")


def _release(tree: Directory, entry: Entry) -> str:
    """The version an archive's device says it has, in the numbers of dcm4chee-arc."""
    device = tree.device_of(entry)
    found = device.first("dicomSoftwareVersion") if device else None
    return found[0] if found and re.fullmatch(r"5\.\d+\.\d+\S*", found[0]) else ""


def _connection(said: Statements, entry: Entry, version: str) -> None:
    """One network connection: where it listens, and how."""
    protocol, _ = entry.first("dcmProtocol") or (newest("dcm4chee", "dcmProtocol"), entry.line)
    suites = entry.all("dicomTLSCipherSuite")
    if not entry.first("dicomPort") or not _installed(entry):
        return
    port, at = entry.first("dicomPort") or ("", entry.line)
    said.opens(port, "dicomPort", at)
    if protocol.upper() == "HTTP":
        local = "".join(value for value, _ in entry.all("dicomHostname")).lower() in ("localhost", "127.0.0.1", "::1")
        state = "tls" if suites else "plain-loopback" if local else "plain"
        said.say("http-transport", state, "dicomTLSCipherSuite", port, at)
    elif protocol.upper() == "DICOM":
        said.say("dicom-transport", "tls" if suites else "plain", "dicomTLSCipherSuite", port, at)
    elif protocol.upper().startswith("HL7"):
        said.say("hl7-transport", "tls" if suites else "plain", "dicomTLSCipherSuite", port, at)
    if suites:
        _tls(said, entry, suites, version)


def _tls(said: Statements, entry: Entry, suites: Sequence[tuple[str, int]], version: str) -> None:
    for suite, line in suites:
        say_ciphers(said, classes_of_names([suite]), "dicomTLSCipherSuite", suite, line)
    default = default_of("dcm4chee", "dcmTLSProtocol", version) or Default(())
    names = entry.all("dcmTLSProtocol") or [(name, 0) for name in default.value]
    for name, line in names:
        if name.lower() in _VERSIONS:
            words = "" if line else default.versions
            said.say("tls-version", _VERSIONS[name.lower()], "dcmTLSProtocol", name, line, versions=words)
    modern = any(name.lower() in ("tlsv1.2", "tls") for name, _ in names)
    said.say("tls-1.2", "on" if modern else "off", "dcmTLSProtocol", "", names[0][1])
    need, line = entry.first("dcmTLSNeedClientAuth") or (newest("dcm4chee", "dcmTLSNeedClientAuth"), 0)
    state = "none" if need.strip().upper() == "FALSE" else "required"
    said.say("client-certificate", state, "dcmTLSNeedClientAuth", need, line)


def _entity(said: Statements, entry: Entry, tree: Directory) -> None:
    title, line = entry.first("dicomAETitle") or ("", entry.line)
    if not _installed(entry) or not title:
        return
    if title.strip() == "*":
        said.say("called-title", "any", "dicomAETitle", title, line)
    else:
        say_title(said, title, "dicomAETitle", line)
    _any_class(said, entry, tree)
    for value, at in entry.all("dcmAcceptedMoveDestination"):
        if value.strip() in ("*", "ANY"):
            said.say("move-destination", "any", "dcmAcceptedMoveDestination", value, at)
    if entry.false("dicomAssociationAcceptor"):
        return
    device = tree.device_of(entry)
    accepted = entry.all(_ACCEPTED) or (device.all(_ACCEPTED) if device else [])
    state = "listed" if accepted else "any"
    said.say("calling-title", state, _ACCEPTED, title, accepted[0][1] if accepted else line)
    services = _services(entry, tree)
    for caller in [value for value, _ in accepted] or ["*"]:
        said.grant(caller, title, services)


def _services(entry: Entry, tree: Directory) -> list[str]:
    """The services an entity's transfer capabilities offer as SCP; every service where none is listed."""
    table: Mapping[str, Sequence[str]] = document("dicom.yaml")["services"]
    offered = {
        uid
        for each in tree.below(entry)
        if each.is_a("dicomTransferCapability") and _is_scp(each)
        for uid, _ in each.all("dicomSOPClass")
    }
    return [name for name, uids in table.items() if name != "private" and (not offered or offered & {"*", *uids})]


def _any_class(said: Statements, entry: Entry, tree: Directory) -> None:
    """A transfer capability for every SOP class there is."""
    for each in tree.below(entry):
        if each.is_a("dicomTransferCapability") and _is_scp(each):
            for uid, line in each.all("dicomSOPClass"):
                if uid.strip() == "*":
                    said.say("sop-classes", "any", "dicomSOPClass", uid, line)


def _is_scp(entry: Entry) -> bool:
    return any(role.strip().upper() == "SCP" for role, _ in entry.all("dicomTransferRole"))


def _device(said: Statements, entry: Entry, tree: Directory) -> None:
    inside = [entry, *tree.below(entry)]
    serves = any(each.is_a("dicomNetworkAE") or each.is_a("dcmArchiveDevice") for each in inside)
    if not serves and not any(each.all("dcmValidateCallingAEHostname") for each in inside):
        dcm4cheeaudit.say_part(said, inside)
        return
    checks = [each for each in inside if each.true("dcmValidateCallingAEHostname")]
    where = (checks or inside)[0].first("dcmValidateCallingAEHostname") or (
        newest("dcm4chee", "dcmValidateCallingAEHostname"),
        entry.line,
    )
    said.say("peer-address", "checked" if checks else "unchecked", "dcmValidateCallingAEHostname", *where)
    dcm4cheeaudit.say_audit(said, inside, tree.entries, entry.line)


def _secrets(said: Statements, entry: Entry) -> None:
    for key in _SECRETS:
        for value, line in entry.all(key):
            said.say("secret", "default" if is_default_secret(value) else "own", key, "(not shown)", line)


def _trust(said: Statements, entry: Entry) -> None:
    """Outgoing HTTPS that takes any certificate or any host name."""
    for key in ("dcmTLSDisableTrustManager", "dcmTLSAllowAnyHostname", "dcmDisableTrustManager", "dcmAllowAnyHostname"):
        if entry.true(key):
            value, line = entry.first(key) or ("", entry.line)
            said.say("peer-verify", "off", key, value, line)
    for value, line in entry.all("dcmProperty"):
        name, _, setting = value.partition("=")
        if name.lower() in ("disable-trust-manager", "allow-any-hostname") and setting.lower() == "true":
            said.say("peer-verify", "off", "dcmProperty", value, line)


def _titles(said: Statements, tree: Directory) -> None:
    """Titles registered for two hosts: of the entities of each device with its connections."""
    peers = []
    for entry in tree.entries:
        title = entry.first("dicomAETitle")
        device = tree.device_of(entry)
        if title is None or device is None or not entry.is_a("dicomNetworkAE"):
            continue
        hosts = [each.first("dicomHostname") for each in tree.below(device) if each.is_a("dicomNetworkConnection")]
        host = next((found[0] for found in hosts if found), "")
        if host:
            peers.append(Peer(title[0], host, title[1], "dicomAETitle"))
    say_peers(said, [peer for peer in peers if peer.title.strip()])

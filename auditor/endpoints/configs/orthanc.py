"""Orthanc: its JSON with comments, several files merged as it merges them, with variables of its Docker images."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auditor.endpoints.configs.ciphers import classes_of_names, classes_of_openssl, say_ciphers
from auditor.endpoints.configs.defaults import Default, default_of, defaults_of
from auditor.endpoints.configs.jsonc import Json, parse
from auditor.endpoints.configs.secrets import is_default_login, is_default_secret
from auditor.endpoints.configs.statement import Statements, Unparseable
from auditor.endpoints.configs.titles import Peer, say_peers, say_title
from auditor.endpoints.data import document

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_BARE = re.compile(r"([:\[,]\s*)(\$\{[A-Za-z_][A-Za-z0-9_]*\})(?=\s*[,}\]])")
_SECRET_KEY = re.compile(r"(?i)(password|passphrase|secret|pin)$")


@dataclass(slots=True)
class Merged:
    """All files together: values by key, and where each key is written."""

    data: dict[str, Any] = field(default_factory=dict)
    where: dict[tuple[str, ...], tuple[str, int]] = field(default_factory=dict)


def read(files: Sequence[tuple[str, str]], version: str = "") -> Statements:
    """Statements of an Orthanc configured by `files` (name and text), merged in the order of their names.

    Orthanc refuses to start when one key stands in two files; that is Unparseable.
    """
    merged = Merged()
    for name, text in files:
        found = parse(_substituted(text))
        if not isinstance(found.data, dict):
            raise Unparseable(f"{name}: the configuration is no JSON object")
        _merge(merged, found, name)
    return judge(merged, files[0][0], version)


def _merge(merged: Merged, found: Json, name: str) -> None:
    for key, value in found.data.items():
        if key in merged.data:
            raise Unparseable(f"{name}: line {found.line(key)}: the key stands in two files, which Orthanc refuses")
        merged.data[key] = value
    for place, line in found.lines.items():
        merged.where[place] = (name, line)


def _substituted(text: str) -> str:
    """`${NAME:-default}` gives its default; what `${NAME}` holds is known only where it runs: inside quotes it stays
    as it is, and where it stands for a bare value, it becomes such a text.
    """
    with_defaults = _VARIABLE.sub(lambda found: found.group(2) if found.group(2) is not None else found.group(), text)
    return _BARE.sub(lambda found: f'{found.group(1)}"{found.group(2)}"', with_defaults)


class _View:
    """Values with Orthanc's defaults for what is left out: an image's own, then those of the version."""

    def __init__(self, merged: Merged, said: Statements, version: str, image: Mapping[str, Any]) -> None:
        self.merged = merged
        self.said = said
        self.version = version
        self.image = image

    def __getitem__(self, key: str) -> Any:
        value = self.merged.data[key] if key in self.merged.data else self.default(key).value
        if isinstance(value, str) and value.strip().lower() in ("true", "false"):
            return value.strip().lower() == "true"
        return value

    def default(self, key: str) -> Default:
        """What a key falls back on; of a version that is not known, what the newest has."""
        if key in self.image:
            return Default(self.image[key])
        found = defaults_of("orthanc", key, self.version)
        if not found or default_of("orthanc", key, self.version):
            return found[-1] if found else Default(None)
        return Default(found[-1].value, f"{found[-1].versions}, which is assumed")

    def known(self, *keys: str) -> bool:
        """Whether none of the keys has a value that only the environment knows."""
        return not any(isinstance(self[key], str) and self[key].startswith("${") for key in keys)

    def say(self, aspect: str, state: str, key: str, *inside: str, shown: object = None) -> None:
        where = self.merged.where
        file, line = where.get((key, *inside)) or where.get((key,), ("", 0))
        versions = "" if line else self.default(key).versions
        if not self.known(key):
            state = "unknown"
            self.said.leave_open(aspect, f"{key} is set by the environment where it runs")
        self.said.say(aspect, state, key, self[key] if shown is None else shown, line, file, versions)


def judge(merged: Merged, name: str, version: str = "", image: Mapping[str, Any] | None = None) -> Statements:
    """What the merged configuration does; `image` holds the defaults of a container image, before Orthanc's own."""
    said = Statements(name)
    view = _View(merged, said, version, image or {})
    for switch, port, act in (("DicomServerEnabled", "DicomPort", _dicom), ("HttpServerEnabled", "HttpPort", _http)):
        view.say("port", "open" if view[switch] else "closed", port)
        if view[switch]:
            act(view)
    for key in ("ExecuteLuaEnabled", "RestApiWriteToFileSystemEnabled"):
        view.say("remote-code", "on" if view[key] else "off", key)
    view.say("peer-verify", "on" if view["HttpsVerifyPeers"] else "off", "HttpsVerifyPeers")
    _modalities(view)
    _secrets(view, merged.data, ())
    return said


def _dicom(view: _View) -> None:
    view.say("dicom-transport", "tls" if view["DicomTlsEnabled"] else "plain", "DicomTlsEnabled")
    if view["DicomTlsEnabled"]:
        required = view["DicomTlsRemoteCertificateRequired"]
        state = "required" if required else view.default("not_required").value
        view.say("client-certificate", state, "DicomTlsRemoteCertificateRequired")
        if view["DicomTlsMinimumProtocolVersion"] == 0:
            _profile(view)
        else:
            _versions(view, "DicomTlsMinimumProtocolVersion")
            _ciphers(view, "DicomTlsCiphersAccepted")
    view.say("called-title", "checked" if view["DicomCheckCalledAet"] else "any", "DicomCheckCalledAet")
    permissions: Mapping[str, str] = document("orthanc.yaml")["permissions"]
    for key, service in permissions.items():
        view.say(service, "anyone" if view[key] is True else "listed", key)
    opener = next((key for key in (*permissions, "DicomAlwaysAllowFindWorklist") if view[key] is True), "")
    view.say("calling-title", "any" if opener else "listed", opener or "DicomAlwaysAllowEcho")
    view.say("sop-classes", "any" if view["UnknownSopClassAccepted"] else "listed", "UnknownSopClassAccepted")
    view.say("peer-address", "checked" if view["DicomCheckModalityHost"] else "unchecked", "DicomCheckModalityHost")
    file, line = view.merged.where.get(("DicomAet",), ("", 0))
    _grants(view, str(view["DicomAet"]), permissions)
    say_title(view.said, str(view["DicomAet"]), "DicomAet", line, file)


def _grants(view: _View, title: str, permissions: Mapping[str, str]) -> None:
    """What anybody may do, and what each modality may: all that AllowEcho and the like do not take away."""
    always = {service: view[key] is True for key, service in permissions.items()}
    for service, allowed in always.items():
        view.said.grant("*", title, [service], allowed=allowed)
    view.said.grant("*", title, ["private"], allowed=always["store"] and bool(view["UnknownSopClassAccepted"]))
    table = view["DicomModalities"]
    for entry in table.values() if isinstance(table, dict) else ():
        rights = entry if isinstance(entry, dict) else {}
        caller = str(rights.get("AET", "")) if rights else str(entry[0]) if isinstance(entry, list) and entry else ""
        for service, anyone in always.items() if caller else ():
            allowed = anyone or rights.get(f"Allow{service.capitalize()}", True) is not False
            view.said.grant(caller, title, [service], allowed=allowed)


def _http(view: _View) -> None:
    remote = view["RemoteAccessAllowed"] is True
    transport = "tls" if view["SslEnabled"] else "plain" if remote else "plain-loopback"
    view.say("http-transport", transport, "SslEnabled")
    if view["SslEnabled"]:
        view.say("client-certificate", "required" if view["SslVerifyPeers"] else "none", "SslVerifyPeers")
        _versions(view, "SslMinimumProtocolVersion")
        _ciphers(view, "SslCiphersAccepted")
    enabled = remote if view["AuthenticationEnabled"] is None else view["AuthenticationEnabled"]
    users = view["RegisteredUsers"]
    if remote and not enabled:
        view.say("http-access", "open", "AuthenticationEnabled", shown=enabled)
    if remote and enabled and not users:
        view.say("login", "default", "RegisteredUsers", shown="(none registered: orthanc/orthanc is made)")
    for user, password in users.items() if isinstance(users, dict) else ():
        state = "default" if is_default_login(str(user), str(password)) else "own"
        view.say("login", state, "RegisteredUsers", str(user), shown=user)


def _versions(view: _View, key: str) -> None:
    table = document("orthanc.yaml")
    oldest = table["oldest"].get(str(view[key]))
    if oldest is None:
        view.said.leave_open("tls-version", f"{key} is no number that Orthanc knows, or set where it runs")
        return
    newest = "TLS 1.3" if key.startswith("Dicom") or oldest == "TLS 1.3" else "TLS 1.2"
    names: Sequence[str] = table["versions"]
    for name in names[names.index(oldest) : names.index(newest) + 1]:
        view.say("tls-version", name, key)
    view.say("tls-1.2", "on" if oldest != "TLS 1.3" else "off", key)


def _profile(view: _View) -> None:
    """DICOM over TLS as Orthanc sets it up by itself: by a profile of DCMTK that changed from version to version."""
    key, default = "DicomTlsMinimumProtocolVersion", default_of("orthanc", "profile", view.version)
    profile = document("storescp.yaml")["profiles"].get(default.value) if default else None
    if profile is None:
        words = f"{key} is 0: DCMTK's own profile, which takes TLS 1.0 and static RSA before Orthanc 1.12.5"
        view.say("tls-version", "left-open", key, shown=words)
        view.said.leave_open("tls-version", f"{words}; the version is not known, or newer")
        view.said.leave_open("cipher", f"{words}; the version is not known, or newer")
        return
    for name in profile["versions"]:
        view.say("tls-version", name, key)
    for name in profile["suites"]:
        view.say("cipher", name, key)


def _ciphers(view: _View, key: str) -> None:
    value = view[key]
    if isinstance(value, list | tuple) and value:
        file, line = view.merged.where.get((key,), ("", 0))
        names = [str(each) for each in value]
        by_iana = [name for name in names if name.startswith(("TLS_", "SSL_"))]
        by_openssl = ":".join(name for name in names if name not in by_iana)
        classes = classes_of_names(by_iana) | (classes_of_openssl(by_openssl) if by_openssl else set())
        say_ciphers(view.said, classes, key, ":".join(names), line, file)


def _modalities(view: _View) -> None:
    table = view["DicomModalities"]
    if not isinstance(table, dict):
        return
    peers = []
    for name, entry in table.items():
        file, line = view.merged.where.get(("DicomModalities", name), ("", 0))
        if isinstance(entry, list) and len(entry) >= 2:
            peers.append(Peer(str(entry[0]), str(entry[1]), line, "DicomModalities", file))
        elif isinstance(entry, dict) and "AET" in entry:
            peers.append(Peer(str(entry["AET"]), str(entry.get("Host", "")), line, "DicomModalities", file))
    say_peers(view.said, peers)


def _secrets(view: _View, data: Any, place: tuple[str, ...]) -> None:
    """Passwords anywhere in sections of plugins (PostgreSQL, MySQL, key stores)."""
    if not isinstance(data, dict) or place[:1] == ("RegisteredUsers",) or len(place) > 6:
        return
    for key, value in data.items():
        if isinstance(value, str) and _SECRET_KEY.search(key) and not value.startswith("${"):
            file, line = view.merged.where.get((*place, key), ("", 0))
            state = "default" if is_default_secret(value) else "own"
            view.said.say("secret", state, ".".join((*place, key)), "(not shown)", line, file)
        _secrets(view, value, (*place, key))

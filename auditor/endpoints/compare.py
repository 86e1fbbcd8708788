"""Where the inventory, the configurations and the answers of live ports disagree."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from auditor.endpoints.configs.read import ConfigReading
from auditor.endpoints.examine import Examined
from auditor.endpoints.inventory import ConfigurationFile, Endpoint
from auditor.endpoints.reading import port_name
from auditor.model.facts import Record

Ports = Sequence[tuple[Endpoint, Examined]]
Files = Sequence[tuple[ConfigurationFile, ConfigReading]]
_DICOM = ("dicom", "dicom+tls")


def conflicts(ports: Ports, files: Files) -> tuple[Record, ...]:
    """Every disagreement, in a stable order."""
    return (*_gone(ports), *_transport(ports), *_two_hosts(ports), *_unlisted(ports, files), *_closed(ports, files))


def _gone(ports: Ports) -> Iterator[Record]:
    """Listed, and nothing answers."""
    for endpoint, done in ports:
        if done.reason == "the port is closed":
            yield _record("listed-but-gone", port_name(endpoint), endpoint.called_ae)


def _transport(ports: Ports) -> Iterator[Record]:
    """Listed with TLS and answering without, or the other way round."""
    for endpoint, done in ports:
        if "tls" in done.values and done.values["tls"] != endpoint.kind.endswith("+tls"):
            yield _record("transport-differs", port_name(endpoint), endpoint.kind)


def _two_hosts(ports: Ports) -> Iterator[Record]:
    """One AE title on two hosts."""
    hosts: dict[str, set[str]] = defaultdict(set)
    for endpoint, _ in ports:
        if endpoint.called_ae and endpoint.kind in _DICOM:
            hosts[endpoint.called_ae.strip().upper()].add(endpoint.host.lower())
    for title, found in sorted(hosts.items()):
        if len(found) > 1:
            yield _record("title-on-two-hosts", ", ".join(sorted(found)), title)


def _unlisted(ports: Ports, files: Files) -> Iterator[Record]:
    """A port that a configuration opens and the inventory does not list."""
    for entry, found in files:
        listed = {endpoint.port for endpoint, _ in ports if same_host(entry, endpoint)}
        for port in dict.fromkeys(opened.port for opened in found.opened if opened.open):
            if port not in listed and (listed or (entry.host and ports)):
                yield _record("open-but-unlisted", entry.path, str(port))


def _closed(ports: Ports, files: Files) -> Iterator[Record]:
    """A port that a configuration closes and that answers all the same."""
    for entry, found in files:
        answering = {endpoint.port for endpoint, done in ports if done.judged and same_host(entry, endpoint)}
        for opened in found.opened:
            if not opened.open and opened.port in answering:
                yield _record("open-though-closed-by-configuration", entry.path, str(opened.port))


def same_host(entry: ConfigurationFile, endpoint: Endpoint) -> bool:
    """Whether a configuration is of the endpoint's host; one that names no host may be of any."""
    return not entry.host or entry.host.strip("[]").lower() == endpoint.host.strip("[]").lower()


def _record(kind: str, locator: str, value: str) -> Record:
    return {"locator": locator, "value": value, "kind": kind}

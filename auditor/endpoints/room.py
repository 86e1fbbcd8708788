"""The room's one way in: inventories become chunks, chunks become readings, many ports at a time."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from auditor.config.endpoints import EndpointsSettings
from auditor.endpoints.changes import changes
from auditor.endpoints.compare import conflicts, same_host
from auditor.endpoints.configs.read import read_config
from auditor.endpoints.configs.version import UNKNOWN, Version, of_banner
from auditor.endpoints.examine import Examined, Manner, examine
from auditor.endpoints.facts import CATALOGUE
from auditor.endpoints.gate import Gate
from auditor.endpoints.inventory import ConfigurationFile, Endpoint, Inventory, load_inventory
from auditor.endpoints.matrix import permissions
from auditor.endpoints.matrix import view as matrix
from auditor.endpoints.reading import ROOM as NAME
from auditor.endpoints.reading import of_configuration, of_estate, of_port, port_name
from auditor.endpoints.tls.session import Identity
from auditor.endpoints.tls.trust import Anchors, load_anchors
from auditor.errors import TargetError
from auditor.model.facts import Catalogue
from auditor.model.ports import Context
from auditor.model.run import Note, Request
from auditor.model.target import Chunk, Reading, Target

DEFAULT_NETWORKS = ("127.0.0.0/8", "::1/128")


class EndpointsRoom:
    """Implements model.ports.Room. One chunk an inventory, so that a host's limits hold over all its ports."""

    @property
    def name(self) -> str:
        """`endpoints`."""
        return NAME

    @property
    def catalogue(self) -> Catalogue:
        """Every fact of ports, configurations and the estate."""
        return CATALOGUE

    def plan(self, request: Request, context: Context) -> Iterator[Chunk]:
        """One chunk for each inventory; raises TargetError or ConfigError for one that cannot be used."""
        for number, argument in enumerate(request.targets):
            path = _resolved(argument, context)
            inventory = load_inventory(path)
            targets = tuple(_targets(inventory, path))
            if not targets:
                raise TargetError(
                    "the inventory lists nothing", where=str(path), right="at least one of endpoints and configs"
                )
            _anchors(inventory, path)
            yield Chunk(f"endpoints-{number:04d}", targets)

    def read(self, chunk: Chunk, wanted: frozenset[str], context: Context) -> Iterator[Reading]:
        """One reading for each port and configuration listed, then one for the estate they make up."""
        path = Path(chunk.targets[0].root)
        inventory = load_inventory(path)
        manner = _manner(inventory, path, context)
        ports: list[tuple[Endpoint, Examined]] = []
        settings = _settings(context)
        with ThreadPoolExecutor(min(settings.ports_at_once, max(1, len(inventory.endpoints)))) as pool:
            wishes = [_with_permission(endpoint, inventory) for endpoint in inventory.endpoints]
            for endpoint, done in zip(wishes, pool.map(lambda one: examine(one, manner), wishes), strict=True):
                ports.append((endpoint, done))
                yield of_port(endpoint, done, context)
        files = [
            (entry, read_config(path.parent / entry.path, entry.product, _version(entry, ports)))
            for entry in inventory.configs
        ]
        for entry, found in files:
            yield of_configuration(entry.path, found, context)
        before = context.options.get("previous", {})
        yield of_estate(
            path.name,
            conflicts(ports, files),
            changes(ports, before if isinstance(before, Mapping) else {}, context.protector, path.name),
            [matrix(path.name, pairs)] if (pairs := permissions(ports, [found for _, found in files])) else [],
            context,
        )

    def notes(self, context: Context) -> Sequence[Note]:
        """Which checks were not allowed in this run."""
        notes = [Note(NAME, "Nothing was stored, moved or deleted; C-GET, C-MOVE and storage were only negotiated.")]
        if not context.options.get("try_defaults"):
            notes.append(Note(NAME, "Vendor log-ins were not tried; --try-defaults tries each account once."))
        return notes


def _targets(inventory: Inventory, path: Path) -> Iterator[Target]:
    for endpoint in inventory.endpoints:
        yield Target("endpoint", str(path), port_name(endpoint), {"kind": endpoint.kind})
    for entry in inventory.configs:
        yield Target("configuration", str(path), entry.path, {"product": entry.product})
    if inventory.endpoints or inventory.configs:
        yield Target("estate", str(path), path.name)


def _manner(inventory: Inventory, path: Path, context: Context) -> Manner:
    settings = _settings(context)
    networks = context.options.get("networks", DEFAULT_NETWORKS)
    identity = None
    if inventory.client_certificate:
        folder = path.parent
        identity = Identity(str(folder / inventory.client_certificate), str(folder / inventory.client_key))
    return Manner(
        networks=tuple(str(each) for each in networks) if isinstance(networks, tuple) else DEFAULT_NETWORKS,
        gate=Gate(settings.connections_per_host, settings.pause_seconds),
        now=context.now,
        calling_ae=settings.calling_ae,
        answer_seconds=settings.answer_seconds,
        endpoint_seconds=settings.endpoint_seconds,
        try_defaults=bool(context.options.get("try_defaults")),
        anchors=_anchors(inventory, path),
        identity=identity,
    )


def _anchors(inventory: Inventory, path: Path) -> Anchors:
    folder = path.parent
    return load_anchors(
        folder / inventory.ca if inventory.ca else None, folder / inventory.crl if inventory.crl else None
    )


def _version(entry: ConfigurationFile, ports: Sequence[tuple[Endpoint, Examined]]) -> Version:
    """The version that the inventory lists for a configuration, else what its host answered."""
    if entry.version:
        return Version(entry.version, "inventory")
    for endpoint, done in ports:
        told = of_banner(str(done.values.get("server", "")), str(done.values.get("implementation", "")))
        if told and entry.host and same_host(entry, endpoint) and (entry.product or told[0]) == told[0]:
            return Version(told[1], f"answer of {port_name(endpoint)}")
    return UNKNOWN


def _with_permission(endpoint: Endpoint, inventory: Inventory) -> Endpoint:
    return endpoint.model_copy(update={"allow_find": endpoint.allow_find or inventory.allow_find})


def _settings(context: Context) -> EndpointsSettings:
    return context.settings if isinstance(context.settings, EndpointsSettings) else EndpointsSettings()


def _resolved(argument: str, context: Context) -> Path:
    path = Path(argument).expanduser()
    found = path if path.is_absolute() or path.exists() else context.base / path
    if not found.is_file():
        raise TargetError("there is no inventory here", where=argument, right="a YAML or CSV inventory")
    return found.resolve()


ROOM = EndpointsRoom()

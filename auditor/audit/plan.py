"""A plan: what to look at, for which purpose, by which rules, under which key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auditor.audit.rooms import ROOMS
from auditor.config.account import current_account
from auditor.config.keyfile import new_key, read_key
from auditor.config.section import Section
from auditor.config.sections import RulesSettings
from auditor.config.settings import Configuration
from auditor.identifiers.protector import SiteProtector
from auditor.model.ports import Protector
from auditor.model.run import Note, Request

NO_KEY = (
    "No site key is set: digests and fingerprints were made with a key that is forgotten after this run, "
    "so they cannot be compared with those of other runs. `auditor init` makes a key."
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything `audit.run` needs, and nothing it has to ask for."""

    name: str
    requests: tuple[Request, ...]
    purpose: str
    profile: str
    fail_on: str
    protector: Protector
    rules: RulesSettings
    site: str
    operator: str
    executor: str
    workers: int
    networks: tuple[str, ...]
    base: Path
    waivers: Path | None
    settings: Mapping[str, Section] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def plan_from(configuration: Configuration, requests: Sequence[Request], *, name: str) -> Plan:
    """Make a plan of `requests` under a site's configuration.

    Raises ConfigError when the key file is named and cannot be used.
    """
    settings = configuration.settings
    waivers = configuration.path(settings.audit.waivers)
    key_file = settings.site.key_file
    return Plan(
        name=name,
        requests=tuple(requests),
        purpose=settings.audit.purpose,
        profile=settings.audit.profile,
        fail_on=settings.audit.fail_on,
        protector=SiteProtector(read_key(configuration.path(key_file)) if key_file else new_key()),
        rules=settings.rules,
        site=settings.site.name,
        operator=current_account(),
        executor=settings.audit.executor,
        workers=settings.audit.workers,
        networks=settings.site.networks,
        base=configuration.base,
        waivers=waivers if waivers.is_file() or configuration.origins.get("audit.waivers") != "default" else None,
        settings={room: getattr(settings, room) for room in ROOMS},
        notes=() if key_file else (Note("run", NO_KEY),),
    )


def configured_requests(configuration: Configuration) -> tuple[Request, ...]:
    """One request for every room that `auditor.toml` gives something to look at; its paths are made absolute."""
    settings = configuration.settings
    wanted: dict[str, tuple[str, ...]] = {
        "headers": settings.headers.paths,
        "endpoints": settings.endpoints.inventories,
        "trail": settings.trail.logs,
    }
    requests = [
        Request(room, tuple(str(configuration.path(target)) for target in targets))
        for room, targets in wanted.items()
        if targets
    ]
    pairs = tuple(
        f"{configuration.path(pair.source)}={configuration.path(pair.copy_folder)}" for pair in settings.deid.pairs
    )
    return (*requests, Request("deid", pairs)) if pairs else tuple(requests)

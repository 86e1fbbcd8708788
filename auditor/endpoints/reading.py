"""From what was examined to readings: the inventory row, and the facts with their subject."""

from collections.abc import Sequence

from auditor.endpoints.configs.read import ConfigReading
from auditor.endpoints.configs.statement import Statement
from auditor.endpoints.examine import Examined
from auditor.endpoints.facts import FACT_OF_ASPECT
from auditor.endpoints.inventory import Endpoint
from auditor.model.facts import Facts, Record, Subject, Value
from auditor.model.outcome import Disposition
from auditor.model.ports import Context
from auditor.model.target import InventoryRow, Reading
from auditor.model.views import View

ROOM = "endpoints"
_PARTS = ("config", *dict.fromkeys(FACT_OF_ASPECT.values()))
_PEER = ("implementation", "implementation_class", "max_pdu", "async_window", "server", "ps315_profile")


def port_name(endpoint: Endpoint) -> str:
    """`host:port`, with brackets round an IPv6 address."""
    host = f"[{endpoint.host}]" if ":" in endpoint.host and not endpoint.host.startswith("[") else endpoint.host
    return f"{host}:{endpoint.port}"


def of_port(endpoint: Endpoint, done: Examined, context: Context) -> Reading:
    """The reading of one port. What was tried, and what was sent how often, is in the row's attributes."""
    name = port_name(endpoint)
    subject = Subject("endpoint", name, name, context.protector.digest(name))
    disposition = Disposition.READ
    if not done.judged:
        disposition = Disposition.UNREADABLE
    elif done.reason or "suites" in done.unknown:
        disposition = Disposition.PARTLY_READ
    attributes = {
        "name": endpoint.name,
        "kind": endpoint.kind,
        "attempts": "; ".join(f"{check}: {status}" for check, status in sorted(done.attempts.items())),
        "sent": "; ".join(f"{what} x{count}" for what, count in sorted(done.sent.items())),
        "seconds": f"{done.seconds:.1f}",
        **{name: str(done.values[name]) for name in _PEER if done.values.get(name) not in (None, "")},
        **state(done),
    }
    reason = done.reason or (done.unknown.get("suites", "") if disposition is Disposition.PARTLY_READ else "")
    row = InventoryRow(ROOM, "endpoint", name, subject.digest, disposition, reason, attributes=attributes)
    return Reading(row, (Facts(subject, done.values, {}, done.unknown),))


def state(done: Examined) -> dict[str, str]:
    """What the next run compares with: versions, suites and the certificate, as plain text."""
    suites = done.values.get("suites", ())
    names = {str(record["value"]) for record in suites if isinstance(record, dict)} if isinstance(suites, tuple) else ()
    versions = done.values.get("tls_versions", ())
    return {
        "versions": ",".join(str(each) for each in versions) if isinstance(versions, tuple) else "",
        "suites": ",".join(sorted(names)),
        "certificate": str(done.values.get("cert_fingerprint", "")),
    }


def of_configuration(locator: str, found: ConfigReading, context: Context) -> Reading:
    """The reading of one configuration file or folder: a fact for each part that a file may leave open."""
    digest = context.protector.digest(locator)
    subject = Subject("configuration", locator, locator, digest)
    parts: dict[str, list[Record]] = {name: [] for name in _PARTS}
    for one in found.statements:
        parts[FACT_OF_ASPECT.get(one.aspect, "config")].append(_record(found.product, one))
    values: dict[str, Value] = {"scope": "configuration", "product": found.product}
    values |= {name: tuple(records) for name, records in parts.items()}
    unknown = {FACT_OF_ASPECT[aspect]: why for aspect, why in found.open.items() if aspect in FACT_OF_ASPECT}
    if found.problem:
        values["unreadable"] = found.problem
        unknown = dict.fromkeys(_PARTS, found.problem)
    disposition, reason = _disposition(found)
    version = f"{found.version.text} ({found.version.source})" if found.version.text else "not known"
    row = InventoryRow(
        ROOM, "configuration", locator, digest, disposition, reason,
        attributes={"product": found.product, "version": version},
    )  # fmt: skip
    return Reading(row, (Facts(subject, values, {}, unknown),))


def _disposition(found: ConfigReading) -> tuple[Disposition, str]:
    """How far the files were read, and why no further."""
    if found.problem:
        return (Disposition.PARTLY_READ if found.statements else Disposition.UNREADABLE), found.problem
    reasons = [why for aspect, why in found.open.items() if aspect not in FACT_OF_ASPECT]
    if found.missing:
        reasons.append("not here: " + ", ".join(found.missing))
    return (Disposition.PARTLY_READ, "; ".join(reasons)) if reasons else (Disposition.READ, "")


def of_estate(
    name: str, conflicts: Sequence[Record], changes: Sequence[Record], views: Sequence[View], context: Context
) -> Reading:
    """The reading of the inventory as a whole: where it, configurations and answers disagree, and its AE matrix."""
    digest = context.protector.digest(name)
    subject = Subject("estate", name, name, digest)
    values: dict[str, Value] = {"scope": "estate", "estate": tuple(conflicts), "changes": tuple(changes)}
    row = InventoryRow(ROOM, "estate", name, digest, Disposition.READ)
    return Reading(row, (Facts(subject, values),), tuple(views))


def _record(product: str, one: Statement) -> Record:
    default = f"default of {product} {one.versions}".rstrip()
    return {
        "locator": f"{one.file}:{one.line}" if one.line else default,
        "value": one.value,
        "aspect": one.aspect,
        "state": one.state,
        "setting": one.setting,
    }

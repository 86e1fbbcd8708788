"""The inventory: which ports and configuration files there should be, as YAML or CSV."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from auditor.config.section import Section
from auditor.config.strictmodel import validate
from auditor.config.strictyaml import load, loads
from auditor.config.table import read_table
from auditor.errors import ConfigError

Kind = Literal["dicom", "dicom+tls", "http", "http+tls", "hl7", "hl7+tls", "syslog", "syslog+tls", "syslog+udp"]
Title = Annotated[str, Field(max_length=16)]
_LARGEST = 5_000_000
_MOST_ENDPOINTS = 100_000


class Endpoint(Section):
    """One port. Empty texts fall back on the inventory's own `defaults`; `server_name` on `host`."""

    name: str = ""
    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65535)]
    kind: Kind
    server_name: str = ""
    called_ae: Title = ""
    known_calling_ae: Title = ""
    client_certificate: bool = False
    certificate_sha256: str = ""
    allow_find: bool = False


class ConfigurationFile(Section):
    """A configuration file or folder, and whose it is; without `product` it is recognised by its content.

    With `host`, the ports it opens are compared with what is listed of that host alone. `version` is the product's:
    what the file leaves out counts as that version has it.
    """

    path: str
    product: str = ""
    host: str = ""
    version: str = ""


class Inventory(Section):
    """All that is listed. Paths are relative to the inventory's folder."""

    ca: str = ""
    crl: str = ""
    client_certificate: str = ""
    client_key: str = ""
    allow_find: bool = False
    endpoints: tuple[Endpoint, ...] = ()
    configs: tuple[ConfigurationFile, ...] = ()


def load_inventory(path: Path) -> Inventory:
    """Read a YAML or CSV inventory; raises ConfigError with ``file:line`` for everything wrong in it."""
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        return _from_csv(path)
    found = validate(load(path, maximum=_LARGEST), Inventory)
    return found


def _from_csv(path: Path) -> Inventory:
    """One endpoint a row; the first row names the columns as in YAML, in any order, with any separator."""
    endpoints: list[Endpoint] = []
    for row in read_table(path, "the inventory", most_bytes=_LARGEST, comment="#"):
        if len(endpoints) >= _MOST_ENDPOINTS:
            raise ConfigError("the inventory is too long", where=row.where, right=f"at most {_MOST_ENDPOINTS} rows")
        endpoints.append(_row({key.lower(): cell for key, cell in row.cells.items() if cell}, row.where))
    return Inventory(endpoints=tuple(endpoints))


def _row(cells: dict[str, str], where: str) -> Endpoint:
    lines = [f"{key}: {_scalar(key, value)}" for key, value in cells.items()]
    try:
        return validate(loads("\n".join(lines), where), Endpoint)
    except ConfigError as error:
        raise ConfigError(error.what, where=where, right=error.right, next_step=error.next_step) from error


def _scalar(key: str, value: str) -> str:
    if key == "port" or value.lower() in ("true", "false"):
        return value.lower()
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

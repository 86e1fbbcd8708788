"""Reads a configuration file or folder of any product: recognises it, bounds it, and says why when it cannot."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from auditor.endpoints.configs import aelist, conquest, dcm4chee, dcmqrscp, docker, nginx, orthanc, stunnel, systemd
from auditor.endpoints.configs.statement import Grant, Statement, Statements, Unparseable
from auditor.endpoints.configs.text import read_text
from auditor.endpoints.configs.version import UNKNOWN, Version, version_of

_MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class Opened:
    """A port that a configuration opens, or says is closed."""

    port: int
    open: bool


@dataclass(frozen=True, slots=True)
class ConfigReading:
    """What one file or folder says; `problem` is why it, or a part of it, could not be read.

    `open` tells by aspect what the files do not decide, `missing` names files that belong to them and are not there,
    and `version` is the product's, with where it was learnt.
    """

    product: str
    statements: tuple[Statement, ...] = ()
    problem: str = ""
    opened: tuple[Opened, ...] = ()
    files: tuple[str, ...] = field(default=())
    grants: tuple[Grant, ...] = ()
    open: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    version: Version = UNKNOWN


def read_config(path: Path, product: str = "", listed: Version | None = None) -> ConfigReading:
    """Read `path` as `product`, or as what its name and content show it to be. Never raises.

    `listed` is the version that an inventory or the host's own answers give, before anything the file itself tells.
    """
    known = listed or UNKNOWN
    try:
        if path.is_dir():
            return _folder(path, product, known)
        text = read_text(path)
        chosen = product if product in _READERS else recognise(path.name, text)
        version = version_of(path, text, chosen, known)
        said = _READERS[chosen](path, text, version.text)
    except Unparseable as error:
        return ConfigReading(product or "unknown", problem=str(error))
    except RecursionError:
        return ConfigReading(product or "unknown", problem="the file is nested too deeply")
    return _reading(chosen, said, version)


def _reading(product: str, said: Statements, version: Version, files: tuple[str, ...] = ()) -> ConfigReading:
    statements, missing = tuple(said.found), tuple(dict.fromkeys(said.missing))
    grants = tuple(said.grants)
    return ConfigReading(product, statements, "", _opened(statements), files, grants, said.open, missing, version)


def recognise(name: str, text: str) -> str:
    """Whose configuration a file is; raises Unparseable when nothing shows it."""
    lower, head = name.lower(), text[:200_000]
    for product, suffixes, mark in _MARKS:
        if (not suffixes or lower.endswith(suffixes)) and re.search(mark, head):
            return product
    if lower.endswith((".csv", ".tsv", ".yaml", ".yml")):
        return "inventory"
    raise Unparseable("the file is of no product that is known")


_MARKS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "systemd",
        (),
        r"(?m)^\s*ExecStart\s*=.*(?:\\\n.*)*\b(storescp|dcmrecv|dcmqrscp)\b|^\s*(exec\s+)?(/\S+/)?(storescp|dcmrecv|dcmqrscp)\s",
    ),
    ("docker", (".env", ".yml", ".yaml", ".conf", ".txt"), r"(?m)\bORTHANC_(_[A-Z]|JSON)"),
    ("dcm4chee", (".ldif",), r"(?im)^dn:"),
    ("dcm4chee", (".json",), r"\"dicomDeviceName\""),
    (
        "orthanc",
        (".json",),
        r"\"(Dicom\w+|Http\w+|Orthanc\w*|RemoteAccessAllowed|RegisteredUsers|StorageDirectory|Name|Plugins)\"\s*:",
    ),
    ("dcmqrscp", (), r"(?im)^\s*(AETable|HostTable)\s+BEGIN|^\s*NetworkTCPPort\s*="),
    ("conquest", (), r"(?im)^\s*\[sscscp\]|^\s*MyACRNema\s*="),
    ("conquest-map", (".map",), r"(?m)^\S+\s+\S+\s+[0-9*]+"),
    ("nginx", (), r"(?m)^\s*(server|http|stream|events|upstream|ssl_protocols|listen)\b[^=]*[{;]"),
    ("stunnel", (), r"(?im)^\s*(accept|connect|sslVersion\w*|verifyChain|client|cert)\s*="),
)


def is_whole(path: Path, product: str) -> bool:
    """Whether a folder is one configuration: an nginx tree, Orthanc's split files, or Conquest's pair."""
    files = _files(path)
    return (
        (any(each.name == "nginx.conf" for each in files) and product in ("", "nginx"))
        or (any(each.suffix == ".json" and each.parent == path for each in files) and product == "orthanc")
        or any(each.name.lower() == "dicom.ini" for each in files)
    )


def _files(path: Path) -> list[Path]:
    return sorted(each for each in path.rglob("*") if each.is_file())[:_MOST_FILES]


def _folder(path: Path, product: str, known: Version) -> ConfigReading:
    """A folder of one product, judged as a whole: Orthanc's split files, or an nginx tree from its main file."""
    files = _files(path)
    main = next((each for each in files if each.name == "nginx.conf"), None)
    if main is not None and product in ("", "nginx"):
        text = read_text(main)
        version = version_of(main, text, "nginx", known)
        said, read = nginx.read(main, text, path, version.text)
        return _reading("nginx", said, version, tuple(sorted(each.name for each in read)))
    split = [each for each in files if each.suffix == ".json" and each.parent == path]
    if split and product in ("", "orthanc"):
        texts = [(each.name, read_text(each)) for each in split]
        version = version_of(split[0], texts[0][1], "orthanc", known)
        return _reading("orthanc", orthanc.read(texts, version.text), version)
    maps = [each for each in files if each.name.lower() in ("dicom.ini", "acrnema.map")]
    if maps:
        parts = [read_config(each, "") for each in maps]
        problem = next((part.problem for part in parts if part.problem), "")
        statements = tuple(one for part in parts for one in part.statements)
        grants = tuple(one for part in parts for one in part.grants)
        return ConfigReading("conquest", statements, problem, _opened(statements), grants=grants, version=known)
    raise Unparseable("the folder holds no configuration that is read as a whole")


def _dcm4chee(path: Path, text: str, version: str) -> Statements:
    if text.lstrip().startswith(("{", "[", "/")):
        return dcm4chee.read_json(text, path.name, version)
    return dcm4chee.read_ldif(text, path.name, version)


def _conquest(path: Path, text: str, _: str) -> Statements:
    if path.suffix.lower() == ".map":
        return conquest.read_map(text, path.name)
    if path.suffix.lower() == ".lst":
        return conquest.read_list(text, path.name)
    return conquest.read_ini(text, path.name, lambda name: _text_beside(path, name))


def _text_beside(path: Path, name: str) -> str:
    """The text of a file in the folder of `path`, upper and lower case alike; nothing where there is none."""
    files = (each for each in path.parent.glob("*") if each.name.lower() == name.lower() and each.is_file())
    return next((read_text(each) for each in files if each.stat().st_size), "")


def _orthanc(path: Path, text: str, version: str) -> Statements:
    if not text.lstrip().startswith(("{", "/", "[")) and docker.has_variables(text):
        return docker.read(text, path.name, version)
    return orthanc.read([(path.name, text)], version)


_READERS: dict[str, Callable[[Path, str, str], Statements]] = {
    "orthanc": _orthanc,
    "docker": lambda path, text, version: docker.read(text, path.name, version),
    "dcmqrscp": lambda path, text, _: dcmqrscp.read(text, path.name),
    "dcm4chee": _dcm4chee,
    "conquest": _conquest,
    "conquest-map": lambda path, text, _: conquest.read_map(text, path.name),
    "nginx": lambda path, text, version: nginx.read(path, text, path.parent, version)[0],
    "stunnel": stunnel.read,
    "inventory": lambda path, text, _: aelist.read(text, path.name),
    "systemd": systemd.read,
}


def _opened(statements: tuple[Statement, ...]) -> tuple[Opened, ...]:
    """Ports named by the statements on how they are served."""
    found = []
    for one in statements:
        if one.aspect == "port" and one.value.isdecimal() and int(one.value) < 65536:
            found.append(Opened(int(one.value), one.state == "open"))
    return tuple(found)

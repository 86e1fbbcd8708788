"""Rule files to rules: `rules/<room>/<kebab>.yaml`, strictly, every fault of every file in one error."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from auditor.config.strictmodel import Fault, faults, raise_faults
from auditor.config.strictyaml import loads, nearest
from auditor.engine.rulefile import RuleShape
from auditor.engine.understand import Reader
from auditor.errors import RuleError
from auditor.model.facts import Catalogue
from auditor.model.framework import Framework
from auditor.model.rule import Rule

RESERVED = ("frameworks", "profiles", "schema")
MAXIMUM_RULE_BYTES = 100_000
_NEXT = "auditor rules lint"


def load_rules(
    folders: Sequence[Path], catalogues: Mapping[str, Catalogue], frameworks: Sequence[Framework]
) -> tuple[Rule, ...]:
    """Load every rule below `folders` (each laid out `<room>/<kebab>.yaml`), sorted by id.

    `catalogues` holds the facts of each room by the room's name. Raises RuleError for anything that does
    not load: the first fault in full, all others one a line.
    """
    rules: dict[str, Rule] = {}
    found: list[Fault] = []
    reader = Reader(catalogues, frameworks, found)
    for file, source in _files(folders, catalogues, found):
        rule = _load(file, source, reader)
        if rule is None:
            continue
        if rule.id in rules:
            found.append(Fault(f"the id {rule.id!r} is taken", f"{file}:1", f"another id than {rules[rule.id].source}"))
        rules[rule.id] = rule
    if found:
        raise_faults(found, RuleError, _NEXT)
    return tuple(rules[name] for name in sorted(rules))


def load_rule(
    file: Path, catalogues: Mapping[str, Catalogue], frameworks: Sequence[Framework], source: str = ""
) -> Rule:
    """Load one rule file; raises RuleError with every fault in it."""
    found: list[Fault] = []
    rule = _load(file, source or file.name, Reader(catalogues, frameworks, found))
    if rule is None:
        raise_faults(found, RuleError, _NEXT)
    return rule


def _files(folders: Iterable[Path], rooms: Mapping[str, Catalogue], found: list[Fault]) -> Iterator[tuple[Path, str]]:
    for folder in folders:
        if not folder.is_dir():
            found.append(
                Fault("there is no folder of rules here", str(folder), "a folder with one folder for each room")
            )
            continue
        for room in sorted(path for path in folder.iterdir() if path.is_dir() and path.name not in RESERVED):
            files = sorted(path for path in room.iterdir() if path.suffix in (".yaml", ".yml"))
            if files and room.name not in rooms:
                found.append(Fault(f"no room is called {room.name!r}", str(room), nearest(room.name, rooms)))
                continue
            yield from ((file, f"{folder.name}/{room.name}/{file.name}") for file in files)


def _load(file: Path, source: str, reader: Reader) -> Rule | None:
    """The rule in `file`, or None when a fault was added to the reader's."""
    try:
        raw = _read(file)
        document = loads(raw, str(file), error=RuleError, maximum=MAXIMUM_RULE_BYTES)
    except RuleError as error:
        reader.faults.append(Fault(error.what, error.where, error.right))
        return None
    wrong = faults(document, RuleShape)
    if wrong:
        reader.faults.extend(wrong)
        return None
    shape = RuleShape.model_validate(document.data)
    return reader.rule(shape, document, file, source, sha256(raw).hexdigest())


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAXIMUM_RULE_BYTES + 1)
    except OSError as error:
        raise RuleError(
            f"the rule cannot be read: {error.strerror}", where=str(file), right="a readable YAML file"
        ) from error

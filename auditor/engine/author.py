"""A new rule to start from: it loads and passes its own examples, and says in comments what goes where."""

from importlib.resources import files
from pathlib import Path
from string import Template

import re2

from auditor.config.strictyaml import nearest
from auditor.engine.operators import fitting
from auditor.engine.parse import LISTS
from auditor.errors import UsageError
from auditor.model.facts import Catalogue, FactSpec, FactType

UNFILLED = "FILL IN"
_ID = re2.compile(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*")
_SAMPLES: dict[FactType, tuple[str, str, str]] = {
    FactType.TEXT: ("equals: wrong", "wrong", "right"),
    FactType.ADDRESS: ("in_network: '192.0.2.0/24'", "'192.0.2.7'", "'198.51.100.7'"),
    FactType.NUMBER: ("more_than: 0", "1", "0"),
    FactType.FLAG: ("equals: true", "true", "false"),
    FactType.MOMENT: ("older_than: 30d", "'now-40d'", "'now-20d'"),
}


def scaffold(rule_id: str, catalogue: Catalogue, fact: str) -> str:
    """The text of a new rule called `rule_id` about `fact`.

    Raises UsageError for an id that is none, or a fact the room does not have.
    """
    if not _ID.fullmatch(rule_id) or not rule_id.startswith(f"{catalogue.room}."):
        raise UsageError(
            f"{rule_id!r} cannot be the id of a rule of the room {catalogue.room}",
            right=f"{catalogue.room}.<words-joined-by-hyphens>",
            next_step="auditor rules list",
        )
    spec = catalogue.get(fact)
    if spec is None:
        raise UsageError(
            f"the room {catalogue.room} has no fact {fact!r}",
            right=nearest(fact, catalogue.specs),
            next_step=f"auditor rules facts {catalogue.room}",
        )
    condition, fires, quiet = _samples(spec)
    template = Template((files("auditor.engine") / "data" / "new_rule.txt").read_text("utf-8"))
    return template.substitute(
        id=rule_id,
        room=catalogue.room,
        fact=fact,
        type=spec.type,
        operators=" ".join((*fitting(spec.type), *(("some", "each") if spec.type in LISTS else ()))),
        condition=condition,
        fires=fires,
        quiet=quiet,
    )


def new_rule(rule_id: str, catalogue: Catalogue, fact: str, folder: Path) -> Path:
    """Write the scaffold to `folder/<room>/<kebab>.yaml` and return where; never overwrites."""
    text = scaffold(rule_id, catalogue, fact)
    file = folder / catalogue.room / f"{rule_id.partition('.')[2]}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise UsageError(
            f"there is a rule called {rule_id!r} already",
            where=str(file),
            right="another id; ids are never used again",
            next_step=f"auditor rules show {rule_id}",
        ) from error
    return file


def _samples(spec: FactSpec) -> tuple[str, str, str]:
    """A condition on the fact, facts that meet it, and facts that do not, as YAML."""
    if spec.type is FactType.TEXTS:
        where = "{field: value, equals: wrong}"
        return f"some: {{fact: {spec.name}, where: {where}}}", f"{spec.name}: [wrong]", f"{spec.name}: [right]"
    if spec.type is FactType.RECORDS:
        field = next((each for each in spec.fields if each.name != "locator"), spec.fields[0])
        operator, meets, misses = _SAMPLES[field.type]
        where = f"{{field: {field.name}, {operator}}}"
        return (
            f"some: {{fact: {spec.name}, where: {where}}}",
            f"{spec.name}: [{{{field.name}: {meets}}}]",
            f"{spec.name}: [{{{field.name}: {misses}}}]",
        )
    operator, meets, misses = _SAMPLES[spec.type]
    return f"{{fact: {spec.name}, {operator}}}", f"{spec.name}: {meets}", f"{spec.name}: {misses}"

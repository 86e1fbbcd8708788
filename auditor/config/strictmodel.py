"""Holds what a file says to a pydantic model, and says every fault with its line."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from auditor.config.strictyaml import Document, Place, nearest
from auditor.errors import AuditorError, ConfigError

M = TypeVar("M", bound=BaseModel)

_SAID: Mapping[str, str] = {
    "string_type": "text (write it in quotes)",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list (in YAML '- item' or [a, b]; in TOML [a, b], or [[name]] before each)",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
}


class Fault(NamedTuple):
    """One thing that is wrong with a file: what, where (``file:line``), and what would be right."""

    what: str
    where: str
    right: str


def validate(document: Document, model: type[M], *, error: type[AuditorError] = ConfigError) -> M:
    """Return `document` as `model`; raises `error` naming every fault as ``file:line`` with what would be right.

    Sequences of the document are tuples, so the model's lists must be tuples too.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as problem:
        found = told(problem, model, document.where)
    raise_faults(found, error)


def faults(document: Document, model: type[BaseModel]) -> list[Fault]:
    """Everything that keeps `document` from being a `model`; empty when it is one."""
    try:
        model.model_validate(document.data)
    except ValidationError as problem:
        return told(problem, model, document.where)
    return []


def told(problem: ValidationError, model: type[BaseModel], where: Callable[[Place], str]) -> list[Fault]:
    """Every fault that pydantic found in a `model`; `where` says ``file:line`` of a place in it."""
    details = problem.errors(include_url=False, include_input=False)
    return [_fault(detail, model, where(detail["loc"])) for detail in details]


def raise_faults(found: Sequence[Fault], error: type[AuditorError], next_step: str = "") -> NoReturn:
    """Raise one `error` that tells of every fault, the first in full and the others one a line."""
    what, where, right = found[0]
    more = "".join(f"\nalso:  {also} ({at}; right: {better})" for also, at, better in found[1:])
    raise error(what + more, where=where, right=right, next_step=next_step)


def _fault(detail: ErrorDetails, model: type[BaseModel], where: str) -> Fault:
    place = detail["loc"]
    name = ".".join(str(part) for part in place) or "the document"
    if detail["type"] == "extra_forbidden":
        return Fault(f"unknown key {name!r}", where, nearest(str(place[-1]), _keys(model, place[:-1])))
    if detail["type"] == "missing":
        return Fault(f"{name} is missing", where, f"a key {str(place[-1])!r}")
    message = detail["msg"].removeprefix("Value error, ").replace("Input", "it", 1)
    return Fault(f"{name}: {message}", where, _SAID.get(detail["type"], "a value of the kind described"))


def _keys(model: Any, place: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys the model knows at `place`; empty where the way there passes something that is no model."""
    for part in place:
        fields = getattr(model, "model_fields", {})
        if part in fields:
            model = _inner(fields[part].annotation)
    return tuple(getattr(model, "model_fields", {}))


def _inner(annotation: Any) -> Any:
    """The model inside `tuple[Model, ...]`, `dict[str, Model]` or `Model | None`; else the annotation itself."""
    found = [inner for part in get_args(annotation) if hasattr(inner := _inner(part), "model_fields")]
    return found[0] if found else annotation

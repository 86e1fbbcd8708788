"""Holds a strict YAML document to a pydantic model, and says every fault with its line."""

from collections.abc import Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from auditor.config.strictyaml import Document, nearest
from auditor.errors import AuditorError, ConfigError

M = TypeVar("M", bound=BaseModel)

_SAID: Mapping[str, str] = {
    "string_type": "text (write it in quotes)",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list ('- item' or [a, b])",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
}


def validate(document: Document, model: type[M], *, error: type[AuditorError] = ConfigError) -> M:
    """Return `document` as `model`; raises `error` naming every fault as ``file:line`` with what would be right.

    Sequences of the document are tuples, so the model's lists must be tuples too.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as problem:
        faults = [_fault(document, model, detail) for detail in problem.errors(include_url=False, include_input=False)]
    what, where, right = faults[0]
    more = "".join(f"\nalso:  {also} ({at}; {better})" for also, at, better in faults[1:])
    raise error(what + more, where=where, right=right)


def _fault(document: Document, model: type[BaseModel], detail: ErrorDetails) -> tuple[str, str, str]:
    place = detail["loc"]
    name = ".".join(str(part) for part in place) or "the document"
    where = document.where(place)
    if detail["type"] == "extra_forbidden":
        return f"unknown key {name!r}", where, nearest(str(place[-1]), _keys(model, place[:-1]))
    if detail["type"] == "missing":
        return f"{name} is missing", where, f"a key {str(place[-1])!r}"
    return f"{name}: {detail['msg'].lower()}", where, _SAID.get(detail["type"], "a value of the kind described")


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

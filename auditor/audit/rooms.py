"""The rooms of the house, one line each. Catalogues are light; a room itself is imported only to be run."""

import importlib
from collections.abc import Mapping

from auditor.model.facts import Catalogue
from auditor.model.ports import Room

ROOMS = ("headers", "endpoints", "trail", "deid")


def room(name: str) -> Room:
    """Import the room called `name`; raises KeyError for any other word."""
    if name not in ROOMS:
        raise KeyError(name)
    found: Room = importlib.import_module(f"auditor.{name}.room").ROOM
    return found


def catalogues() -> Mapping[str, Catalogue]:
    """The fact catalogue of every room, and that of the run itself, by rule target."""
    names = {name: f"auditor.{name}.facts" for name in ROOMS} | {"run": "auditor.engine.facts"}
    return {name: importlib.import_module(module).CATALOGUE for name, module in names.items()}

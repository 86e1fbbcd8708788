"""An incident: one story out of many events, with what makes it suspicious and what would explain it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

KEPT_EVENTS = 400


@dataclass(frozen=True, slots=True)
class Incident:
    """One story. Raw values: it leaves the process only through the protector or onto a terminal.

    `entities` are users, AE titles, addresses or sources, the main one first; `events` are row numbers of the event
    table, the first KEPT_EVENTS of `count`; times are aware UTC; `amount` is the number the kind is judged by
    (failures, studies, patients); `score` orders a page, 0 to 100; `measures` and `flags` are what rules may ask for.
    """

    kind: str
    entities: tuple[str, ...]
    start: datetime
    end: datetime
    amount: float
    count: int = 0
    events: tuple[int, ...] = ()
    patients: tuple[str, ...] = ()
    score: float = 0.0
    why: tuple[str, ...] = ()
    relation: str = ""
    flags: frozenset[str] = frozenset()
    story: str = ""
    ids: tuple[str, ...] = ()
    locators: tuple[str, ...] = ()
    measures: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Identity of the story between runs: kind, main entity, what it is about and the day it began."""
        return self.story or f"{self.kind}|{self.entities[0]}|{self.start:%Y-%m-%d}"

    def with_events(self, ids: tuple[str, ...], locators: tuple[str, ...]) -> "Incident":
        """The incident with the names and places of its events filled in."""
        return replace(self, ids=ids, locators=locators)
